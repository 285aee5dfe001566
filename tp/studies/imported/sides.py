"""The two sides of the comparison, as functions of weights and inputs: the module, and the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Side = Callable[[Sequence[Any], Mapping[str, Any]], list[Any]]
"""Outputs, in the order and shapes of the module, from the leaves of its weights and its inputs by name."""

_QUICK: dict[str, str | bool] = {"xla_backend_optimization_level": "0", "xla_llvm_disable_expensive_passes": True}
"""Settings of XLA: both sides are evaluated a few times, so compiling takes longer than running."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Outputs, and the gradients of their product with cotangents along weights and real inputs."""

    outputs: list[Any]
    weights: list[Any]
    inputs: dict[str, Any]


def original(apply: Callable[..., Any], tree: Any) -> Side:
    """``apply`` of a module, whose weights have the structure ``tree``."""

    def side(leaves: Sequence[Any], inputs: Mapping[str, Any]) -> list[Any]:
        import jax

        return jax.tree.leaves(apply(jax.tree.unflatten(tree, list(leaves)), *inputs.values()))

    return side


def values(side: Side, leaves: Sequence[Any], inputs: Mapping[str, Any]) -> list[Any]:
    """The outputs alone."""
    return _compiled(side, leaves, inputs)


def numbers(side: Side, leaves: Sequence[Any], inputs: Mapping[str, Any], cotangents: Sequence[Any]) -> Numbers:
    """The outputs and their gradients along ``cotangents``."""
    import jax

    def of(leaves: Sequence[Any], real: Mapping[str, Any], others: Mapping[str, Any], along: Sequence[Any]) -> Any:
        def outputs(leaves: Sequence[Any], real: Mapping[str, Any]) -> list[Any]:
            return side(leaves, {name: real[name] if name in real else others[name] for name in inputs})

        found, back = jax.vjp(outputs, leaves, real)
        return found, *back([c.astype(o.dtype) for c, o in zip(along, found, strict=True)])

    real = {name: array for name, array in inputs.items() if array.dtype.kind == "f"}
    others = {name: array for name, array in inputs.items() if name not in real}
    return Numbers(*_compiled(of, list(leaves), real, others, list(cotangents)))


def _compiled(function: Callable[..., Any], *arguments: Any) -> Any:
    import jax

    return jax.jit(function).lower(*arguments).compile(compiler_options=_QUICK)(*arguments)
