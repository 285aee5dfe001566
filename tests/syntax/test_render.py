"""Diagnostics as text and as JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tp.diagnostics import json as as_json
from tp.diagnostics import text as as_text
from tp.diagnostics.diagnostic import Diagnostic, Label
from tp.diagnostics.span import Span

ONE = Diagnostic("TP101", "no g", Span(2, 7, 2, 8, "a.tp"), "try h", (Label(Span(1, 1, 1, 8, "a.tp"), "in here"),))


def test_text_shows_line_and_caret() -> None:
    assert as_text.render([ONE], {"a.tp": "program p {\n\ty = 2g\n}"}) == "\n".join(
        [
            "error[TP101]: no g",
            "  --> a.tp:2:7",
            "   |",
            " 2 |     y = 2g",
            "   |          ^",
            "  --> a.tp:1:1",
            "   |",
            " 1 | program p {",
            "   | ^^^^^^^ in here",
            "  = hint: try h",
        ]
    )


def test_text_without_a_source_or_a_place() -> None:
    assert as_text.render([ONE]).split("\n")[1] == "  --> a.tp:2:7"
    assert as_text.render([Diagnostic("TP500", "no")]) == "error[TP500]: no"


def test_json_is_plain_data() -> None:
    (found,) = json.loads(as_json.render([ONE]))["diagnostics"]
    assert found["span"] == {"file": "a.tp", "line": 2, "column": 7, "end_line": 2, "end_column": 8}
    assert (found["code"], found["severity"], found["hint"]) == ("TP101", "error", "try h")
    assert found["labels"][0]["message"] == "in here"


@given(st.text(max_size=400), st.integers(1, 500), st.integers(0, 300))
def test_windows_fit_any_line(line: str, column: int, length: int) -> None:
    line = line.replace("\n", " ")
    shown, marks = as_text.underlined(line, Span(1, column, 1, column + length))
    assert len(shown) <= 4 * 106
    assert set(marks.strip()) == {"^"}
    assert all(c.isprintable() for c in shown)


def test_a_long_line_is_cut_around_the_fault() -> None:
    line = "a" * 500_000 + "!" + "b" * 500_000
    shown, marks = as_text.underlined(line, Span(1, 500_001, 1, 500_002))
    assert len(shown) < 120
    assert shown[marks.index("^")] == "!"
