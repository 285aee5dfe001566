"""The generated reference has a page for every entry of every registry, and every page says something."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import tp
from tests.docs.pages import DOCS, read
from tp.activations import known as activations
from tp.claims import known as claims
from tp.cli import commands
from tp.diagnostics.codes import codes
from tp.laws import LAWS, STRUCTURES
from tp.optimizers import OPTIMIZERS
from tp.orders.bounds import rules as bounds
from tp.orders.typical import rules as typical
from tp.primitives import known as primitives

sys.path.append(str(DOCS / "_extensions"))
from reference.entry import Entry
from reference.files import pages, write
from reference.prose import prose

RULES = (*typical.RULES, *bounds.NORM_RULES)
REGISTRIES = {
    "activations": activations(),
    "claims": claims(),
    "commands": commands.NAMES,
    "diagnostics": codes(),
    "laws": (*LAWS, *STRUCTURES),
    "optimizers": OPTIMIZERS,
    "primitives": primitives(),
    "rules": RULES,
    "api": [name for name in tp.__all__ if not name.startswith("_")],
}


def prose_of(page: str) -> str:
    return re.sub(r"^```.*?^```", "code", page, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return pages()


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_entry_has_a_page_that_its_table_links_to(kind: str, written: dict[str, str]) -> None:
    index = written[f"{kind}/index.md"]
    for name in REGISTRIES[kind]:
        file = re.sub(r"\W", "-", name)
        assert f"[`{name}`]({file}.md)" in index
        assert re.findall("^# ", prose_of(written[f"{kind}/{file}.md"]), flags=re.MULTILINE) == ["# "]
    assert sum(page.startswith(f"{kind}/") for page in written) == len(REGISTRIES[kind]) + 1


def test_no_section_is_empty(written: dict[str, str]) -> None:
    for name, page in written.items():
        parts = re.split(r"^#+ .*$", prose_of(page), flags=re.MULTILINE)
        assert all(part.strip() for part in parts[1:]), name


def test_an_entry_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="Type of sum is empty"):
        Entry("sum", "a sum", "A sum over axes.", [("Type", " ")])


def test_every_rule_names_theorems_that_the_calculus_has() -> None:
    calculus = read("docs/calculus.md")
    theorems = {**typical.THEOREMS, **bounds.THEOREMS}
    assert tuple(theorems) == RULES
    for number in {number for numbers in theorems.values() for number in numbers}:
        assert f"(theorem-{number.replace('.', '-')})=\n**Theorem {number}" in calculus


def test_docstrings_become_markdown() -> None:
    text = "``a_b`` times b_c, see :func:`tp.x.y` (theorems 3.9 and 3.10) for |x|^{-1}.\n\n    m = <g>\n    v = $1"
    assert prose(text, {"a_b": "a.md"}) == (
        "[`a_b`](a.md) times b\\_c, see `tp.x.y` ([theorems 3.9](#theorem-3-9) and [3.10](#theorem-3-10)) "
        "for \\|x\\|<sup>-1</sup>.\n\n```text\nm = <g>\nv = $1\n```"
    )


def test_only_what_changes_is_written(written: dict[str, str], tmp_path: Path) -> None:
    assert write(tmp_path, written) == list(written)
    (tmp_path / "rules" / "sum.md").write_text("old", encoding="utf-8")
    (tmp_path / "rules" / "gone.md").write_text("old", encoding="utf-8")
    assert write(tmp_path, written) == ["rules/sum.md"]
    assert not (tmp_path / "rules" / "gone.md").exists()
