"""What ``tp orders`` prints: exponents of n, bounds, laws for all orders, the regime and the claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.kind import claimed_quantities
from tp.exit_code import ExitCode
from tp.optimizers import Optimizer, chosen
from tp.printable import Printable
from tp.quantities.definitions import SYMBOLIC
from tp.studies.blame import Accusation, accused
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.faults import faults
from tp.studies.provenance import Provenance
from tp.theory.analysis import Analysis
from tp.theory.laws import Law
from tp.theory.predict import Prediction
from tp.theory.premises import summary
from tp.theory.regime import Regime
from tp.theory.weak_correlations import Strength
from tp.transform.two_sided import two_sided

if TYPE_CHECKING:
    from tp.orders.proof.encoding import Json
    from tp.program import Program
    from tp.sampling.sweep import Report


@dataclass(frozen=True, slots=True, repr=False)
class Orders(Printable):
    """What is known of one program without running it; ``asked`` are the quantities in the order they were asked for.

    ``bounds`` are exponents that use no cancellation (None: vanishes identically). ``weak`` and ``weak_bound`` are m(n)
    for fixed and for power weak correlations, from typical orders and from bounds. ``regime`` is that of training with
    the optimiser of ``provenance``, None where no orders of it are known; ``unknown`` says why.
    """

    study = "orders"

    provenance: Provenance
    asked: tuple[str, ...]
    prediction: Prediction
    bounds: dict[str, Fraction | None]
    laws: tuple[Law, ...]
    weak: tuple[Strength | None, Strength | None]
    weak_bound: tuple[Strength | None, Strength | None]
    regime: Regime | None
    premises: tuple[str, ...]
    claims: tuple[ClaimResult, ...]
    accusation: Accusation | None = None
    certificate: Json | None = None
    unknown: str = ""

    @property
    def exit_code(self) -> ExitCode:
        """FAILS where a claim fails by the calculus alone, else HOLDS."""
        fails = any(c.answer is Answer.NO for c in self.claims)
        return ExitCode.FAILS if fails else ExitCode.HOLDS


@dataclass(frozen=True, slots=True, repr=False)
class OrdersSoFar(Printable):
    """The orders that were derived so far, of the quantities ``asked``: what an interrupt leaves."""

    study = "orders_so_far"

    provenance: Provenance
    asked: tuple[str, ...]
    prediction: Prediction

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED: nothing is said of claims."""
        return ExitCode.UNDECIDED


Watch = Callable[[OrdersSoFar], None]
"""A function of what is known so far."""


def orders(
    program: Program,
    quantities: Sequence[str] | None = None,
    *,
    optimizer: Optimizer | None = None,
    nodes: bool = False,
    certified: bool = False,
    report: Report | None = None,
    watch: Watch | None = None,
) -> Orders:
    """Predict ``quantities`` (default: :data:`SYMBOLIC`) and, with ``nodes``, every named node.

    The regime is that of training with ``optimizer``; None: that of the program. ``watch`` is called after each
    quantity that is derived.
    """

    def say(what: str) -> None:
        if report is not None:
            report(0.0, 0.0, what)

    asked = tuple(dict.fromkeys(quantities if quantities is not None else SYMBOLIC))
    output = only_output(program)
    wanted = list(dict.fromkeys([*asked, *claimed_quantities(program.claims, output)]))
    say("typical orders")
    optimizer = (optimizer or chosen(program.optimizers)).of(two_sided(program.graph))
    origin = Provenance(program.name, program.file, optimizer=optimizer)
    analysis = Analysis(program.graph, wanted, optimizer)
    if watch is not None:
        for number in range(len(asked)):
            known = analysis.prediction(asked[: number + 1])
            watch(OrdersSoFar(origin, asked, known))
    prediction = analysis.prediction(wanted, nodes=nodes or bool(program.claims))
    say("claims")
    claims = outcomes(program.claims, Theory(prediction, analysis), {}, output)
    say("blame")
    accusation = accused(program, [f for f in faults(program, analysis, claims) if not f.meant], claims, optimizer)
    say("bounds and laws for all orders")
    return Orders(
        provenance=origin,
        asked=asked,
        prediction=prediction if nodes else replace(prediction, nodes=()),
        bounds={name: analysis.bound(name) for name in asked},
        laws=analysis.laws(),
        weak=analysis.weak,
        weak_bound=analysis.weak_bound,
        regime=analysis.known_regime,
        premises=summary(program.graph, analysis.premises),
        claims=claims,
        accusation=accusation if accusation.blames else None,
        certificate=analysis.certificate(asked) if certified else None,
        unknown=analysis.unknown,
    )
