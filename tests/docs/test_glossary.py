"""The glossary is in order, and has every word that heads a column of a report."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.fences import Block, blocks
from tests.docs.pages import ROOT, read

GROUPS = [block for block in blocks(read("docs/glossary.md")) if block.language == "{glossary}"]
CONTENTS = sorted((ROOT / "tp" / "report" / "contents").glob("*.py"))


def entries(group: Block) -> list[list[str]]:
    """The terms of each entry of a group."""
    found: list[list[str]] = [[]]
    for line in group.lines:
        if not line:
            found.append([])
        elif not line.startswith(" "):
            found[-1].append(line)
    return found


TERMS = {term.lower() for group in GROUPS for terms in entries(group) for term in terms}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: entries(group)[0][0])
def test_entries_are_in_alphabetical_order(group: Block) -> None:
    keys = [re.sub(r"[^a-z0-9]+", " ", terms[0].lower()).strip() for terms in entries(group)]
    assert keys == sorted(keys)


def test_no_term_is_explained_twice() -> None:
    every = [term.lower() for group in GROUPS for terms in entries(group) for term in terms]
    assert sorted(set(every)) == sorted(every)


def _texts(node: ast.expr) -> list[str]:
    """What a heading may be; numbers in it are ``…``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)]
    return []


def headings() -> set[str]:
    found: set[str] = set()
    for path in CONTENTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Field", "Column"):
                found.update(text for argument in node.args[:1] for text in _texts(argument))
    return {text for text in found if re.search("[a-z]", text)}


def test_every_heading_of_a_report_is_explained() -> None:
    found = headings()
    assert len(found) > 50
    for heading in found:
        word = re.sub(r"^(…|\d+%) ", "", heading).lower()
        assert word in TERMS or word == "x_…", heading


def test_words_of_regimes_movers_and_verdicts_are_explained() -> None:
    from tp.statistics.verdict_of_fit import Verdict

    assert {verdict.value for verdict in Verdict} <= TERMS
    assert {"regime", "mover", "bound", "typical", "ill-normalised", "unstable", "trivial", "lazy"} <= TERMS
