"""``tp --help`` fits a screen, with the commands of a group together."""

from __future__ import annotations

from itertools import groupby

import pytest

from tp.cli import commands, main


def test_help_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    shown = [line.split() for line in lines[1:]]
    for name, entry in commands.ENTRIES.items():
        (row,) = (words for words in shown if " ".join(words).endswith(f"{name} {entry.brief}"))
        assert row.index(name) <= 1


def test_groups_stand_together() -> None:
    groups = [group for group, _ in groupby(entry.group for entry in commands.ENTRIES.values())]
    assert len(groups) == len(set(groups))


def test_the_first_line_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "tp COMMAND --help" in capsys.readouterr().out.splitlines()[0]
