"""What all rules of one limit share: the target graph, the atoms, and what was computed already."""

from __future__ import annotations

from dataclasses import dataclass, field

from tp.graph.axes import Type
from tp.graph.builder import GraphBuilder
from tp.interpret.limit.atoms import Atoms
from tp.interpret.limit.polynomial import Atom, Folded, Mean, Polynomial


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How means are computed: see :class:`tp.primitives.gaussian_mean.GaussianMean` for ``resolution``.

    ``neurons`` is the number of virtual neurons that means without another rule are averaged over, and ``seed`` numbers
    their random points.
    """

    resolution: int = 1
    neurons: int = 1 << 15
    seed: int = 0


@dataclass
class State:
    """``target`` is the graph of the limit under construction; see the rules for the tables."""

    accuracy: Accuracy
    target: GraphBuilder = field(default_factory=GraphBuilder)
    atoms: Atoms = field(default_factory=Atoms)
    covariances: dict[tuple[Atom, Atom], Polynomial] = field(default_factory=dict[tuple[Atom, Atom], Polynomial])
    linked: dict[tuple[int, int], bool] = field(default_factory=dict[tuple[int, int], bool])
    nodes: dict[tuple[Polynomial, Type | None], int] = field(default_factory=dict[tuple[Polynomial, Type | None], int])
    evaluated: dict[Mean | Folded, tuple[int, Type]] = field(default_factory=dict[Mean | Folded, tuple[int, Type]])
    folded: dict[Polynomial, int] = field(default_factory=dict[Polynomial, int])
    """Polynomials that are one factor elsewhere, and their numbers."""
    foldings: list[Polynomial] = field(default_factory=list[Polynomial])
    """The same polynomials in order of their numbers."""
    samples: dict[int, int] = field(default_factory=dict[int, int])
    """The nodes of atoms at all virtual neurons, by the numbers of the atoms."""
    dimension: int = 0
    """How many dimensions of the points are used."""
