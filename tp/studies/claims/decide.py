"""From predictions and verdicts to what becomes of each claim of a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.asymptotics.profile import ROUNDING
from tp.exponent import show
from tp.statistics.fit import Fit
from tp.statistics.verdict import MARGIN, Judgement, Verdict
from tp.studies.claims.training import runs_of, training_claim
from tp.studies.outcome import Outcome
from tp.syntax.claims import is_quantity

if TYPE_CHECKING:
    from tp.program import Claim, Program
    from tp.theory.analysis import Analysis
    from tp.theory.predict import Prediction
    from tp.theory.regime import Regime

FIXED = (("C[0,2]", 1), ("C[0,3]", 1), ("C[0,4]", 1), ("C[0,5]", 1), ("C[1,1]", 2), ("C[1,2]", 2), ("C[1,3]", 2))
"""Weakly correlated with m: each quantity is O(m^(-1/divisor)); the orders that are examined."""
POWER = (
    ("C[0,2]", 2), ("C[0,3]", 3), ("C[0,4]", 4), ("C[0,5]", 5), ("C[1,1]", 1), ("C[1,2]", 2), ("C[1,3]", 3),
)  # fmt: skip
"""Power weakly correlated with m: each quantity is O(m^(-d/2)); here with its d."""
UP_TO = "up to the orders examined: C[0,d] for d <= 5, C[1,d] for d <= 3"
WEAK = ("weakly_correlated", "power_weakly_correlated")


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What became of a claim. ``confirmed``: it holds, and every measurement that it involves supports it.

    ``open`` are the involved quantities that were measured without supporting it.
    """

    text: str
    line: int | None
    outcome: Outcome
    confirmed: bool
    reason: str
    involved: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """The fit and the judgement of one quantity."""

    fit: Fit
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class _Part:
    """One inequality or equality that a claim is made of."""

    quantity: str
    relation: str
    exponent: Fraction


def claimed_quantities(claims: Iterable[Claim], output: str | None) -> tuple[str, ...]:
    """The quantities that claims are about, so that they are predicted; ``output`` is the only output, if so."""
    found: dict[str, None] = {}
    for claim in claims:
        for part in _parts(claim, output) or ():
            if is_quantity(part.quantity):
                found.setdefault(part.quantity)
    return tuple(found)


def quantity_bounds(claim: Claim, output: str | None) -> dict[str, Fraction]:
    """The largest exponents that ``claim`` allows, by quantity; nothing for a negated claim or one about training."""
    parts = () if claim.negated else _parts(claim, output) or ()
    return {p.quantity: p.exponent for p in parts if is_quantity(p.quantity) and p.relation != "zero"}


def ordered_quantities(claims: Iterable[Claim], output: str | None) -> tuple[str, ...]:
    """The quantities with a claim about their own order, so that they are measured too."""
    return claimed_quantities((c for c in claims if c.kind == "order"), output)


def only_output(program: Program) -> str | None:
    """The name of the output, where there is only one: then it is what F means."""
    outputs = list(program.graph.outputs)
    return outputs[0] if len(outputs) == 1 else None


