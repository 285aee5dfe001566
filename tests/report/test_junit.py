"""JUnit XML: valid by its schema, a case for each check, and well formed whatever things are called."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
import xmlschema
from handmade_checks import BROKEN, DOCUMENTS, EMPTY, HOSTILE, document_of
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.report.check import Check
from tp.report.render import render

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMA)


def parsed(text: str) -> Element:
    assert text.isascii()
    return fromstring(text)


def test_reports_are_valid(schema: xmlschema.XMLSchema) -> None:
    for documents in (DOCUMENTS, [EMPTY], []):
        schema.validate(render(documents, "junit"))
    assert not schema.is_valid(render(DOCUMENTS, "junit").replace("<testcase name=", "<testcase label="))


def test_a_suite_for_each_program_and_a_case_for_each_check() -> None:
    suites = list(parsed(render(DOCUMENTS, "junit")))
    numbers = [[suite.get(n) for n in ("name", "tests", "failures", "errors", "skipped")] for suite in suites]
    assert numbers[0] == ["mlp", "5", "2", "0", "1"]
    assert numbers[2] == ["tp", "1", "0", "1", "0"]
    cases = {case.get("name"): [child.tag for child in case] for case in suites[0]}
    assert cases == {
        "claim f : Theta(1)": ["system-out"],
        "claim C[0,2] : O(1)": ["failure"],
        "C[0,2]": ["failure"],
        "C[0,3]": ["system-out"],
        "F": ["skipped"],
    }
    failure = suites[0][2][0]
    assert (failure.get("type"), failure.get("message")) == ("refuted", "too large")
    assert failure.text == "mlp.tp: C[0,2]: refuted: too large"


def test_what_xml_forbids_is_escaped() -> None:
    suite = parsed(render([document_of(BROKEN, HOSTILE)], "junit"))[0]
    assert suite.get("name") == "50%: a,b\\r\\n::error::<&]]>\\x1b[31m\\x00\\ufffe\\udc80'\""
    (case,) = suite
    assert (case[0].text or "").startswith("a b/50%")
    assert ".tp:6:9: TP101" in (case[0].text or "")


@given(st.text(st.characters(), max_size=20))
@settings(max_examples=25, deadline=None)
def test_any_name_is_well_formed(name: str) -> None:
    check = Check(name, "error", name, name, name, 1, 1)
    (suite,) = parsed(render([document_of((check,), name)], "junit"))
    (case,) = suite
    assert case.get("name") == "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
