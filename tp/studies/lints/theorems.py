"""TP812: a claim about correlations or linear training in a program to which the paper's theorems do not apply.

Theorems 3.1 and 3.2 say what weak correlations mean for training. They need activations with eq. 23
(:mod:`tp.theory.premises`) and a properly normalised system: F = O(1) and a kernel of order 1. There is no warning for
a program that claims nothing of this kind, nor where a premise cannot be decided: for a map eq. 23 is assumed, and of a
kernel only a bound may be known. A law that is not symmetric violates no premise: the calculus then assumes less
(:mod:`tp.theory.assumptions`).
"""

from __future__ import annotations

from collections.abc import Iterator

from tp.diagnostics.diagnostic import Diagnostic, Label
from tp.program import Claim
from tp.studies.lints.subject import Subject, order, warning
from tp.theory.premises import Extent

_RESTING = frozenset({"weakly_correlated", "power_weakly_correlated", "linearizes", "lazy"})
"""The kinds of claims that are about what the theorems join."""
_HINT = "the claim is decided all the same; what it means for training the theorems do not say"


def found(subject: Subject) -> Iterator[Diagnostic]:
    """A warning for each place where a premise fails, beside the first claim that has to do with it."""
    claims = [claim for claim in subject.program.claims if claim.kind in _RESTING and not claim.negated]
    if not claims:
        return
    beside = [Label(claims[0].span, "claimed here")]
    for premise in subject.analysis.premises:
        if premise.extent in (Extent.NOWHERE, Extent.BOUNDED):
            yield warning("TP812", f"{premise.name} is {premise.reason}", premise.span, _HINT, beside)
    yield from _not_normalised(subject, claims[0])


def _not_normalised(subject: Subject, claim: Claim) -> Iterator[Diagnostic]:
    prediction = subject.analysis.prediction(["F", "kernel"])
    for name, text in (("F", "outputs are"), ("kernel", "the kernel is")):
        exponent, exact = prediction.exponents[name], prediction.exact[name]
        if not exact or not exponent or (name == "F" and exponent < 0):
            continue
        needed = "O(1)" if name == "F" else "Theta(1)"
        message = f"{text} of {order(exponent)}, and the theorems on linearisation need {needed}"
        yield warning("TP812", message, claim.span, f"scale it, or claim what holds: claim {name} : ...")
