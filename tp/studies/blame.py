"""Which weights and nodes make a program fail, and which change of one exponent would suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.kind import claimed_quantities
from tp.exit_code import ExitCode
from tp.exponent import power_of_n
from tp.optimizers import chosen
from tp.printable import Printable
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.faults import LINEARISING, Fault, faults
from tp.studies.provenance import Provenance
from tp.studies.repairs import restored
from tp.theory.analysis import Analysis
from tp.theory.diagnosis.culprits import Blame
from tp.theory.diagnosis.repair import Repair

if TYPE_CHECKING:
    from tp.optimizers import Optimizer
    from tp.program import Program

BUDGET = 200
"""The most changed programs that are examined."""


MOST_PARTS = 4
"""The most faults for which a repair of their own is looked for."""


@dataclass(frozen=True, slots=True)
class Mending:
    """The ``repair`` that restores the statements ``aims``."""

    aims: tuple[str, ...]
    repair: Repair


@dataclass(frozen=True, slots=True, repr=False)
class Accusation(Printable):
    """What fails, the blame for it, and the repair, if it was asked for and there is something to restore.

    Faults have no text where quantities were asked for. ``aims`` are the statements that a repair restores. Where none
    restores all of them, ``parts`` restore some, and leave the others as they are. ``known``: whether the orders of
    training are known.
    """

    study = "blame"

    provenance: Provenance
    faults: tuple[Fault, ...]
    blames: tuple[Blame, ...]
    aims: tuple[str, ...]
    claims: tuple[ClaimResult, ...] = ()
    repair: Repair | None = None
    parts: tuple[Mending, ...] = ()
    known: bool = True

    @property
    def exit_code(self) -> ExitCode:
        """FAILS where a claim of the program fails by the calculus, as for ``tp orders``."""
        fails = any(c.answer is Answer.NO for c in self.claims)
        return ExitCode.FAILS if fails else ExitCode.HOLDS


def accuse(
    program: Program,
    analysis: Analysis,
    quantities: Sequence[str] = (),
    *,
    repaired: bool = False,
    budget: int = BUDGET,
) -> Accusation:
    """Blame for ``quantities``; without any, for everything that fails. ``budget``: the most changed programs.

    Every repair is found by a full analysis of the changed program, in which what fails is restored and what holds
    still does. Where quantities are asked for, the claims of the program do not count.
    """
    results = decided(program, analysis)
    held = [c for c, r in zip(program.claims, results, strict=True) if r.answer is Answer.YES]
    if quantities:
        found, held = tuple(_asked(name, analysis) for name in quantities), []
    else:
        found = faults(program, analysis, results)
    accusation = replace(
        accused(program, found, results, analysis.optimizer),
        known=bool(quantities) or analysis.known_regime is not None,
    )
    if not (repaired and accusation.aims):
        return accusation

    def mended(some: Sequence[Fault]) -> Mending:
        aims = tuple(dict.fromkeys(f.aim for f in some if f.aim is not None))
        claims = (*held, *(c for c in program.claims if c.text in aims))
        holds = restored(replace(program, claims=claims), analysis, some)
        return Mending(aims, analysis.repair(holds, budget))

    repair = mended(found).repair
    parts = [] if repair.changes or not repair.needed else _parts(found)
    single = [part for part in map(mended, parts[:MOST_PARTS]) if part.repair.changes] if len(parts) > 1 else []
    return replace(accusation, repair=repair, parts=tuple(single))


def _parts(found: Sequence[Fault]) -> list[list[Fault]]:
    """Faults that are mended one by one; conditions of normalisation and stability belong together."""
    aimed = [f for f in found if f.aim is not None]
    together = [f for f in aimed if f.condition]
    return [*([together] if together else []), *([f] for f in aimed if not f.condition)]


def accused(
    program: Program, found: Sequence[Fault], results: Sequence[ClaimResult], optimizer: Optimizer | None = None
) -> Accusation:
    """The blame for the faults that were ``found`` in ``program``, whose claims have the ``results``."""
    return Accusation(
        provenance=Provenance(program.name, program.file, optimizer=optimizer or chosen(program.optimizers)),
        faults=tuple(found),
        blames=tuple(dict.fromkeys(blame for fault in found for blame in fault.blames)),
        aims=tuple(dict.fromkeys(f.aim for f in found if f.aim is not None)),
        claims=tuple(results),
    )


def decided(program: Program, analysis: Analysis) -> tuple[ClaimResult, ...]:
    """The claims of ``program`` by theory alone."""
    output = only_output(program)
    prediction = analysis.prediction(claimed_quantities(program.claims, output), nodes=bool(program.claims))
    return outcomes(program.claims, Theory(prediction, analysis), {}, output)


def _asked(name: str, analysis: Analysis) -> Fault:
    """The blame for a quantity that is asked for.

    A repair brings it to what linearisation needs, and F and the kernel to order 1. For other quantities there is none.
    """
    blame = analysis.blame(name)
    if name in NORMAL:
        normal = blame.exponent == 0 or (name == "F" and (blame.exponent is None or blame.exponent < 0))
        return Fault("", (blame,), None if normal else NORMAL[name])
    bound = LINEARISING.get(name)
    if bound is None:
        return Fault("", (blame,), None)
    return Fault("", (blame,), f"{name} = O({power_of_n(bound)})", {name: bound})


NORMAL = {"F": "F(θ0) = O(1)", "kernel": "kernel = Θ(1)"}
"""The condition of a properly normalised system on a quantity."""
