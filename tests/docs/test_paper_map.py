"""The paper map is complete, and what it names exists; its computations are true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import tp
from tp.experiments.at import At
from tp.experiments.correlations import Correlations

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "paper_map.md").read_text(encoding="utf-8")
TABLES, ERRATA = PAGE.split("(errata)=")

ITEMS = [
    *("Equation (1)", "Lemma A.1", "Equation (2)"),
    *("Equation (3)", "Equation (4)", "Definition 2.1", "Equation (5)", "Equation (6)", "Footnote 1", "Footnote 2"),
    *("Appendix A.1", "Remark 2.1", "Lemma A.6"),
    *("Remark 2.2", "A.5", "Theorem 2.1", "Equation (7)", "Equation (8)", "Equation (9)"),
    *("Equation (10)", "Remark 3.1", "Equation (11)", "Equation (12)"),
    *("Definition 3.1", "Equation (13)", "Equation (14)", "Equation (15)", "Appendix B.1"),
    *("Appendix B.2", "Theorem 3.1", "Equation (16)", "Equation (17)"),
    *("Theorem 3.2", "Equation (18)", "Equation (19)", "Equation (20)"),
    *("Corollary 4.0.1", "Equation (21)", "Equation (22)", "Footnote 3", "Equation (23)"),
]
"""What the main sections number, or refer to by the number of an appendix, in their order."""

SECTIONS = [
    "Abstract and section 1",
    *(f"Section {s}" for s in ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4.1", "4.2")),
]


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of tables with five columns, without their headings."""
    cells = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in text.splitlines() if line.startswith("|")]
    stripped = [[cell.strip() for cell in row] for row in cells]
    return [row for row in stripped if len(row) == 5 and row[0] != "paper" and not set(row[0]) <= set("-")]


def named(text: str) -> set[tuple[str, str | None]]:
    """Files and folders that are named in backticks, with the name after ``::`` where there is one."""
    found = re.findall(r"`((?:tp|tests|programs|docs)/[\w./*-]+)(?:::(\w+))?`", text)
    return {(path, name or None) for path, name in found}


def defined(path: Path) -> set[str]:
    """Names of functions and classes of a module, at any depth."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def test_every_number_of_the_paper_is_there_in_its_order() -> None:
    first = [row[0] for row in rows(TABLES)]
    assert [name for name in first if name in ITEMS] == ITEMS


def test_every_section_has_its_table() -> None:
    parts = re.split(r"^#{2,3} ", TABLES, flags=re.MULTILINE)
    found = [next(s for s in SECTIONS if part.startswith(s)) for part in parts if rows(part)]
    assert found == SECTIONS


def test_every_row_has_a_statement_and_a_status() -> None:
    assert [row for row in rows(TABLES) if not (row[1] and row[4])] == []


@pytest.mark.parametrize(("path", "name"), sorted(named(PAGE), key=str))
def test_what_is_named_exists(path: str, name: str | None) -> None:
    found = list(ROOT.glob(path))
    assert found
    if name is not None:
        assert name in defined(found[0])


def test_every_error_has_its_parts_and_is_referred_to() -> None:
    entries = re.split(r"^\(w\d+\)=$", ERRATA.split("## Systems")[0], flags=re.MULTILINE)[1:]
    numbers = [int(n) for n in re.findall(r"^\(w(\d+)\)=$", ERRATA, flags=re.MULTILINE)]
    assert numbers == list(range(1, len(entries) + 1))
    for number, entry in zip(numbers, entries, strict=True):
        assert entry.strip().startswith(f"#### W{number}. ")
        assert f"[W{number}](#w{number})" in TABLES
    for entry in entries[:-1]:  # the last one is a list of letters
        parts = re.findall(r"^\*(Paper|True|Evidence|In tp)\.\*", entry, flags=re.MULTILINE)
        assert parts == ["Paper", "True", "Evidence", "In tp"]
        evidence = entry.split("*Evidence.*")[1].split("*In tp.*")[0]
        assert "```" in evidence or "tests/" in evidence
    assert {int(n) for n in re.findall(r"\(#w(\d+)\)", PAGE)} == set(numbers)


def test_python_of_the_page() -> None:
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL))
    assert code.count("assert") >= 12
    exec(compile(code, "paper_map.md", "exec"), {"__name__": "paper_map"})


def test_a_polynomial_network_has_exact_correlations() -> None:
    """F = u.v / sqrt(n): the mean square of C[0,2] is n^-2, so that m = n^(3/2) and (18) do not go together."""
    n, x = 100, {"x": np.ones((3, 1))}
    graph = tp.parse("""program product {
        width n
        input x : [d=1]
        param u : [n, d] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, u @ x) / sqrt(n)
    }""").graph
    drawn = Correlations("product", graph, ["C[0,2]"], x).draw(At(n), first=0, count=4000)["C[0,2]"]
    assert np.mean(drawn**2) * n**2 == pytest.approx(1, abs=0.1)  # its standard error is about 0.03
