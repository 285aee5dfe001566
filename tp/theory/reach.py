"""The first values that every weight makes, where they are used in a way that depends on their size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.operation import Derivative
from tp.primitives.traits import weight_of


class _Carried(IntEnum):
    """How a weight enters a node: the larger state wins where paths meet."""

    BARE = 0
    """It has met no data yet."""
    FINITE = 1
    """The value that it made was read off to finitely many entries."""
    WIDE = 2
    """The value that it made lives on a wide axis."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value that a weight enters, at ``node``.

    ``linear``: it lives on a wide axis and enters a product or a further weight, so that it has no scale of its own:
    multipliers may stand before or after. Otherwise it enters a function or is an output.
    """

    node: int
    linear: bool


def reached(program: Graph) -> dict[str, list[Place]]:
    """By weight the first values that it enters, after their multipliers.

    Values on wide axes are followed to the first function, product, further weight or output, values read off to
    finitely many entries to the first function or output.
    """
    outputs = list(program.outputs.values())
    carried: dict[int, dict[str, _Carried]] = {}
    found: dict[str, dict[Place, None]] = {}

    def arrive(index: int, name: str, linear: bool) -> None:
        found.setdefault(name, {})[Place(index, linear)] = None

    def made(index: int, state: _Carried) -> _Carried:
        return _Carried.WIDE if state is not _Carried.FINITE and wide(program.type(index)) else _Carried.FINITE

    for index in program.needed(outputs):
        node = program[index]
        operation = node.operation
        here: dict[str, _Carried] = {}
        weight = weight_of(operation)
        if operation.derivative in (Derivative.POINTWISE, Derivative.MULTILINEAR):
            for name in carried[node.operands[0]]:
                arrive(node.operands[0], name, linear=False)
        elif weight is not None or operation.derivative is Derivative.BILINEAR:
            twice = _both(*(carried[i] for i in node.operands))
            for operand in node.operands:
                for name, state in carried[operand].items():
                    if state is _Carried.WIDE:
                        arrive(operand, name, linear=True)
                    elif state is _Carried.FINITE and name in twice:
                        arrive(operand, name, linear=False)
                    else:
                        here[name] = made(index, state)
            if weight is not None:
                here[weight.name] = made(index, _Carried.WIDE) if weight.applied else _Carried.BARE
        elif operation.derivative in (Derivative.LINEAR, Derivative.PLACED):
            alone = len(node.operands) == 1
            for operand in node.operands:
                for name, state in carried[operand].items():
                    now = state if alone and state is _Carried.BARE else made(index, state)
                    here[name] = max(now, here.get(name, now))
        carried[index] = here
    for index in outputs:
        for name in carried[index]:
            arrive(index, name, linear=False)
    return {name: list(places) for name, places in found.items()}


def _both(*carried: dict[str, _Carried]) -> set[str]:
    """The weights that both factors of a product were read off from."""
    if len(carried) != 2:
        return set()
    left, right = ({name for name, state in c.items() if state is _Carried.FINITE} for c in carried)
    return left & right
