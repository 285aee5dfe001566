"""Every program in docs/language.md is a program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tp
from tp.optimizers import OPTIMIZERS
from tp.optimizers.by_weight import ByWeight
from tp.syntax import parse
from tp.syntax.format import format_text as format_source
from tp.syntax.parser import parse_file

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```tp\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda t: t.split("(")[0].split("{")[0].strip())
def test_examples_of_the_language_page(text: str) -> None:
    program = parse(text)
    assert program.graph.outputs
    formatted = format_source(text)
    assert parse_file(formatted) == parse_file(text)
    assert set(parse(formatted).graph.names) == set(program.graph.names)


def test_the_example_with_optimisers_trains_all_its_weights() -> None:
    """As the page says below it."""
    (text,) = (example for example in EXAMPLES if "program trained(" in example)
    found = tp.parse(text).orders(["F"]).regime
    assert found is not None
    assert [(mover.verdict, mover.known) for mover in found.movers] == [("maximally", True)] * 4


def test_the_table_of_optimisers_is_that_of_their_settings() -> None:
    """Every optimiser with its own settings and defaults; those of all are in the last row."""
    rows = {m[1]: m[2] for m in re.finditer(r"^\| (?:`(\w+)`) \| (`eta` .*) \|$", TEXT, flags=re.MULTILINE)}
    assert set(rows) == set(OPTIMIZERS) - {"groups"}
    shared = {"clip": "0", "warmup": "0", "power": "0", "decay": "0"}
    for name, row in rows.items():
        said = dict(re.findall(r"`(\w+)` ([\w.-]+)", row))
        usual = {s.name: s.default for s in OPTIMIZERS[name].settings() if not isinstance(s.default, ByWeight)}
        shown = {k: f"{v:g}" if isinstance(v, float) else str(v).lower() for k, v in usual.items()}
        assert {**shared, **said} == shown, name