def evaluate(
    claim: Claim,
    prediction: Prediction,
    measured: Mapping[str, Measured],
    output: str | None,
    analysis: Analysis | None = None,
    regime: Regime | None = None,
) -> ClaimResult:
    """Decide ``claim`` from the symbolic ``prediction`` and whatever was ``measured`` of it.

    Claims about training need the ``analysis``, or the ``regime`` where it is another one than that of plain gradient
    descent, and those about weak correlations need it for all orders.
    """
    line = claim.span.line if claim.span else None
    parts = _parts(claim, output)
    if parts is None:
        if regime is None and analysis is not None:
            regime = analysis.regime
        if regime is None:
            return ClaimResult(claim.text, line, Outcome.UNDECIDED, False, "needs the orders of training")
        outcome, reason = training_claim(claim, regime)
        return _trained(claim, line, _turned(outcome) if claim.negated else outcome, reason, prediction, measured)
    found = [(part, *_symbolic(part, prediction)) for part in parts]
    if claim.negated:
        outcome, reason, involved = _negated(found)
    else:
        outcome, reason, involved = _plain(found)
    if claim.negated and outcome is Outcome.HOLDS:
        # One part that fails is enough, so one confirmed part settles it whatever the others say.
        settled = [p for p in involved if p.quantity in measured and _supports(p, measured[p.quantity], negated=True)]
        if settled:
            involved = settled
            reason = "; ".join(why for part, _, why in found if part in settled)
    outcome, reason = _with_measured(claim, outcome, reason, involved, measured)
    names = tuple(part.quantity for part in involved)
    seen = [part for part in involved if part.quantity in measured]
    unsupported = [p.quantity for p in seen if not _supports(p, measured[p.quantity], negated=claim.negated)]
    confirmed = outcome is Outcome.HOLDS and bool(seen) and not unsupported
    if claim.kind in WEAK and outcome is Outcome.HOLDS and not claim.negated:
        outcome, reason = _all_orders(claim, analysis, outcome, f"{reason}, {UP_TO}")
        confirmed = confirmed and outcome is Outcome.HOLDS
    return ClaimResult(claim.text, line, outcome, confirmed, reason, names, tuple(unsupported))


def _trained(
    claim: Claim,
    line: int | None,
    outcome: Outcome,
    reason: str,
    prediction: Prediction,
    measured: Mapping[str, Measured],
) -> ClaimResult:
    """A claim about training, decided by orders, in the light of runs where there were any."""
    involved = [
        _Part(name, relation, prediction.exponents[name] or Fraction(0) if exponent is None else exponent)
        for name, relation, exponent in runs_of(claim)
        if name in measured
    ]
    outcome, reason = _with_measured(claim, outcome, reason, involved, measured)
    unsupported = [
        p.quantity
        for p in involved
        if not (_allowed(p, prediction) and _supports(p, measured[p.quantity], negated=claim.negated))
    ]
    confirmed = outcome is Outcome.HOLDS and bool(involved) and not unsupported
    return ClaimResult(
        claim.text, line, outcome, confirmed, reason, tuple(p.quantity for p in involved), tuple(unsupported)
    )


def _allowed(part: _Part, prediction: Prediction) -> bool:
    """Is the prediction, which a measurement may confirm, one that ``part`` allows?"""
    exponent = prediction.exponents[part.quantity]
    return part.relation != "O" or exponent is None or exponent <= part.exponent


def _all_orders(claim: Claim, analysis: Analysis | None, outcome: Outcome, reason: str) -> tuple[Outcome, str]:
    """What the closed forms say of the orders that are not examined one by one."""
    if analysis is None:
        return outcome, reason
    strength = analysis.weak[WEAK.index(claim.kind)]
    if strength is None:
        return outcome, "all correlations vanish identically"
    assert claim.exponent is not None
    if strength.power >= claim.exponent:
        where = "large d" if strength.binding is None else "C[{},{}]".format(*strength.binding)
        orders = "all D and d" if strength.checked is None else strength.checked
        return outcome, f"m = n^({strength.power}) for {orders}; {where} allows no more"
    return Outcome.UNDECIDED, f"holds {UP_TO}; beyond them only m = n^({strength.power}) is known"


def _turned(outcome: Outcome) -> Outcome:
    return {Outcome.HOLDS: Outcome.FAILS, Outcome.FAILS: Outcome.HOLDS}.get(outcome, outcome)


def _parts(claim: Claim, output: str | None) -> Sequence[_Part] | None:
    """The parts of a claim; None for a kind that nothing here can decide."""
    exponent = claim.exponent if claim.exponent is not None else Fraction(0)
    if claim.kind == "order":
        subject = "F" if claim.subject in (None, output) else claim.subject
        return [_Part(subject, claim.relation or "Theta", exponent)]
    if claim.kind == "weakly_correlated":
        return [_Part(name, "O", -exponent / divisor) for name, divisor in FIXED]
    if claim.kind == "power_weakly_correlated":
        return [_Part(name, "O", -exponent * d / 2) for name, d in POWER]
    return None


