"""Predicted exponents against cluster counting (Dyer and Gur-Ari, arXiv 1909.11304), which looks at no network.

A correlation function is a product of m derivative tensors of F with contracted derivatives. Its graph has the tensors
as vertices and the contractions as edges; the connected components are the clusters. With n_e clusters of an even and
n_o of an odd number of tensors

    E[C] = O(n^(n_e + n_o/2 - m/2)).

A C of mean zero is smaller on average than in any draw, so its typical size is the root of E[C^2], whose graph is the
graph of C twice. The rule is meant for fully connected networks in NTK parametrization, with smooth activations and a
readout; for these the bound is attained.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jax
import networkx as nx
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from test_ground_truth import mlp_text

from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.interpret.arrays.backend import precision
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.orders import calculus_for, interpret
from tp.matrix_free.streams import Seed
from tp.primitives.detach import Detach
from tp.quantities.definitions import LIMITS
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.syntax import Program, parse
from tp.theory.analysis import Analysis
from tp.transform.algebra import Taylor
from tp.transform.direction import Direction

HALF = Fraction(1, 2)
DEPTHS = (1, 2, 3, 4)
SMOOTH = ("tanh", "gelu", "erf", "sin")


# the oracle ---------------------------------------------------------------------------------------


def mean(contractions: nx.Graph) -> Fraction:
    """The exponent of E[C] by counting clusters."""
    sizes = [len(cluster) for cluster in nx.connected_components(contractions)]
    even = sum(size % 2 == 0 for size in sizes)
    return even + (len(sizes) - even) * HALF - len(contractions) * HALF


def typical(contractions: nx.Graph) -> Fraction:
    """The exponent of C in a single draw."""
    return mean(nx.disjoint_union(contractions, contractions)) / 2


def star(d: int) -> nx.Graph:
    """C^{0,d}: the d-th derivative in the middle, d gradients around it."""
    return nx.star_graph(d)


def two_stars(d: int) -> nx.Graph:
    """|C^{1,d}|^2: two derivatives of order d + 1, joined along the free slot, with d gradients each."""
    both = nx.disjoint_union(star(d), star(d))
    both.add_edge(0, d + 1)
    return both


Tree = tuple["Tree", ...]
"""A rooted tree by the subtrees below its root."""


def contracted(tree: Tree) -> nx.Graph:
    """The graph of a tree: each vertex a derivative tensor with as many slots as it has neighbours."""
    graph = nx.Graph()

    def grow(part: Tree) -> int:
        vertex = len(graph)
        graph.add_node(vertex)
        for branch in part:
            graph.add_edge(vertex, grow(branch))
        return vertex

    grow(tree)
    return graph


@pytest.mark.parametrize(
    ("graph", "average", "single"),
    [
        (star(0), "0", "0"),  # F
        (star(1), "0", "0"),  # the kernel
        (star(2), "-1", "-1"),  # how fast the kernel moves
        (star(3), "-1", "-1"),
        (nx.disjoint_union(star(0), star(0)), "0", "0"),  # F F'
        (nx.disjoint_union(star(0), star(2)), "-1", "-1"),  # F C^{0,2}
        (two_stars(1), "-1", "-1"),
        (nx.path_graph(5), "-2", "-2"),
    ],
)
def test_counting_by_hand(graph: nx.Graph, average: str, single: str) -> None:
    assert (mean(graph), typical(graph)) == (Fraction(average), Fraction(single))


# against predictions ------------------------------------------------------------------------------

CORRELATIONS = {f"C[0,{d}]": typical(star(d)) for d in range(1, 7)}
GRADIENTS = {f"C[1,{d}]": mean(two_stars(d)) / 2 for d in range(1, 7)}


def test_the_oracle_reaches_as_far_as_the_quantities() -> None:
    assert set(CORRELATIONS) == {f"C[0,{d}]" for d in range(1, LIMITS[0] + 1)}
    assert set(GRADIENTS) == {f"C[1,{d}]" for d in range(1, LIMITS[1] + 1)}


@pytest.mark.parametrize("phi", SMOOTH)
@pytest.mark.parametrize("hidden", DEPTHS)
def test_correlations_and_gradient_norms(hidden: int, phi: str) -> None:
    expected = {"F": typical(star(0)), "kernel": typical(star(1)), **CORRELATIONS, **GRADIENTS}
    found = Analysis(parse(mlp_text(hidden, phi)).graph, tuple(expected)).prediction(tuple(expected))
    assert found.exponents == expected
    assert all(found.exact.values())


LEAF: Tree = ()
TREES: dict[str, Tree] = {
    "path of 4": (((LEAF,),),),
    "path of 5": ((((LEAF,),),),),
    "path of 6": (((((LEAF,),),),),),
    "F2 (F2 F1) (F2 F1)": ((LEAF,), (LEAF,)),
    "F2 (F2 F1) F1": ((LEAF,), LEAF),
    "F2 (F3 F1 F1) F1": ((LEAF, LEAF), LEAF),
    "F2 (F3 F1 F1) (F3 F1 F1)": ((LEAF, LEAF), (LEAF, LEAF)),
    "F3 (F2 F1) F1 F1": ((LEAF,), LEAF, LEAF),
    "F3 (F2 F1) (F2 F1) F1": ((LEAF,), (LEAF,), LEAF),
    "F3 (F2 F1) (F2 F1) (F2 F1)": ((LEAF,), (LEAF,), (LEAF,)),
    "F4 (F2 F1) F1 F1 F1": ((LEAF,), LEAF, LEAF, LEAF),
}
"""Fk is the k-th derivative of F, contracted with what follows it."""


class _Contractor:
    """Scalars for trees of contractions, out of the jets and gradients that predictions are made of."""

    def __init__(self, program: Graph) -> None:
        self.program, self.graph = program, GraphBuilder.like(program)
        self.gradient = gradient_at(program, self.graph)

    def scalar(self, tree: Tree) -> int:
        """The contraction of a whole tree."""
        bundles = [(self.direction(branch), tree.count(branch)) for branch in dict.fromkeys(tree)]
        algebra = Taylor(self.graph, bundles)
        node = jet_output(self.program, algebra)[-1]
        assert node is not None
        return node

    def direction(self, tree: Tree) -> Direction:
        """A tree with one free slot at its root, raised by Λ."""
        if not tree:
            return self.gradient
        moved = gradient_of(self.program, self.graph, self.scalar(tree)).rescaled(self.graph, metric(self.program))
        return moved.mapped(lambda node: self.graph.add(Detach(), node))


def order_of(program: Program, tree: Tree) -> Fraction | None:
    contractor = _Contractor(program.graph)
    node = contractor.scalar(tree)
    found = interpret(contractor.graph, [node], calculus_for(program.graph))[node]
    return found.value.exponent


@pytest.mark.parametrize("phi", SMOOTH[:2])
@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
@pytest.mark.parametrize("hidden", DEPTHS[:3])
def test_mixed_contractions(hidden: int, tree: Tree, phi: str) -> None:
    assert order_of(parse(mlp_text(hidden, phi)), tree) == typical(contracted(tree))


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_trees_are_what_they_are_called(tree: Tree) -> None:
    """The scalar of a tree against nested automatic differentiation, at a width that fits by hand."""
    program = parse(mlp_text(2, "gelu")).graph
    contractor = _Contractor(program)
    node = contractor.scalar(tree)
    x = np.linspace(-1.0, 1.0, 8)
    with precision("float64") as kind:
        weights = draw(program.parameters, 4, Seed((3,)), np.float64)
        flat, unflatten = ravel_pytree(weights)
        value = evaluator(program, list(program.outputs.values()), 4, kind)

        def scalar(part: Tree) -> Any:
            function = lambda theta: value(unflatten(theta), {"x": x})[0]  # noqa: E731
            for branch in part:
                function = _along(function, jax.grad(scalar(branch))(flat))
            return function

        (ours,) = evaluator(contractor.graph, [node], 4, np.float64)(weights, {"x": x})
        assert float(ours) == pytest.approx(float(jax.jit(scalar(tree))(flat)), rel=1e-9)


def _along(function: Any, direction: Any) -> Any:
    return lambda theta: jax.jvp(function, (theta,), (direction,))[1]
