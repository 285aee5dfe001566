"""Formulas of pages become MathML, all of them, and in letters that browsers have."""

from __future__ import annotations

import re
import sys

import pytest

from tests.docs.pages import DOCS, names, read

pytest.importorskip("latex2mathml")
sys.path.append(str(DOCS / "_extensions"))
from mathml import mathml

FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?![\s$])([^$\n]+?)(?<!\s)\$", flags=re.DOTALL)


def formulas(name: str) -> list[str]:
    text = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    return [m[1] or m[2] for m in FORMULA.finditer(re.sub(r"`[^`\n]*`", "", text))]


@pytest.mark.parametrize("name", [name for name in names() if formulas(name)])
def test_every_formula_of_a_page(name: str) -> None:
    """Raises ValueError for a command that is not known."""
    for formula in formulas(name):
        assert 'mathvariant="' not in mathml(formula).replace('mathvariant="normal"', ""), formula


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\mathbb E x", "<mi>𝔼</mi>"),
        (r"\mathbb R", "<mi>ℝ</mi>"),
        (r"\mathcal C", "<mi>𝒞</mi>"),
        (r"\mathbf{wx}", "<mi>𝐰</mi><mi>𝐱</mi>"),
        (r"|x|", '<mo stretchy="false" lspace="0" rspace="0">&#x0007C;</mo><mi>x</mi>'),
        (r"y = -x", '<mo>&#x0003D;</mo><mo form="prefix">&#x02212;</mo>'),
    ],
)
def test_what_browsers_show(latex: str, expected: str) -> None:
    assert expected in mathml(latex)


@pytest.mark.parametrize("latex", [r"\nosuchcommand x", r"\frac{a"])
def test_what_is_no_formula(latex: str) -> None:
    with pytest.raises(ValueError, match=r"no MathML|braces"):
        mathml(latex)
