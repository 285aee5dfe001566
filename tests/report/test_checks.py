"""Verdicts as checks: every verdict has a level, and a result has a check for all that decides its exit code."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from handmade_checks import DOCUMENTS
from handmade_reports import ORDERS, RESULT

from tp.answer import Answer
from tp.api.diagnosed import Diagnosed, Unfinished
from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.diagnostics.span import Span
from tp.exit_code import ExitCode
from tp.report.archive import read, written
from tp.report.check import Check, Level
from tp.report.contents import document
from tp.statistics.verdict import Verdict


def of(word: str) -> Level:
    return Check("", word, "", "", "").level


def test_every_verdict_has_a_level() -> None:
    for verdict in Verdict:
        assert (of(verdict.value) is Level.FAILURE) == (verdict is Verdict.REFUTED)
        assert (of(verdict.value) is Level.NOTE) == (verdict is Verdict.UNDECIDED)
    for answer in Answer:
        for yes, no in (("holds", "fails"), ("agree", "disagree")):
            level = of(answer.worded(yes, no))
            assert (level is Level.FAILURE) == (answer is Answer.NO)
            assert (level is Level.GOOD) == (answer is Answer.YES)
    for severity in Severity:
        assert of(severity.value).value == severity.value
    with pytest.raises(KeyError):
        of("green")


def test_the_checks_of_verify() -> None:
    found = {check.name: check for check in document(RESULT).checks}
    assert list(found) == ["claim f", "claim g", "C[0,2]", "C[0,4]", "F"]
    assert (found["claim f"].verdict, found["claim f"].file, found["claim f"].line) == ("confirmed", "mlp.tp", 3)
    assert (found["claim g"].verdict, found["claim g"].line) == ("holds", None)
    assert found["C[0,2]"].message.startswith("predicted exponent of n -1, measured -1.00 [-1.05, -0.9")
    assert found["F"].verdict == "undecided"


def test_an_interrupt_is_a_check() -> None:
    broken_off = replace(RESULT, provenance=replace(RESULT.provenance, interrupted=True))
    *others, last = document(broken_off).checks
    assert tuple(others) == document(RESULT).checks
    assert (last.level, last.name) == (Level.NOTE, "all of mlp")
    (only,) = document(Unfinished("mlp", "mlp.tp")).checks
    assert (only.level, only.file) == (Level.NOTE, "mlp.tp")


def test_what_the_calculus_does_not_know_is_undecided() -> None:
    found = {check.name: (check.verdict, check.message) for check in document(ORDERS).checks}
    assert found["C[0,2]"] == ("predicted", "typical exponent of n: <= -1")
    assert found["C[2,1]"] == ("undecided", "typical exponent of n: ?")


def test_columns_are_in_characters_and_in_units_of_utf_16() -> None:
    """A character beyond the first 65536 is one of the first and two of the second."""
    wrong = Diagnostic("TP101", "nothing here is called y", Span(2, 3, 2, 4, "a.tp"), "write x")
    (check,) = document(Diagnosed([wrong], "", "a.tp", {"a.tp": "one\n😀 y\n"})).checks
    assert (check.line, check.column, check.end, check.units) == (2, 3, (2, 4), (4, 5))
    assert check.message == "nothing here is called y; hint: write x"
    (unknown,) = document(Diagnosed([wrong], "", "a.tp")).checks
    assert unknown.units is None


@pytest.mark.parametrize(
    ("severity", "strict", "code", "verdict"),
    [
        (Severity.ERROR, False, ExitCode.CANNOT_RUN, "error"),
        (Severity.WARNING, False, ExitCode.HOLDS, "warning"),
        (Severity.WARNING, True, ExitCode.FAILS, "refused"),
    ],
)
def test_diagnostics_are_checks(severity: Severity, strict: bool, code: ExitCode, verdict: str) -> None:
    found = Diagnosed([Diagnostic("TP101", "no y", severity=severity)], "p", "p.tp", strict=strict)
    assert found.exit_code is code
    assert [check.verdict for check in document(found).checks] == [verdict]


def test_checks_are_archived() -> None:
    for one in DOCUMENTS:
        assert read(json.loads(json.dumps(written(one)))) == one


@pytest.mark.parametrize(("place", "value"), [(0, 1), (1, "green"), (5, "3"), (7, [1]), (7, [1, "2"]), (8, 5)], ids=str)
def test_an_altered_check_is_refused(place: int, value: object) -> None:
    archived = json.loads(json.dumps(written(DOCUMENTS[1])))
    archived["checks"][0][place] = value
    with pytest.raises(ValueError, match=r"it is no document|not enough values"):
        read(archived)
