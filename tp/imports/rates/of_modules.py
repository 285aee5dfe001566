"""Rates and optimisers of a module, if it has any."""

from __future__ import annotations

from collections.abc import Mapping

from tp.imports.module import Module
from tp.imports.rates.confirmed import FEW, STEPS, require_agreement
from tp.imports.rates.dictionary import from_dictionary
from tp.imports.rates.found import Rates
from tp.imports.rates.gathered import gathered
from tp.imports.rates.probe import Probe
from tp.imports.rates.trying import Seen, tried
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.tracing import path_of

TRIED = 2
"""At how many widths, the smallest ones, optimisers are tried: two say what power of n a rate is, if it is one."""


def rates_of(modules: Mapping[int, Module]) -> Rates | None:
    """How the weights of ``modules``, those of a net by width, move in training. None where they do not say.

    A dictionary of rates is taken as it is. An optimiser of optax is a pair of functions, so it is tried on chosen
    gradients, and settings are computed from its moves. Then updates of several steps with random gradients have to be
    those of the optimiser of the language, at all widths.

    Learning rates apply to the gradient of the user's own loss: see :class:`~tp.imports.rates.found.Rates`.

    Raises TpError TP908 where no optimiser of the language moves the weights in this way.
    """
    import jax

    first = next(iter(modules.values()))
    if first.rates:
        leaves = jax.tree_util.tree_flatten_with_path(jax.eval_shape(first.init, jax.random.key(0)))[0]
        paths = [path for path in (path_of(keys) for keys, _ in leaves) if not first.frozen(path)]
        return from_dictionary({n: module.rates for n, module in modules.items()}, paths)
    if first.optimizer is None:
        return None
    with internals.double():
        probes = {n: Probe(modules[n]) for n in sorted(modules)}
        seen: dict[int, Seen] = {}
        for n in list(probes)[:TRIED]:
            seen[n] = tried(probes[n], next((one.clip for one in seen.values()), None))
        found = gathered(seen)
        for n, probe in probes.items():
            require_agreement(found, probe, n, STEPS if n in seen else FEW)
    return found
