"""TP813: claims that are true and weaker than what the calculus proves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tp.diagnostics.diagnostic import Diagnostic
from tp.program import Claim
from tp.quantities.definitions import DEVIATION, is_quantity
from tp.studies.lints.subject import Subject, warning
from tp.theory.weak_correlations import Strength


def found(subject: Subject) -> Iterator[Diagnostic]:
    """A warning for each claim that could be sharper, with the sharper one."""
    for claim in subject.program.claims:
        if claim.negated or claim.exponent is None:
            continue
        better = _better(subject, claim)
        if better is not None:
            message = f"this claim is weaker than what the calculus proves: {better}"
            yield warning("TP813", message, claim.span, f"write: claim {better}")


def _better(subject: Subject, claim: Claim) -> str | None:
    """The sharper claim that holds; None where there is none, or none is known."""
    assert claim.exponent is not None
    match claim.kind:
        case "order" if claim.relation == "O" and claim.subject is not None:
            exponent, exact = _order(subject, claim.subject)
            if not exact or (exponent is not None and exponent >= claim.exponent):
                return None
            return f"{claim.subject} : " + ("zero" if exponent is None else f"Theta({_written(exponent)})")
        case "weakly_correlated":
            return _stronger(claim, subject.analysis.weak[0])
        case "power_weakly_correlated":
            return _stronger(claim, subject.analysis.weak[1])
        case "linearizes":
            return _closer(subject, claim.exponent)
        case _:
            return None


def _order(subject: Subject, name: str) -> tuple[Fraction | None, bool]:
    """The typical exponent of a quantity or a value, and whether it is attained."""
    if is_quantity(name):
        prediction = subject.analysis.prediction([name])
        return prediction.exponents[name], prediction.exact[name]
    node = {**subject.graph.names, **subject.graph.outputs}[name]
    return (subject.exponent(node), subject.exact(node)) if node in subject.values else (None, False)


def _stronger(claim: Claim, strength: Strength | None) -> str | None:
    """Correlations of all orders are at most as large as claimed for a larger m."""
    if strength is None or not strength.exact or strength.checked is not None:
        return None
    assert claim.exponent is not None
    return f"{claim.kind}({_written(strength.power)})" if strength.power > claim.exponent else None


def _closer(subject: Subject, power: Fraction) -> str | None:
    """Training is closer to that of the linear model."""
    regime = subject.analysis.known_regime
    if (
        regime is None
        or not regime.settled
        or regime.deviation is None
        or not regime.sharp(regime.deviation, DEVIATION)
    ):
        return None
    return f"linearizes({_written(-regime.deviation)})" if -regime.deviation > power else None


def _written(exponent: Fraction) -> str:
    """A power of n in a claim: ``1``, ``n``, ``1/n``, ``n^(-1/2)``."""
    known = {Fraction(0): "1", Fraction(1): "n", Fraction(-1): "1/n"}
    if exponent > 1 and exponent.denominator == 1:
        return f"n^{exponent}"
    return known.get(exponent, f"n^({exponent})")
