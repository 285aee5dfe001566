"""The verdicts of a result as checks, one for each claim, quantity and theorem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tp.report.cells import Exponent
from tp.report.check import CLAIM, PROGRAM, QUANTITY, THEOREM, Check
from tp.report.contents.claims import word
from tp.studies.claims.evaluate import ClaimResult
from tp.studies.provenance import Provenance
from tp.theory.predict import Prediction


def claim_checks(found: Iterable[ClaimResult], file: str) -> Iterator[Check]:
    """A check for each claim, at its line of ``file``."""
    for claim in found:
        yield Check(claim.text, word(claim), claim.reason, CLAIM, file, claim.line, claim.column)


def predicted_checks(found: Prediction, asked: Iterable[str], file: str) -> Iterator[Check]:
    """A check for each quantity with an exponent by the calculus alone, undecided where it is not known."""
    for name in asked:
        known = name in found.exponents
        exponent = Exponent(found.exponents.get(name), known, found.exact.get(name, True))
        verdict = "predicted" if known else "undecided"
        yield Check(name, verdict, f"typical exponent of n: {exponent.text}", QUANTITY, file)


def theorem_check(number: str, outcome: str, message: str, file: str) -> Check:
    """Whether both sides of a theorem of the paper agree: its ``outcome`` in words."""
    return Check(f"theorem {number}", outcome, message, THEOREM, file)


def interrupted_check(found: Provenance) -> Iterator[Check]:
    """A check that is undecided, where the user interrupted the command."""
    if found.interrupted:
        yield unfinished_check(
            found.program, found.file, "interrupted: verdicts are those of what was known until then"
        )


def unfinished_check(program: str, file: str, why: str) -> Check:
    """A check for a program that a command did not reach."""
    return Check(f"all of {program or file or 'the command'}", "undecided", why, PROGRAM, file)
