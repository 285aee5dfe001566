"""Which weights and nodes make correlations or claims fail, and which change of an exponent would suffice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.claims.kind import quantity_inequalities
from tp.printable import Printable
from tp.studies.claims.evaluate import only_output
from tp.studies.provenance import Provenance
from tp.theory.analysis import Analysis
from tp.theory.diagnosis.blame import Blame
from tp.theory.diagnosis.repair import Repair

if TYPE_CHECKING:
    from tp.program import Claim, Program

LINEARISING: dict[str, Fraction | None] = {"C[0,2]": Fraction(-1), "C[0,3]": Fraction(-1), "C[1,1]": Fraction(-1, 2)}
"""The exponents that a repair aims at where no claim sets them: those of weak correlations with m = n."""


@dataclass(frozen=True, slots=True, repr=False)
class Accusation(Printable):
    """The blame by quantity; ``target``: the largest exponent each may have (None: any); ``repair``: if asked for."""

    study = "blame"

    provenance: Provenance
    blames: tuple[Blame, ...]
    target: dict[str, Fraction | None]
    repair: Repair | None = None


def accuse(
    program: Program,
    analysis: Analysis,
    quantities: Iterable[str] = (),
    *,
    repaired: bool = False,
    budget: int = 200,
) -> Accusation:
    """Blame for ``quantities``; without any, for :func:`targets`. ``budget``: the most changed programs to examine."""
    target = targets(program, analysis) if not quantities else {name: LINEARISING.get(name) for name in quantities}
    blames = tuple(map(analysis.blame, target))
    wanted = {name: bound for name, bound in target.items() if bound is not None}
    found = analysis.repair(wanted, budget) if repaired and wanted else None
    return Accusation(Provenance(program.name, program.file), blames, target, found)


def targets(program: Program, analysis: Analysis) -> dict[str, Fraction | None]:
    """The largest exponent allowed, by quantity that exceeds it: as claimed, else as linearisation needs."""
    found: dict[str, Fraction | None] = {}
    output = only_output(program)
    for claim in program.claims:
        for name, bound in _bounds(claim, output).items():
            exponent = analysis.exponent(name)
            if exponent is not None and exponent > bound:
                found[name] = min(bound, found.get(name) or bound)
    if found:
        return found
    strength = analysis.weak[0]
    if strength is None or strength.most is None or strength.most > 0 or any(_denies(c) for c in program.claims):
        return {}
    return {n: b for n, b in LINEARISING.items() if (e := analysis.exponent(n)) is not None and e >= 0}


def _bounds(claim: Claim, output: str | None) -> dict[str, Fraction]:
    """The largest exponents that ``claim`` allows, by quantity; none for a negated claim or one about training."""
    if claim.negated:
        return {}
    return {i.quantity: i.exponent for i in quantity_inequalities(claim, output) if i.relation != "zero"}


def _denies(claim: Claim) -> bool:
    """Whether the program says itself that its correlations do not decay."""
    return claim.negated or claim.kind == "feature_learning"
