"""Products of jets of all kinds of axes against their definition, with adjoints, and the size of what they make."""

from __future__ import annotations

import numpy as np
import pytest

from tests.marks import slow
from tp.graph.axes import Axis, Type, Width, names, wide, without
from tp.graph.builder import GraphBuilder
from tp.interpret.arrays.evaluate import evaluator
from tp.primitives.input import Input
from tp.primitives.product import Product
from tp.transform.algebra import JET, Subsets
from tp.transform.direction import Direction
from tp.transform.gradient import pullback

DEPTH = 3
SIZE = 1 << DEPTH
N = 5
WIDTHS = {"n": Width("n"), "m": Width("m")}
AXES = {**{name: Axis(name, width) for name, width in WIDTHS.items()}, "s": Axis("s", 2), "t": Axis("t", 3)}
# (axes of the left, of the right, summed over, the most columns of an array with a wide axis)
CASES = [
    ("n", "n", "n", SIZE),
    ("tn", "ns", "n", 3 * SIZE),
    ("ts", "sn", "s", 3 * SIZE),
    ("n", "s", "", 2 * SIZE),
    ("ts", "ts", "t", 0),
    ("", "", "", 0),
    ("n", "m", "", None),
]
FURTHER = [
    ("tnm", "nms", "nm", None),
    ("sn", "ts", "", 6 * SIZE),
    ("n", "n", "", 3**DEPTH),
    ("tns", "nms", "ns", None),
    ("ns", "ns", "s", 2 * 3**DEPTH),
]


def jets(graph: GraphBuilder, left: str, right: str) -> tuple[int, int]:
    jet = Axis(JET, SIZE)
    one, other = (tuple(AXES[a] for a in axes) for axes in (left, right))
    # The jet axis stands in the middle of one side: order is of no consequence.
    return graph.add(Input("left", (*one[:1], jet, *one[1:]))), graph.add(Input("right", (*other, jet)))


def by_definition(types: tuple[Type, Type], out: Type, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Coefficient S is the sum of a_T b_(S without T) over the subsets T of S."""
    number = {a: i for i, a in enumerate(dict.fromkeys(names((*types[0], *types[1]))))}
    first, second = (np.moveaxis(x, names(kind).index(JET), 0) for x, kind in zip((left, right), types, strict=True))
    places = [[number[a] for a in names(without(kind, [JET]))] for kind in types]
    wanted = [number[a] for a in names(without(out, [JET]))]
    rows = [
        sum(np.einsum(first[t], places[0], second[s ^ t], places[1], wanted) for t in range(SIZE) if t & s == t)
        for s in range(SIZE)
    ]
    return np.moveaxis(np.stack(rows), 0, names(out).index(JET))


@pytest.mark.parametrize(("left", "right", "over", "columns"), [*CASES, *slow(FURTHER)])
def test_products_of_jets(left: str, right: str, over: str, columns: int | None) -> None:
    graph = GraphBuilder(WIDTHS)
    operands = jets(graph, left, right)
    node = Subsets(graph, [(Direction({}, {}), DEPTH)]).bilinear(Product(tuple(over)), *operands)
    types, out = (graph.type(operands[0]), graph.type(operands[1])), graph.type(node)
    cotangent = graph.add(Input("cotangent", out))
    back = pullback(graph, node, cotangent, operands).cotangents
    roots = [node, *(back[i] for i in operands)]
    generator = np.random.default_rng(0)

    def normal(axes: Type) -> np.ndarray:
        return generator.standard_normal([x.at(N) for x in axes])

    a, b, c = (normal(axes) for axes in (*types, out))
    found = evaluator(graph, roots, N, np.float64)({}, {"left": a, "right": b, "cotangent": c})
    value, *slopes = (
        np.transpose(array, [names(graph.type(root)).index(x) for x in names(axes)])
        for root, axes, array in zip(roots, (out, *types), found, strict=True)
    )
    np.testing.assert_allclose(value, by_definition(types, out, a, b), rtol=1e-12, atol=1e-12)
    for _ in range(10):  # the product is linear in either factor: its adjoint has these inner products
        u, v = map(normal, types)
        assert (slopes[0] * u).sum() == pytest.approx((c * by_definition(types, out, u, b)).sum(), rel=1e-10, abs=1e-10)
        assert (slopes[1] * v).sum() == pytest.approx((c * by_definition(types, out, a, v)).sum(), rel=1e-10, abs=1e-10)
    if columns is not None:
        sizes = [np.prod([x.at(N) for x in graph.type(i) if not x.wide]) for i in graph if wide(graph.type(i))]
        assert max(sizes, default=0) <= columns
