"""SARIF logs: valid by their schema, with rules, levels and places; whatever things are called."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from handmade_checks import BROKEN, CHECKS, DOCUMENTS, EMPTY, NOWHERE, document_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.report.check import Check
from tp.report.document import Document
from tp.report.render import render

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
VALIDATOR = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))
URI = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})*")
"""A relative reference of RFC 3986 without a colon, query and fragment."""


def run_of(documents: list[Document]) -> dict[str, Any]:
    """The run of a log, which is valid."""
    text = render(documents, "sarif")
    assert text.isascii()
    log = json.loads(text)
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    return run


def test_the_schema_notices_mistakes() -> None:
    log = json.loads(render(DOCUMENTS, "sarif"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(log)


def test_a_result_for_each_check_that_is_not_good() -> None:
    run = run_of([document_of(CHECKS)])
    levels = [(result["ruleId"], result["level"]) for result in run["results"]]
    assert levels == [("claim", "error"), ("quantity", "error"), ("quantity", "warning"), ("quantity", "note")]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "mlp.tp"}, "region": {"startLine": 4, "startColumn": 3}}
    assert run["results"][1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert run["results"][1]["message"] == {"text": "C[0,2]: refuted: too large"}
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert run_of([EMPTY])["results"] == []


def test_rules_explain_the_results() -> None:
    run = run_of(DOCUMENTS)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["claim", "quantity", "TP101", "TP500"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert "Wrong:" in rules[2]["help"]["text"]


def test_an_error_without_a_file_is_a_notification() -> None:
    run = run_of([document_of(NOWHERE, "")])
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"] == [
        {"level": "error", "message": {"text": "no such option"}, "descriptor": {"id": "TP500"}}
    ]


def test_columns_are_in_units_and_names_are_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((result,),) = [run_of([document_of(BROKEN)])["results"]]
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 6, "startColumn": 10, "endLine": 6, "endColumn": 11}
    assert URI.fullmatch(place["artifactLocation"]["uri"])
    (tmp_path / "in").mkdir()
    (tmp_path / "out b.tp").write_text("")
    monkeypatch.chdir(tmp_path / "in")
    for file, uri in (
        ("a:b/\udc80é.tp", "a%3Ab/%80%C3%A9.tp"),
        ("../out b.tp", f"file://{tmp_path}/out%20b.tp"),
        ("<stdin>", "%3Cstdin%3E"),
    ):
        (result,) = run_of([document_of((Check("F", "refuted", "", "quantity", file),))])["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@given(st.text(st.characters(), min_size=1, max_size=12))
@settings(max_examples=10, deadline=None)
def test_any_name_is_valid(name: str) -> None:
    (result,) = run_of([document_of((Check(name, "fails", name, "claim", name, 1, 1),), name)])["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert URI.fullmatch(uri.removeprefix("file://"))
