"""Claims about training, decided by the regime that the orders show."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tp.experiments.training.observables import DEVIATION
from tp.studies.outcome import Outcome

if TYPE_CHECKING:
    from tp.program import Claim
    from tp.theory.regime import Regime


def training_claim(claim: Claim, regime: Regime) -> tuple[Outcome, str]:
    """The outcome of ``linearizes``, ``lazy``, ``feature_learning`` or ``stable``, and why."""
    if claim.kind == "linearizes":
        return _linearizes(claim.exponent or Fraction(0), regime)
    kind = regime.kind.value
    said = f"{kind}: {regime.reason}"
    if kind == "undecided":
        return Outcome.UNDECIDED, regime.reason
    held = {
        "lazy": kind == "lazy",
        "feature_learning": kind == "feature learning",
        "stable": kind not in ("unstable", "ill-normalised"),
    }[claim.kind]
    return (Outcome.HOLDS if held else Outcome.FAILS), said


def runs_of(claim: Claim) -> list[tuple[str, str, Fraction | None]]:
    """What runs can say about ``claim``: quantity, relation and exponent (None: the predicted one)."""
    if claim.kind == "linearizes":
        return [(DEVIATION, "O", -(claim.exponent or Fraction(0)))]
    return [(DEVIATION, "Theta", None)] if claim.kind in ("lazy", "feature_learning") else []


def _linearizes(power: Fraction, regime: Regime) -> tuple[Outcome, str]:
    """F - F_lin = O(1/m) after a fixed number of steps (theorem 3.1), for a properly normalised program."""
    broken = next((c for c in regime.conditions if not c.holds), None)
    if broken is not None:
        return Outcome.FAILS, f"not properly normalised: {broken.text} fails, it is n^({broken.exponent})"
    if regime.deviation is None:
        return Outcome.HOLDS, "F - F_lin vanishes identically"
    exact = regime.grounds["F - F_lin"].value.exact
    said = f"F - F_lin is {'' if exact else 'at most '}of order n^({regime.deviation})"
    if regime.deviation <= -power:
        return Outcome.HOLDS, said
    return (Outcome.FAILS if exact else Outcome.UNDECIDED), said