def _symbolic(part: _Part, prediction: Prediction) -> tuple[Outcome, str]:
    if part.quantity in prediction.exponents:
        exponent, exact = prediction.exponents[part.quantity], prediction.exact.get(part.quantity, True)
    else:
        node = next((o for o in prediction.nodes if o.name == part.quantity), None)
        if node is None:
            return Outcome.UNDECIDED, f"no prediction for {part.quantity}"
        exponent, exact = node.exponent, True
    said = f"{part.quantity} is {'' if exact else 'at most '}{_power(exponent)}"
    if exponent is None:
        return (Outcome.HOLDS if part.relation in ("zero", "O") else Outcome.FAILS), said
    if part.relation == "zero":
        holds = False
    elif part.relation == "O":
        holds = exponent <= part.exponent
        exact = exact or holds
    else:
        holds = exponent == part.exponent
    if not exact:
        return Outcome.UNDECIDED, said
    return (Outcome.HOLDS if holds else Outcome.FAILS), said


Found = Sequence[tuple[_Part, Outcome, str]]
Decision = tuple[Outcome, str, list[_Part]]


def _plain(found: Found) -> Decision:
    """All parts must hold. The reason names the parts that decide."""
    for outcome in (Outcome.FAILS, Outcome.UNDECIDED):
        deciding = [(part, why) for part, each, why in found if each is outcome]
        if deciding:
            return outcome, "; ".join(why for _, why in deciding), [part for part, _ in deciding]
    reason = found[0][2] if len(found) == 1 else f"all {len(found)} predictions satisfy it"
    return Outcome.HOLDS, reason, [part for part, _, _ in found]


def _negated(found: Found) -> Decision:
    """One part that fails is enough."""
    outcome, reason, involved = _plain(found)
    if outcome is Outcome.FAILS:
        return Outcome.HOLDS, reason, involved
    if outcome is Outcome.HOLDS:
        return Outcome.FAILS, reason, involved
    return outcome, reason, involved


def _with_measured(
    claim: Claim, outcome: Outcome, reason: str, involved: Sequence[_Part], measured: Mapping[str, Measured]
) -> tuple[Outcome, str]:
    """``outcome`` in the light of measurements that contradict the predictions it rests on."""
    for part in involved:
        if part.quantity not in measured:
            continue
        verdict = measured[part.quantity].judgement.verdict
        if verdict is Verdict.REFUTED:
            said = f"the prediction for {part.quantity} is refuted by the measurement"
            if outcome is Outcome.HOLDS and not claim.negated and _violates(part, measured[part.quantity].fit):
                return Outcome.FAILS, said
            if outcome is Outcome.HOLDS:
                return Outcome.UNDECIDED, said
        if verdict is Verdict.LOOSE and outcome is Outcome.HOLDS and (claim.negated or part.relation == "Theta"):
            return Outcome.UNDECIDED, f"{part.quantity} is smaller than predicted in the measurement"
    return outcome, reason


def _supports(part: _Part, measured: Measured, *, negated: bool) -> bool:
    """Is the prediction confirmed, or, for an upper bound, does the measured interval lie within the bound?"""
    if measured.judgement.verdict is Verdict.CONFIRMED:
        return True
    if negated or part.relation != "O" or measured.judgement.verdict is Verdict.REFUTED:
        return False
    late = measured.fit.late
    within = late is not None and max(late.overall.high, late.upper.value) <= float(part.exponent) + ROUNDING
    return measured.fit.vanishes or within


def _violates(part: _Part, fit: Fit) -> bool:
    """Does the measured interval lie outside what the part allows?"""
    if part.relation == "zero":
        return True
    return fit.slopes is not None and fit.slopes.overall.low > float(part.exponent) + MARGIN


def _power(exponent: Fraction | None) -> str:
    return "identically zero" if exponent is None else f"of order n^({show(exponent)})"
