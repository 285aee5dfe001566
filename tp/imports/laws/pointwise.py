"""Weights whose entries are one function of random bits of their own: then entries are independent and have one law.

This is proved from the expression: every operation acts entry by entry on arrays that are laid out alike, or moves
entries without repeating any. The function of one entry can then be evaluated at any bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tp.imports.laws.expressions import Node, below

ENTRYWISE = frozenset(
    {
        *("abs", "acos", "acosh", "add", "and", "asin", "asinh", "atan", "atan2", "atanh", "bessel_i0e"),
        *("bessel_i1e", "cbrt", "ceil", "clamp", "convert_element_type", "copy", "copy_p", "cos", "cosh"),
        *("digamma", "div", "eq", "erf", "erf_inv", "erfc", "exp", "exp2", "expm1", "floor", "ge", "gt"),
        *("integer_pow", "is_finite", "le", "lgamma", "log", "log1p", "logistic", "lt", "max", "min", "mul"),
        *("ne", "neg", "nextafter", "not", "or", "pow", "reduce_precision", "rem", "round", "rsqrt"),
        *("select_n", "shift_left", "shift_right_arithmetic", "shift_right_logical", "sign", "sin", "sinh"),
        *("sqrt", "square", "stop_gradient", "sub", "tan", "tanh", "xor", "bitcast_convert_type"),
    }
)
"""Primitives whose entries are functions of the same entries of their operands."""
KEEPING = frozenset({"reshape", "squeeze", "expand_dims"})
"""Primitives that keep all entries, in their order, unless they have other settings."""
MOVING = frozenset({"transpose", "rev", "slice"})
"""Primitives that put entries elsewhere, none of them twice."""
FILLING = frozenset({"broadcast_in_dim", *KEEPING, *MOVING})
"""Primitives that make an array of one number from an array of one number."""

Layout = tuple[Any, ...] | None
"""Where entries of sources stand in an array. None: all entries are one number."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One entry as a function of bits.

    Fields:
        node: the weight.
        sources: the random bits of an entry; each has as many numbers as the weight has, or more.
    """

    node: Node
    sources: tuple[Node, ...]

    def values(self, bits: Sequence[Any]) -> Any:
        """Entries for ``bits`` of each source, arrays of one length; a single number where there are no sources."""
        given = {source.number: array for source, array in zip(self.sources, bits, strict=True)}
        known: dict[int, Any] = {}
        for node in below(self.node):
            known[node.number] = given[node.number] if node.number in given else _entry(node, known)
        return known[self.node.number]


def _entry(node: Node, known: dict[int, Any]) -> Any:
    """The entries of ``node``, from those of its operands."""
    import jax.numpy as jnp

    if node.name == "constant":
        return jnp.asarray(np.asarray(node.value).reshape(-1)[0])
    operands = [known[one.number] for one in node.operands]
    if node.name not in ENTRYWISE:
        return operands[0]
    length = max((one.size for one in operands if one.ndim), default=None)
    if length is not None:
        operands = [one if one.ndim else jnp.broadcast_to(one, (length,)) for one in operands]
    return node.apply(*operands)


def formula(node: Node) -> Formula | None:
    """The function that makes each entry of ``node``. None where entries are not shown to have one.

    A weight that does not depend on the key has a formula where all of its entries are the same number.
    """
    layouts: dict[int, Layout] = {}
    found: list[Node] = []
    for one in below(node):
        if one.bits:
            found.append(one)
            layouts[one.number] = (one.size,)
        elif one.name == "constant":
            if not _alike(one.value):
                return None
            layouts[one.number] = None
        else:
            rule = _layout(one, [layouts.get(operand.number, ()) for operand in one.operands])
            if rule == ():
                return None
            layouts[one.number] = rule
    return Formula(node, tuple(found))


def _alike(value: Any) -> bool:
    array = np.asarray(value)
    return array.size > 0 and bool((array == array.reshape(-1)[0]).all())


def _layout(node: Node, operands: list[Layout]) -> Layout:
    """How ``node`` is laid out; ``()`` where that is not known."""
    wide = {layout for layout in operands if layout is not None}
    if len(wide) > 1 or () in wide:
        return ()
    if not wide:
        return None if operands and (node.name in ENTRYWISE or node.name in FILLING) else ()
    (layout,) = wide
    if node.name in ENTRYWISE:
        # An operand with all entries is as large as the result, or the result would repeat it.
        same = all(one.size == node.size for one, own in zip(node.operands, operands, strict=True) if own is not None)
        return layout if same else ()
    if node.name in KEEPING and (node.name != "reshape" or node.params.get("dimensions") is None):
        return layout
    if node.name in MOVING:
        return (*layout, node.name, node.operands[0].shape, node.label)
    if node.name == "broadcast_in_dim" and node.size == node.operands[0].size:
        return layout
    return ()


Evaluated = Callable[[Sequence[Sequence[Any]]], list[Any]]


def evaluate(formulas: Sequence[Formula], bits: Sequence[Sequence[Any]]) -> list[Any]:
    """The values of all ``formulas``, each at the ``bits`` of its sources, compiled together: arrays of NumPy."""
    import jax

    def values(given: Any) -> list[Any]:
        return [one.values(own) for one, own in zip(formulas, given, strict=True)]

    return [np.asarray(found) for found in jax.jit(values)([list(own) for own in bits])]
