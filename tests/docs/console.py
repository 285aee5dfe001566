"""Console blocks: commands after ``$``, each with the output that a reader sees.

A line ``...`` stands for any lines, and ``…`` for any part of a line. ``$ echo $?`` shows the exit code of the command
before it. ``tp`` runs in this process; ``cat``, ``ls`` and ``echo $?`` are understood; ``pip`` is not run.
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tests.docs.fences import Block
from tp.cli import main
from tp.exit_code import ExitCode

NOT_RUN = ("pip", "python3", ".venv/bin/pip")
_KNOWN = ("tp", "cat", "ls", "echo")


@dataclass(frozen=True)
class Command:
    """A command as it is typed, the lines shown below it, and the numbers in the page of its line and of these."""

    typed: str
    shown: tuple[str, ...]
    line: int
    first_shown: int

    @property
    def words(self) -> list[str]:
        return shlex.split(self.typed, comments=True)


def commands(block: Block) -> list[Command]:
    """The commands of a console block. Raises ValueError where the block does not begin with one."""
    if not block.lines or not block.lines[0].startswith("$ "):
        raise ValueError(f"line {block.first}: a console block begins with a line '$ command'")
    found: list[Command] = []
    lines = list(enumerate(block.lines, start=block.first))
    while lines:
        number, line = lines.pop(0)
        typed, last = line[2:], number
        while typed.endswith("\\") and lines:
            last, more = lines.pop(0)
            typed = typed[:-1] + more.removeprefix("> ").lstrip()
        shown: list[str] = []
        while lines and not lines[0][1].startswith("$ "):
            shown.append(lines.pop(0)[1])
        found.append(Command(typed, tuple(shown), number, last + 1))
    return found


class Console:
    """A console in the current folder, which remembers the exit code of its last command."""

    def __init__(self) -> None:
        self.code = 0

    def run(self, command: Command) -> list[str] | None:
        """The lines that ``command`` prints; None if it is not run. Raises ValueError for an unknown command."""
        words, into = _redirected(command.words)
        if words[0] in NOT_RUN:
            return None
        if words[0] not in _KNOWN:
            raise ValueError(f"line {command.line}: {words[0]} is not run on pages; known are {', '.join(_KNOWN)}")
        both = io.StringIO()
        with redirect_stderr(both), redirect_stdout(both if into is None else io.StringIO()) as out:
            self._run(words)
        if into is not None:
            Path(into).write_text(out.getvalue(), encoding="utf-8")
        return [line.rstrip() for line in both.getvalue().splitlines()]

    def _run(self, words: Sequence[str]) -> None:
        name, *rest = words
        if name == "tp":
            with patch("tp.cli.live._screen", return_value=None):  # nothing of a table at work stays on a terminal
                self.code = main(_expanded(rest))
        elif name == "cat":
            for file in rest:
                print(Path(file).read_text(encoding="utf-8"), end="")
        elif name == "ls":
            names = sorted(p.name for folder in rest or ["."] for p in Path(folder).iterdir())
            print("  ".join(names))
        elif rest == ["$?"]:
            print(int(self.code))

    def problem(self, command: Command, printed: Sequence[str]) -> str | None:
        """What is wrong with the output shown; None where it is what was printed."""
        if self.code == ExitCode.CANNOT_RUN and command.words[0] == "tp" and not _shows_an_error(command.shown):
            return "the command could not run, and the page does not show why"
        return None if matches(command.shown, printed) else "other lines are printed than the page shows"


def matches(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether ``printed`` has the lines of ``shown``; empty lines at the end do not count."""
    pattern = ""
    for line in _without_end(shown):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.rstrip().split("…")) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _without_end(printed))) is not None


def _without_end(lines: Sequence[str]) -> list[str]:
    kept = [line.rstrip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _shows_an_error(lines: Iterable[str]) -> bool:
    return any(re.match(r"\s*(error|\{)|.*\berror\[", line) for line in lines)


def _redirected(words: list[str]) -> tuple[list[str], str | None]:
    """The words without ``> FILE`` at their end, and the name of the file."""
    return (words[:-2], words[-1]) if len(words) > 2 and words[-2] == ">" else (words, None)


def _expanded(words: Sequence[str]) -> list[str]:
    """Names of files in place of words with a ``*`` that some fit, as a shell does it."""
    found: list[str] = []
    for word in words:
        fitting = sorted(str(path) for path in Path().glob(word)) if "*" in word and not word.startswith("/") else []
        found += fitting or [word]
    return found
