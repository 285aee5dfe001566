"""Blame for training: which weights and which features move too much, or too little."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction

from tp.exponent import largest
from tp.graph.graph import Graph
from tp.theory.diagnosis.culprits import HANDFUL, Blame, Culprit
from tp.theory.diagnosis.describe import declared, listing
from tp.theory.movers import Mover
from tp.theory.regime import Regime

MAXIMAL, LESS, NEVER, TOO_MUCH = "maximally", "less", "never", "too much"


def blame_growth(program: Graph, regime: Regime) -> Blame:
    """The first features that training moves by a positive power of n, and weights that move something too much."""
    features = [f for f in regime.features if f.moved is not None and f.moved > 0]
    features = [f for f in features if f.sharp] or features
    features = [f for f in features if not f.follows] or features
    nodes = tuple(Culprit("node", f.name, f.span, f.moved) for f in features[:HANDFUL])
    wrong = [m for m in regime.movers if m.verdict == TOO_MUCH and m.known]
    wrong = [m for m in wrong if not m.beyond] or wrong
    found = largest(*(c.exponent for c in nodes), *(m.moved for m in wrong))
    return Blame("the first move that is too large", found, tuple(_weights(program, wrong)), nodes)


def blame_rest(program: Graph, regime: Regime) -> Blame:
    """The features that training moves by a negative power of n, and the weights that move everything too little."""
    features = [f for f in regime.features if f.moved is None or f.moved < 0]
    nodes = tuple(Culprit("node", f.name, f.span, f.moved) for f in features[:HANDFUL])
    wrong = [m for m in regime.movers if m.verdict in (LESS, NEVER) and program.parameters[m.name].rate.coefficient]
    found = largest(*(f.moved for f in regime.features))
    return Blame("the largest move of a feature", found, tuple(_weights(program, wrong)), nodes)


def blame_weights(program: Graph, regime: Regime, exempt: Collection[str]) -> tuple[Blame, ...]:
    """The weights that do not move what they make maximally, those with one exponent together; none of ``exempt``."""
    wrong = [m for m in regime.movers if m.verdict != MAXIMAL and m.known and m.name not in exempt]
    found: list[Blame] = []
    for verdicts, what in (((TOO_MUCH,), "the move that is too large"), ((LESS, NEVER), "the move that is too small")):
        movers = [m for m in wrong if m.verdict in verdicts]
        if movers:
            found.append(Blame(what, largest(*(m.moved for m in movers)), tuple(_weights(program, movers)), ()))
    return tuple(found)


def _weights(program: Graph, movers: Iterable[Mover]) -> Iterable[Culprit]:
    """One culprit for all weights of a declaration that move as far."""
    by_move: dict[Fraction | None, list[str]] = {}
    for mover in movers:
        by_move.setdefault(mover.moved, []).append(mover.name)
    for moved, names in by_move.items():
        for group in declared(program, names):
            yield Culprit("parameter", listing(group), program.parameters[group[0]].span, moved)
