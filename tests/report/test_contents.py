"""What the reports on results say, as text and as JSON."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from handmade_reports import ORDERS, RESULT

from tp.exponent import shown as written
from tp.printable import Printable
from tp.report.contents import document
from tp.report.contents.orders import BOUND
from tp.report.contents.provenance import engines as engines_text
from tp.report.render import render
from tp.studies.correlations import Cell, Numbers
from tp.studies.provenance import Provenance


def as_json(result: Printable) -> Any:
    return json.loads(render([document(result)], "json"), parse_constant=pytest.fail)


def cells(text: str, first: str) -> list[str]:
    return next(line.split() for line in text.splitlines() if line.split()[:1] == [first])


def test_the_table_of_verify() -> None:
    shown = str(RESULT)
    assert cells(shown, "C[0,2]")[1:5] == ["-1", "-1.00", "[-1.05,", "-0.96]"]
    assert cells(shown, "C[0,2]")[5:10] == ["1.00000", "n^-1", "[1.00000,", "1.00000]", "confirmed"]
    assert cells(shown, "C[0,4]")[1:4] == ["-inf", "-inf", "confirmed"]
    assert cells(shown, "F")[1:4] == ["0", "?", "undecided"]
    assert cells(shown, "mlp.tp:3")[1:4] == ["claim", "f", "confirmed"]
    assert cells(shown, "mlp.tp")[1:4] == ["claim", "g", "holds"]
    assert "inputs are generic" in shown
    assert "float64; dense up to n = 256, conditioned from n = 1024 on" in shown
    assert "the 3 intervals hold together at 99% (Bonferroni: each at 99.67%)" in shown


def test_the_json_of_verify_is_strict() -> None:
    found = as_json(RESULT)
    first, zero, nan = found["quantities"]
    assert (first["typical"], first["predicted"], first["verdict"]) == ("-1", "-1", "confirmed")
    assert first["measured"] == pytest.approx(-1)
    assert first["interval"] == [pytest.approx(-1.05, abs=0.01), pytest.approx(-0.95, abs=0.01)]
    assert first["size"]["value"] == pytest.approx(1)
    assert first["size"]["low"] <= 1 <= first["size"]["high"]
    assert (first["size"]["exponent"], first["size"]["statistic"]) == ("-1", "root mean square")
    assert (zero["predicted"], zero["measured"], zero["interval"], zero["size"]) == ("-inf", "-inf", None, None)
    assert (nan["measured"], nan["medians"]) == (None, ["nan"] * 3)
    assert found["engines"] == {"64": "dense", "256": "dense", "1024": "conditioned"}
    assert found["confidence"] == {"together": 0.99, "quantities": 3, "correction": "Bonferroni"}


def test_the_table_of_orders() -> None:
    shown = str(ORDERS)
    assert cells(shown, "C[1,1]") == ["C[1,1]", "-1/2", "-1/2"]
    assert cells(shown, "C[0,4]") == ["C[0,4]", "-inf", "-inf"]
    assert cells(shown, "C[2,1]") == ["C[2,1]", "?", "?"]
    assert cells(shown, "C[0,2]") == ["C[0,2]", "<=", "-1", "inf"]
    assert cells(shown, "h") == ["h", "0"]
    assert cells(shown, "C[1,d]") == ["C[1,d]", "1/2", "-", "1/2", "d", "attained"]
    assert "n^(1), C[0,2] binds" in shown
    assert "none: C[0,3] does not decay" in shown
    assert "regime: lazy (F - F_lin is of order n^(-1))" in shown
    assert cells(shown, "W") == ["W", "6", "-1/2", "less", "1"]


def test_the_json_of_orders() -> None:
    found = as_json(ORDERS)
    assert [(q["name"], q["typical"]) for q in found["quantities"]] == [
        ("C[1,1]", "-1/2"),
        ("C[0,4]", "-inf"),
        ("C[2,1]", None),
        ("C[0,2]", "-1"),
    ]
    assert found["nodes"] == [{"name": "h", "line": None, "typical": "0", "exact": True}]
    assert found["assumptions"] == ["inputs are generic", BOUND]
    assert [q["bound"] for q in found["quantities"]] == ["-1/2", "-inf", None, "inf"]
    assert found["weak_correlations"]["fixed"]["typical"] == {
        "m": "1", "at_most": "1", "binding": [0, 2], "checked": None
    }  # fmt: skip
    assert found["regime"]["kind"] == "lazy"
    assert found["regime"]["weights"] == [
        {"name": "W", "line": 6, "relative": "-1/2", "verdict": "less", "from_step": 1, "moved": "-1/2", "size": "0"}
    ]
    assert found["all_orders"][0]["slope_d"] == "-1/2"


def test_numbers() -> None:
    cells_of_f = (Cell(8, (1.0, 2.0, 3.0)), Cell(16, (float("inf"),)))
    result = Numbers({"F": cells_of_f}, Provenance("mlp", "mlp.tp", (8, 16), "float64", {8: "dense", 16: "dense"}, 2))
    assert cells(str(result), "F") == ["F", "8", "3", "2", "3"]
    found = as_json(result)
    assert found["quantities"][0]["widths"][1]["values"] == ["inf"]
    assert found["engines"] == {"8": "dense", "16": "dense"}


@pytest.mark.parametrize(
    ("engines", "shown"),
    [
        ({8: "dense"}, "dense"),
        ({8: "dense", 16: "dense"}, "dense"),
        ({8: "dense", 16: "conditioned"}, "dense up to n = 8, conditioned from n = 16 on"),
        (
            {8: "dense", 16: "conditioned", 32: "conditioned", 64: "dense"},
            "dense up to n = 8, conditioned from n = 16 to 32, dense from n = 64 on",
        ),
    ],
)
def test_engines(engines: dict[int, str], shown: str) -> None:
    assert engines_text(engines) == shown


def test_several_results_are_an_array() -> None:
    both = json.loads(render([document(RESULT), document(ORDERS)], "json"))
    assert [len(one["quantities"]) for one in both] == [3, 4]


@pytest.mark.parametrize(
    ("known", "value", "exact", "shown"),
    [
        (True, Fraction(-3, 2), True, "-3/2"),
        (True, None, True, "-inf"),
        (False, None, True, "?"),
        (True, Fraction(1), False, "<= 1"),
    ],
)
def test_exponents(known: bool, value: Fraction | None, exact: bool, shown: str) -> None:
    assert written(known, value, exact) == shown
