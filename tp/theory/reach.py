"""The first values that every weight enters, before a function or another weight is applied to them."""

from __future__ import annotations

from tp.graph.graph import Graph
from tp.graph.operation import Derivative
from tp.primitives.traits import weight_of


def reached(program: Graph) -> dict[str, list[int]]:
    """By weight the first values that it enters: arguments of functions, factors, operands of weights, outputs."""
    outputs = list(program.outputs.values())
    carried: dict[int, dict[str, bool]] = {}
    found: dict[str, dict[int, None]] = {}

    def arrive(index: int, raw: bool) -> None:
        for name, bare in carried[index].items():
            if raw or not bare:
                found.setdefault(name, {})[index] = None

    for index in program.needed(outputs):
        node = program[index]
        operation = node.operation
        # True for a weight that has met no data yet. Its first product with data is its use, not a value to list.
        here: dict[str, bool] = {}
        weight = weight_of(operation)
        if weight is not None:
            here = {weight.name: not weight.applied}
            for operand in node.operands:
                arrive(operand, raw=True)
        elif operation.derivative is Derivative.POINTWISE:
            arrive(node.operands[0], raw=True)
        elif operation.derivative is Derivative.BILINEAR:
            for operand in node.operands:
                arrive(operand, raw=False)
                here |= {name: False for name, bare in carried[operand].items() if bare}
        elif operation.derivative is Derivative.LINEAR:
            alone = len(node.operands) == 1
            for operand in node.operands:
                here |= {name: bare and alone for name, bare in carried[operand].items()}
        carried[index] = here
    for index in outputs:
        arrive(index, raw=True)
    return {name: list(places) for name, places in found.items()}
