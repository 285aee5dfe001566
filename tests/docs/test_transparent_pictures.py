"""Pictures of findings and explanations show on light and dark pages, are small, and are used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = sorted((*DOCS.glob("findings/*.svg"), *DOCS.glob("explanation/*.svg")))
WHITE, DARK = "#ffffff", "#131416"
"""Backgrounds of furo's pages."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour such as ``#3f7fd6``, as the guidelines for accessible pages define it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.stem)
def test_a_picture(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    assert len(text.encode()) < 100_000
    assert str(picture.parent.parent) not in text
    colours = set(re.findall(r"#[0-9a-f]{6}\b", text))
    assert colours
    for colour in colours:
        assert min(contrast(colour, WHITE), contrast(colour, DARK)) > 3, colour
    assert not re.search(r"(?:fill|stroke): (?:black|white)", text)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.stem)
def test_a_picture_has_a_script_and_a_place_on_a_page(picture: Path) -> None:
    folder = picture.parent
    assert any(picture.name.startswith(script.stem) for script in folder.glob("*.py"))
    pages = [DOCS / f"{folder.name}.md", *folder.glob("*.md")]
    used = [p for p in pages if p.exists() and re.search(rf"!\[.+\]\([\w/]*{picture.name}\)", p.read_text())]
    assert used
