"""The fenced blocks of a page: what readers type, write into files, and see."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"\s*(`{3,})\s*(?:\{code-block\}\s*)?([^\s`]*)[^`]*$")
_NAMED = re.compile(r"# ([\w./-]+\.\w+)\s*$")
_PROGRAM = re.compile(r"^program (\w+)", flags=re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the lines between its fences, and the number of the first of them, from 1.

    ``file`` is the name under which a reader keeps it: that of its caption (``:caption: net.py`` of a ``{code-block}``)
    or of its first line (``# net.py``); a program without either is kept in a file of its own name.
    """

    language: str
    lines: tuple[str, ...]
    first: int
    file: str | None = None

    @property
    def text(self) -> str:
        return "".join(line + "\n" for line in self.lines)


def blocks(text: str) -> list[Block]:
    """All fenced blocks of a page from top to bottom. Raises ValueError where one is not closed."""
    found: list[Block] = []
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        opening = _OPENING.match(line)
        if not opening:
            continue
        inside: list[str] = []
        for _, inner in lines:
            if inner.strip() == opening[1]:
                break
            inside.append(inner)
        else:
            raise ValueError(f"the block that opens in line {number} is not closed")
        found.append(_block(opening[2], inside, number + 1))
    return found


def _block(language: str, lines: list[str], first: int) -> Block:
    file = None
    while lines and re.match(r":[\w-]+:", lines[0]):  # options of a directive
        option, _, value = lines.pop(0).strip(":").partition(": ")
        file = value if option == "caption" else file
        first += 1
    named = _NAMED.match(lines[0]) if lines else None
    program = _PROGRAM.search("\n".join(lines)) if language == "tp" else None
    if file is None:
        file = named[1] if named else f"{program[1]}.tp" if program else None
    return Block(language, tuple(lines), first, file)
