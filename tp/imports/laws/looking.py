"""What is seen of weights at one width, given how they are computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.laws.expressions import Node
from tp.imports.laws.pointwise import Formula, evaluate, formula
from tp.imports.laws.quantiles import fitted, grid, precision
from tp.imports.laws.seen import Seen

SINGLE = 2.0**-22
"""The relative error of a constant, which single precision may have rounded twice."""


def looked(weights: Sequence[tuple[str, Node]]) -> list[Seen]:
    """What is seen of each of ``weights``, pairs of a name for messages and a node."""
    formulas = [formula(node) for _, node in weights]
    quick = [one for one in formulas if one is not None and len(one.sources) <= 1]
    values = iter(evaluate(quick, [[grid(_width(source)) for source in one.sources] for one in quick]))
    found: list[Seen] = []
    for (name, node), own in zip(weights, formulas, strict=True):
        if own is None or len(own.sources) > 1:
            raise error("TP907", f"the initial law of {name} is not recognised")
        found.append(_of_formula(own, node, next(values)))
    return found


def _width(source: Node) -> int:
    return int(np.dtype(source.dtype).itemsize) * 8


def _of_formula(own: Formula, node: Node, values: Any) -> Seen:
    array = np.asarray(values, float)
    if array.size == 1 or (array == array[0]).all():
        return Seen(node.shape, value=float(array.reshape(-1)[0]), error=SINGLE)
    (source,) = own.sources
    return Seen(node.shape, tuple(fitted(array, precision(node.dtype, _width(source)))))
