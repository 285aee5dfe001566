"""What ``init`` computes, as expressions of the key: equal expressions are one node.

Calls are inlined and loops of known length that use the key are unrolled. An expression ends at random bits, which are
its sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tp.imports.traced import jax_internals as internals


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An array that ``init`` computes. Equal to itself only.

    Fields:
        number: counts the nodes of one ``init``.
        name: the primitive; ``key`` for the key itself, ``constant`` for a known array.
        apply: what makes the array of those of the operands.
        operands: nodes that it is computed from.
        shape, dtype: of the array.
        random: whether it depends on the key.
        value: of a constant.
        label: what tells nodes with equal operands apart.
    """

    number: int
    name: str
    apply: Callable[..., Any]
    operands: tuple[Node, ...]
    shape: tuple[int, ...]
    dtype: Any
    random: bool
    label: Any
    value: Any = None
    params: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def bits(self) -> bool:
        """Whether it is a source: fresh random bits."""
        return self.name == "random_bits"


class Expressions:
    """The nodes of one ``init``, each once."""

    def __init__(self) -> None:
        self._nodes: dict[Any, Node] = {}

    def node(
        self,
        name: str,
        apply: Callable[..., Any],
        operands: Sequence[Node],
        aval: Any,
        label: Any,
        params: dict[str, Any] | None = None,
    ) -> Node:
        identity = (name, label, tuple(one.number for one in operands))
        if identity not in self._nodes:
            random = name == "key" or any(one.random for one in operands)
            self._nodes[identity] = Node(
                len(self._nodes),
                name,
                apply,
                tuple(operands),
                tuple(aval.shape),
                aval.dtype,
                random,
                label,
                None,
                params or {},
            )
        return self._nodes[identity]

    def constant(self, value: Any) -> Node:
        array = np.asarray(internals.bits_of(value))
        dtype, shape = getattr(value, "dtype", array.dtype), np.shape(value)
        identity = ("constant", str(dtype), shape, array.tobytes())
        if identity not in self._nodes:
            self._nodes[identity] = Node(
                len(self._nodes), "constant", _nothing, (), shape, dtype, False, identity[1:], value
            )
        return self._nodes[identity]

    def results(self, jaxpr: Any, constants: Iterable[Any], arguments: Sequence[Node]) -> list[Node]:
        """The nodes of the results of ``jaxpr``, whose arguments are nodes and whose constants are arrays or nodes."""
        known: dict[Any, Node] = dict(zip(jaxpr.invars, arguments, strict=True))
        for variable, value in zip(jaxpr.constvars, constants, strict=True):
            known[variable] = value if isinstance(value, Node) else self.constant(value)

        def at(atom: Any) -> Node:
            return self.constant(np.asarray(atom.val)) if isinstance(atom, internals.Literal) else known[atom]

        for equation in jaxpr.eqns:
            operands = [at(atom) for atom in equation.invars]
            for variable, node in zip(equation.outvars, self._equation(equation, operands), strict=True):
                known[variable] = node
        return [at(atom) for atom in jaxpr.outvars]

    def _equation(self, equation: Any, operands: list[Node]) -> list[Node]:
        name, params = equation.primitive.name, equation.params
        if name == "scan" and any(one.random for one in operands):
            return self._unrolled(params, operands)
        if name in internals.CALLS:
            return self.results(*internals.body(equation), operands)
        label = tuple((key, _label(value)) for key, value in sorted(params.items()))
        many = equation.primitive.multiple_results
        found: list[Node] = []
        for place, variable in enumerate(equation.outvars):
            apply = _applied(equation.primitive, params, place if many else None)
            found.append(self.node(name, apply, operands, variable.aval, (place, label), params))
        return found

    def _unrolled(self, params: dict[str, Any], operands: list[Node]) -> list[Node]:
        """The results of a loop: what it carries, then stacks of what each turn makes."""
        import jax

        body, length = params["jaxpr"], params["length"]
        fixed, carried = params["num_consts"], params["num_carry"]
        constants, carry, rows = operands[:fixed], operands[fixed : fixed + carried], operands[fixed + carried :]
        made: list[list[Node]] = []
        turns = range(length)
        for turn in reversed(turns) if params["reverse"] else turns:
            row = [self._row(one, turn) for one in rows]
            results = self.results(body.jaxpr, body.consts, [*constants, *carry, *row])
            carry = results[:carried]
            made.append(results[carried:])
        if params["reverse"]:
            made.reverse()
        stacks: list[Node] = []
        for column in zip(*made, strict=True):
            aval = jax.ShapeDtypeStruct((length, *column[0].shape), column[0].dtype)
            stacks.append(self.node("stack", _stack, column, aval, ()))
        return [*carry, *stacks]

    def _row(self, node: Node, place: int) -> Node:
        import jax

        aval = jax.ShapeDtypeStruct(node.shape[1:], node.dtype)

        def row(array: Any) -> Any:
            return array[place]

        return self.node("row", row, [node], aval, place)


def _applied(primitive: Any, params: dict[str, Any], place: int | None) -> Callable[..., Any]:
    def apply(*operands: Any) -> Any:
        found = primitive.bind(*operands, **params)
        return found if place is None else found[place]

    return apply


def _stack(*rows: Any) -> Any:
    import jax.numpy as jnp

    return jnp.stack(rows)


def _nothing(*_: Any) -> Any:
    raise AssertionError("a constant is not computed")


def _label(value: Any) -> Any:
    """``value`` of a parameter as something to compare; what cannot be compared is equal to itself only."""
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, tuple | list):
        return tuple(_label(one) for one in value)
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def below(node: Node) -> list[Node]:
    """``node`` and all that it is computed from, operands first, not beyond its sources."""
    found: dict[int, Node] = {}
    waiting: list[tuple[Node, bool]] = [(node, False)]
    while waiting:
        one, ready = waiting.pop()
        if one.number in found:
            continue
        if ready or one.bits:
            found[one.number] = one
            continue
        waiting.append((one, True))
        waiting.extend((operand, False) for operand in reversed(one.operands))
    return list(found.values())


def sources(node: Node) -> tuple[Node, ...]:
    """The random bits that ``node`` is made of, in the order in which they are met."""
    return tuple(one for one in below(node) if one.bits)
