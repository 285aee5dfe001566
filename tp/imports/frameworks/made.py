"""Modules at several widths from the user's ``make``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.frameworks import equinox, functions, haiku, linen, nnx
from tp.imports.frameworks.blame import blamed, guarded
from tp.imports.frameworks.inputs import Arguments
from tp.imports.frameworks.on_part import on_part
from tp.imports.frameworks.pair import Pair
from tp.imports.frameworks.returned import ACCEPTED, Returned, is_module, numbers, read
from tp.imports.frameworks.seeds import derived_from, watched
from tp.imports.frameworks.supported import require
from tp.imports.module import Module

KEYS = ("key", "rng", "rngs", "seed")
"""Names of a second parameter of ``make``: it gets a key of JAX, or ``nnx.Rngs`` of one."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is given apart from ``make``. ``optimizer`` and ``rates`` hold in place of those that it returns.

    ``inputs`` is as ``make`` returns it, or a function of the width; it counts where ``make`` returns none.
    """

    inputs: Any = None
    optimizer: Any = None
    rates: Mapping[str, float] | None = None


def modules(make: Callable[..., Any], widths: Sequence[int], beside: Beside | None = None) -> dict[int, Module]:
    """The modules that ``make`` builds, by width.

    Args:
        make: a function of the width, and of a key where its second parameter has one of the names of ``KEYS``. With
            it, the initial weights of modules that draw them when they are built are known at other keys as well.
        widths: the widths n.
        beside: what ``make`` does not return.

    Raises:
        TpError: TP904 where what it returns is not understood, TP905 where it raises an exception, TP906 where its
            framework has a version that is not supported.
    """
    require("jax")
    name = key_name(make)
    return {n: _module(make, n, name, beside or Beside()) for n in widths}


def key_name(make: Any) -> str | None:
    """The name of the parameter of ``make`` that takes a key, None where there is none. Raises TpError TP904."""
    if not callable(make):
        raise error("TP904", f"make is {type(make).__name__}, not a function of the width", hint=ACCEPTED)
    if is_module(make):
        raise error("TP904", "make is a module, not a function of the width", hint="write lambda n: (module, inputs)")
    try:
        every = list(inspect.signature(make).parameters.values())
    except (TypeError, ValueError):
        return None
    of_keys = [p.name for p in every[1:] if p.name in KEYS]
    required = [p for p in every if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    others = [p.name for p in required[1:] if p.name not in KEYS]
    if others or (not required and not any(p.kind is not p.KEYWORD_ONLY for p in every)):
        hint = f"make is called with the width n, and with a key where it has a parameter of these: {', '.join(KEYS)}"
        missing = f"has the parameter {others[0]}" if others else "takes no width"
        raise error("TP904", f"make {missing}", hint=hint)
    return of_keys[0] if of_keys else None


def _module(make: Callable[..., Any], n: int, key: str | None, beside: Beside) -> Module:
    import jax

    def built(number: Any) -> Returned:
        with blamed(f"make({n})"):
            made = make(n) if key is None else make(n, **{key: _random(key, number)})
        return read(made)

    def built_again(number: Any) -> Any:
        if key is not None:
            return built(number).module
        with derived_from(number):
            return built(None).module

    seeds: list[object] = []
    usual = jax.random.key(0)
    with watched(seeds):
        found = built(usual)
    inputs = beside.inputs if found.inputs is None else found.inputs
    if callable(inputs):
        with blamed(f"inputs({n})"):
            inputs = inputs(n)
    if inputs is None:
        hint = "return (module, inputs), or define inputs, an array or a function of n, beside make"
        raise error("TP904", "there are no inputs to call the module with", hint=hint)
    pair, given = _pair(found, inputs, built_again if seeds or key is not None else None)
    optimizer = found.optimizer if beside.optimizer is None else beside.optimizer
    if optimizer is not None and pair.trained is not None:
        optimizer = on_part(optimizer, pair.trained)
    return Module(
        guarded(_as_configured(pair.init), "the module, when it was initialised,"),
        guarded(pair.apply, "the module"),
        given.arrays,
        pair.frozen,
        optimizer,
        found.rates if beside.rates is None else numbers(beside.rates),
        pair.weights,
    )


def _as_configured(init: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``init`` with numbers of the precision that the user has chosen, wherever it is called."""
    import jax

    chosen = jax.config.jax_enable_x64  # pyright: ignore[reportAttributeAccessIssue]

    def configured(key: Any) -> Any:
        with jax.enable_x64(chosen):
            return init(key)

    return configured


def _random(name: str, key: Any) -> Any:
    """What a parameter of this name gets."""
    import sys

    if name == "rngs" and "flax.nnx" in sys.modules:
        return sys.modules["flax.nnx"].Rngs(key)
    return key


def _pair(found: Returned, inputs: Any, again: Callable[[Any], Any] | None) -> tuple[Pair, Arguments]:
    module = found.module
    if module is None:
        assert found.init is not None
        assert found.apply is not None
        return functions.pair(found.init, found.apply, inputs)
    for framework in (linen, haiku):
        if framework.recognised(module):
            require(framework.NAME)
            with blamed("the module, when it was initialised,"):
                return framework.pair(module, inputs)
    for framework in (nnx, equinox):
        if framework.recognised(module):
            require(framework.NAME)
            return framework.pair(module, inputs, again)
    raise AssertionError(module)
