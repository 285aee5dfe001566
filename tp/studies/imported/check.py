"""Whether a program computes what the module computes: values and gradients, to rounding, before it is given out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.graph.graph import Graph
from tp.imports.laws.initial import Initial
from tp.imports.module import Module
from tp.imports.traced.equation import Traced
from tp.imports.traced.jax_internals import double, jaxpr_of
from tp.imports.translation import Translation
from tp.studies.imported import points
from tp.studies.imported.precision import TOLERANCES, lowest
from tp.studies.imported.sides import Numbers, Run, compiled, equations, original, program

TOLERANCE = 1e-10
"""The largest difference that is rounding, relative to the largest entry of the array."""
_NEGLIGIBLE = 1e-4
_SPREADS = (1.0, 0.2, 0.0)
_SEED = 29
_WIDTHS = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one array is off, relative to its largest entry."""

    relative: float
    what: str


def checked(
    graph: Graph,
    translation: Translation,
    traced: Traced,
    modules: Mapping[int, Module],
    laws: Mapping[tuple[str, ...], Initial],
) -> list[str]:
    """Hold the program against the modules, at the two smallest widths.

    Args:
        graph: the graph of the program.
        translation: how weights, inputs and outputs of the program belong to those of the modules.
        traced: the equations that the program was made of.
        modules: the modules by width.
        laws: the initial laws of weights, by path.

    Returns:
        What a user should know, such as that the module computes in single precision.

    Raises:
        TpError: TP903 where values or gradients differ by more than rounding.
    """
    notes: dict[str, None] = {}
    for n in sorted(modules)[:_WIDTHS]:
        with double():
            notes.update(dict.fromkeys(_at(n, modules[n], graph, translation, traced, laws)))
    return list(notes)


def _at(
    n: int,
    module: Module,
    graph: Graph,
    translation: Translation,
    traced: Traced,
    laws: Mapping[tuple[str, ...], Initial],
) -> Iterator[str]:
    """Compare at width ``n``; what to note."""
    import jax

    shapes, tree = jax.tree.flatten(jax.eval_shape(module.init, jax.random.key(0)))
    paths = ["/".join(weight.path) for weight in traced.weights]
    each = [tuple(shape.shape) for shape in shapes]
    starts = [laws.get(weight.path) for weight in traced.weights]
    here, there = original(module, tree), program(graph, translation, n)
    leaves, inputs = points.weights(each, starts, n, _SEED), points.generic_inputs(module, _SEED)
    closed, outputs = jaxpr_of(here, (leaves, inputs))
    precision = lowest(closed)
    along = points.cotangents(outputs, _SEED)
    ours, theirs = compiled([here, there], leaves, inputs, along)
    for spread in _SPREADS:
        leaves = points.weights(each, starts, n, _SEED, spread)
        wanted = ours(leaves, inputs)
        if all(np.isfinite(output).all() for output in wanted.outputs):
            break
    else:
        raise error("TP903", f"outputs of the module are not finite at width {n}, so no program can be held against it")
    worst = _worst(wanted, theirs(leaves, inputs), paths)
    if TOLERANCE < worst.relative <= TOLERANCES[precision]:
        (ours,) = compiled([equations(traced, n)], leaves, inputs, along)
        worst = _worst(ours(leaves, inputs), theirs(leaves, inputs), paths)
        yield f"the module computes some things in {precision}; the program was compared with what it is in float64"
    if not worst.relative <= TOLERANCE:
        raise differs(worst, n)
    _compare_values(ours, theirs, leaves, points.given_inputs(module), n)


def _compare_values(ours: Run, theirs: Run, leaves: Sequence[Any], given: Mapping[str, Any], n: int) -> None:
    """Compare outputs at the inputs that came with the module, where gradients may have kinks. Raises TpError TP903."""
    if points.real(given):
        pairs = zip(ours(leaves, given).outputs, theirs(leaves, given).outputs, strict=True)
        for number, (one, other) in enumerate(pairs):
            found = Difference(relative(one, other), _output(number))
            if not found.relative <= TOLERANCE:
                raise differs(found, n)


def _worst(wanted: Numbers, found: Numbers, paths: Sequence[str]) -> Difference:
    """The largest difference, of outputs where these differ; one that is not finite is larger than all others."""
    every = list(differences(wanted, found, paths))
    outputs = [one for one in every[: len(wanted.outputs)] if not one.relative <= TOLERANCE]
    return max(outputs or every, key=lambda d: np.inf if np.isnan(d.relative) else d.relative)


def differences(wanted: Numbers, found: Numbers, paths: Sequence[str]) -> Iterator[Difference]:
    """How far every output and every gradient is off, relative to its largest entry.

    A gradient that vanishes, as that of a bias before a normalisation does, is rounding of what cancels. So entries
    count as no smaller than a share of the largest of all gradients.
    """
    for number, (one, other) in enumerate(zip(wanted.outputs, found.outputs, strict=True)):
        yield Difference(relative(one, other), _output(number))
    least = _NEGLIGIBLE * max(map(_largest, (*wanted.weights, *wanted.inputs.values())), default=0.0)
    for path, one, other in zip(paths, wanted.weights, found.weights, strict=True):
        yield Difference(relative(one, other, least), f"the gradient along {path}")
    for name, one in wanted.inputs.items():
        yield Difference(relative(one, found.inputs[name], least), f"the gradient along the input {name}")


def relative(wanted: Any, found: Any, least: float = 0.0) -> float:
    """The largest difference over the largest entry; infinite for other shapes, NaN where an entry is not finite."""
    one, other = np.asarray(wanted, np.float64), np.asarray(found, np.float64)
    if one.shape != other.shape:
        return float("inf")
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return float("nan")
    size, off = max(_largest(one), least), _largest(one - other)
    return off / size if size > 0 else off


def differs(worst: Difference, n: int) -> TpError:
    """TP903 for a program that is not what the module is."""
    size = f"{worst.relative:.1e} of its largest entry" if np.isfinite(worst.relative) else "more than any number"
    message = f"the program differs from the module at width {n}: {worst.what} is off by {size}"
    hint = (
        "nothing was written; this is a fault of the importer, please report it with the module. "
        "Importing parts of the module shows which one fails; that part can be written in the language by hand"
    )
    return error("TP903", message, hint=hint)


def _output(number: int) -> str:
    return f"output {number + 1}"


def _largest(array: Any) -> float:
    return float(np.max(np.abs(array), initial=0.0))
