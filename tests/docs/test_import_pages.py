"""The pages on imports are listed."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_every_page_is_listed() -> None:
    overview = (DOCS / "import.md").read_text(encoding="utf-8")
    for page in sorted((DOCS / "import").glob("*.md")):
        assert f"[](import/{page.name})" in overview
        assert f"\nimport/{page.stem}\n" in overview
