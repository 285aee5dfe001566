"""Every program in docs/language.md is a program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
