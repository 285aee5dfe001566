"""The page of findings: every finding has a command, a source and a picture, and the stored numbers agree with it.

Commands of the page are run by ``test_page_examples``.
"""

from __future__ import annotations

import importlib
import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "findings.md").read_text(encoding="utf-8")
SUMMARY, *PARTS = re.split(r"^\(([\w-]+)\)=\n", PAGE, flags=re.MULTILINE)
FINDINGS = dict(zip(PARTS[::2], PARTS[1::2], strict=True))

SLOPES = {
    ("laws", "gelu, normal readout"): -1,
    ("laws", "gelu, exponential readout"): -0.5,
    ("laws", "tanh, exponential readout"): -1,
    ("narrow", "n, then n units"): -0.5,
    ("narrow", "n, then 4 n^½ units"): -0.25,
    ("narrow", "4 n^½, then n units"): -0.25,
    ("narrow", "8 n^½ experts"): -0.25,
    ("attention", "one head, q·k / n"): -1,
    ("attention", "n/4 heads of size 4"): -1,
    ("relu", "relu, unseen"): -0.75,
    ("relu", "relu, trained"): -0.5,
    ("relu", "relu², unseen"): -1,
    ("relu", "relu², trained"): -1,
    ("optimisers", "gradient descent"): -1,
    ("optimisers", "Muon"): -1,
    ("shampoo", "1 step"): -1,
    ("shampoo", "2 steps"): -0.75,
    ("small_groups", "groups of 2"): 0,
    ("small_groups", "groups of 3"): -1 / 3,
    ("small_groups", "groups of 8"): -0.5,
    ("tails", "normal"): -2,
    ("tails", "Student, df = 5"): -1.5,
    ("tails", "Student, df = 3"): -5 / 6,
    ("tied", "branches of order 1"): 0.5,
    ("adapters", "adapter, 1 step"): -1,
    ("adapters", "all weights, 8 steps"): -1,
    ("late_constant", "constant 1e-2"): -0.5,
}
"""Exponents that the page calls measured."""
FLAT = [
    ("attention", "one head, q·k / √n"),
    ("attention", "n/8 tokens"),
    ("tied", "branches of order n^½"),
    ("adapters", "adapter, 2 steps"),
    ("adapters", "adapter, 8 steps"),
    ("late_plateau", "η = 0.2"),
    ("late_plateau", "η = 0.02"),
]
"""What has levelled off at the largest widths."""


def numbers(name: str, case: str) -> dict[int, list[float]]:
    """Median, low end, high end and number of draws, by width."""
    found = json.loads((DOCS / "findings" / f"{name}.json").read_text(encoding="utf-8"))[case]
    return {n: found[str(n)] for n in sorted(map(int, found))}


def slopes(by_width: dict[int, list[float]], first: int, last: int) -> tuple[float, float]:
    """The smallest and the largest slope between two widths that their intervals allow."""
    _, low, high, _ = by_width[first]
    _, low_last, high_last, _ = by_width[last]
    decades = np.log(last / first)
    return float(np.log(low_last / high) / decades), float(np.log(high_last / low) / decades)


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_finding_has_a_command_a_source_and_a_picture(finding: str) -> None:
    text = FINDINGS[finding].split("\n## Known before")[0]
    assert f"](#{finding})" in SUMMARY
    assert "```console\n$ tp " in text
    assert "*Proved*" in text
    assert "*Literature*" in text
    pictures = re.findall(r"!\[.{20,}\]\((findings/\w+\.svg)\)", text)
    assert pictures
    assert all((DOCS / picture).exists() for picture in pictures)


def test_the_summary_has_every_finding_in_its_order() -> None:
    assert re.findall(r"^\| \[.*?\]\(#([\w-]+)\)", SUMMARY, flags=re.MULTILINE) == list(FINDINGS)


@pytest.mark.parametrize(("name", "case"), SLOPES)
def test_stored_numbers_have_the_slope_that_is_stated(name: str, case: str) -> None:
    """Between the middle and the largest width, up to 0.05 for corrections that fade."""
    by_width = numbers(name, case)
    widths = list(by_width)
    low, high = slopes(by_width, widths[(len(widths) - 1) // 2], widths[-1])
    assert low - 0.05 <= SLOPES[name, case] <= high + 0.05
    assert high - low < 0.45


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("laws", "C[0,2]"),
        ("narrow", "C[1,1]"),
        ("attention", "C[0,2]"),
        ("small_groups", "C[1,1]"),
        ("tails", "C[0,4]"),
    ],
)
def test_stated_slopes_are_predicted(name: str, quantity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS / "findings"))
    script = importlib.import_module(name)
    predicted = {(name, case): Fraction(e) for case, e in script.predicted(script.MODELS, quantity).items()}
    stated = {key: slope for key, slope in SLOPES.items() if key[0] == name} | {
        key: 0 for key in FLAT if key[0] == name
    }
    assert {key: float(predicted[key]) for key in stated} == pytest.approx(stated)


@pytest.mark.parametrize(("name", "case"), FLAT)
def test_what_levels_off(name: str, case: str) -> None:
    by_width = numbers(name, case)
    widths = list(by_width)
    low, high = slopes(by_width, widths[(len(widths) - 1) // 2], widths[-1])
    assert low <= 0.05
    assert high >= -0.05
    assert high - low < 0.45
