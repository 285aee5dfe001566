"""One document in every format: what each shows, what it leaves out, and what it escapes."""

from __future__ import annotations

import json
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from tp.report.cells import Exponent, Interval, Number, PlusMinus, Power, Shown, Text, Verdict
from tp.report.document import Column, Data, Document, Fact, Group, Line, Notes, Section, Table
from tp.report.render import FORMATS, render
from tp.report.render.json import value
from tp.statistics.estimate import Estimate

ROWS = (
    (Text("C[0,2]"), Exponent(Fraction(-1), exact=False), Shown("", [1, 2])),
    (Text("F"), Exponent(None), Shown("", [])),
)
TABLE = Table(
    (Column("quantity", "name"), Column("exponent", "typical"), Column(None, "raw")), ROWS, "quantities", "all"
)
DOCUMENT = Document(
    Line((Fact("mlp", "program", "mlp"), Fact("(mlp.tp)", "file", "mlp.tp")), " "),
    (
        Section("", (TABLE, Line((Fact("", "dtype", "float64"), Fact("4 seeds"), Fact("dense", "engine", "dense"))))),
        Section("weights", (Table(TABLE.columns[:1], ((Text("U"),),)), Data("count", 1)), "weights"),
        Group("blame", (Section("because of", (Data("name", "F"), Line((Fact("U"),)))),)),
        Section("nothing", (Table(TABLE.columns, (), "empty"), Notes((), "none"))),
        Section("assumptions", (Notes(("a", "b"), "assumptions"),)),
    ),
)


def test_text() -> None:
    assert render([DOCUMENT], "text").splitlines() == [
        "mlp (mlp.tp)",
        "  quantity  exponent",
        "  C[0,2]    <= -1",
        "  F         -inf",
        "  4 seeds; dense",
        "",
        "  weights",
        "  quantity",
        "  U",
        "",
        "  because of",
        "  U",
        "",
        "  assumptions",
        "    a",
        "    b",
    ]


def test_json() -> None:
    assert json.loads(render([DOCUMENT], "json")) == {
        "program": "mlp",
        "file": "mlp.tp",
        "quantities": [
            {"name": "C[0,2]", "typical": "-1", "raw": [1, 2]},
            {"name": "F", "typical": "-inf", "raw": []},
        ],
        "dtype": "float64",
        "engine": "dense",
        "weights": {"count": 1},
        "blame": [{"name": "F"}],
        "empty": [],
        "none": [],
        "assumptions": ["a", "b"],
    }


def test_an_indexed_table_is_an_object() -> None:
    table = Table(TABLE.columns, ROWS, "quantities", indexed=True)
    found = value(Document(Line(()), (Section("", (table,)),)))
    assert found == {"quantities": {"C[0,2]": {"typical": "-1", "raw": [1, 2]}, "F": {"typical": "-inf", "raw": []}}}


def test_a_key_is_there_once() -> None:
    twice = Document(DOCUMENT.title, (Section("", (Data("a", 1),)), Section("", (Data("a", 2),))))
    with pytest.raises(ValueError, match="the key a is there twice"):
        render([twice], "json")


class Outline(HTMLParser):
    """Tags that are open, those that were seen, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append(tag + "".join(f" {name}={text}" for name, text in attrs if name in ("scope", "class")))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style" and data.strip():
            self.texts.append(data)


def outline(document: Document) -> Outline:
    found = Outline()
    found.feed(render([document], "html"))
    assert found.open == []
    return found


def test_html() -> None:
    found = outline(DOCUMENT)
    assert found.seen.count("table") == found.seen.count("caption") == 2
    assert found.seen.count("th scope=row") == 3
    assert [t for t in found.texts if t in ("all", "weights", "assumptions", "nothing")] == [
        "all",
        "weights",
        "assumptions",
    ]
    assert "script" not in found.seen
    assert "<= -1" in found.texts


HOSTILE = "a\n<script>\x1b[31m\u202e\udc80&'\""


def test_names_change_no_layout() -> None:
    document = Document(Line((Fact(HOSTILE, "program", HOSTILE),)), (Section(HOSTILE, (Notes((HOSTILE,)),)),))
    text = render([document], "text")
    assert text.isprintable() or set(text) - {"\n"} == {c for c in text if c.isprintable()}
    assert len(text.splitlines()) == 4
    assert r"a\n<script>\x1b[31m\u202e\udc80" in text
    assert "script" not in outline(document).seen
    render([document], "html").encode()
    encoded = render([document], "json").encode()
    assert json.loads(encoded)["program"] == HOSTILE


def test_verdicts_have_a_colour() -> None:
    table = Table((Column("a"), Column("b")), ((Text("F"), Verdict("refuted", "refuted")),))
    assert "td class=refuted" in outline(Document(Line(()), (Section("", (table,)),))).seen


FOUND = Estimate(1.5, 1.0, 2.0, 0.99)


@pytest.mark.parametrize(
    ("cell", "text", "value"),
    [
        (Number(0.123456789), "0.123457", 0.123456789),
        (Number(float("nan")), "nan", "nan"),
        (Number(None), "?", None),
        (Exponent(Fraction(1, 2)), "1/2", "1/2"),
        (Exponent(None, known=False), "?", None),
        (Power(Fraction(-1)), "n^(-1)", "-1"),
        (PlusMinus(FOUND), "1.50 ± 0.50", {"value": 1.5, "low": 1.0, "high": 2.0}),
        (Interval(FOUND), "1.5 [1, 2]", {"value": 1.5, "low": 1.0, "high": 2.0}),
        (Interval(None), "?", None),
    ],
)
def test_cells(cell: Number | Exponent | PlusMinus, text: str, value: object) -> None:
    assert (cell.text, cell.value) == (text, value)


def test_formats() -> None:
    assert set(FORMATS) == {"text", "json", "html", "github", "junit", "sarif"}
    with pytest.raises(ValueError, match="github, html, json, junit, sarif, text, not pdf"):
        render([DOCUMENT], "pdf")
