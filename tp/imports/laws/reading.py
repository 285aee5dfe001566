"""Expressions of all weights that ``init`` makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tp.imports.laws.expressions import Expressions, Node, below
from tp.imports.module import Module
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.tracing import Path, path_of


@dataclass(frozen=True, slots=True)
class Read:
    """The weights of a module at one width, by path: nodes for floats. ``key`` is that of ``init``."""

    weights: dict[Path, Node]
    key: Node


def read(module: Module) -> Read:
    """What ``module.init`` computes of a key."""
    import jax
    import jax.numpy as jnp

    jaxpr, tree = internals.jaxpr_of(module.init, [jax.random.key(0)])
    expressions = Expressions()
    (argument,) = jaxpr.jaxpr.invars
    key = expressions.node("key", _key, (), argument.aval, ())
    found = expressions.results(jaxpr.jaxpr, jaxpr.consts, [key])
    paths = [path_of(path) for path, _ in jax.tree_util.tree_flatten_with_path(tree)[0]]
    weights = {path: node for path, node in zip(paths, found, strict=True) if jnp.issubdtype(node.dtype, jnp.floating)}
    return Read(weights, key)


def _key() -> Any:
    raise AssertionError("the key is given")


def form(node: Node) -> Any:
    """Equal for nodes that are made in the same way of different random bits: their laws are the same."""
    places: dict[int, int] = {}
    steps: list[Any] = []
    for one in below(node):
        places[one.number] = len(places)
        operands = () if one.bits else tuple(places[operand.number] for operand in one.operands)
        steps.append((one.name, one.label, one.shape, str(one.dtype), operands))
    return tuple(steps)
