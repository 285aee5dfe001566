"""All pages, and a run through the examples of one: step by step, in a folder with ``programs``."""

from __future__ import annotations

import difflib
import shutil
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from tests.docs.console import Command, Console, commands
from tests.docs.fences import Block, blocks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATED = ("_build", "reference")
"""Folders of ``docs`` that are made when the pages are built."""

CHEAP = ("check", "orders", "certify", "compare", "completion", "explain", "format", "graph", "lint", "new")
"""Commands that draw nothing, and try no other programs."""


def names() -> list[str]:
    """Every page that is written by hand, relative to the root of the checkout."""
    written = (p for p in sorted(DOCS.rglob("*.md")) if p.relative_to(DOCS).parts[0] not in GENERATED)
    return ["README.md", *(str(p.relative_to(ROOT)) for p in written)]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def steps(name: str) -> list[Block]:
    """The blocks of a page to go through: files to keep, Python and commands to run."""
    return [b for b in blocks(read(name)) if b.language in ("console", "python") or b.file is not None]


def is_cheap(name: str) -> bool:
    """Whether a page only has commands that take no more than a fraction of a second."""
    return all(
        block.language != "python"
        and (
            block.language != "console"
            or all(c.words[0] != "tp" or c.words[1] in CHEAP or "--help" in c.words for c in commands(block))
        )
        for block in steps(name)
    )


class Walk:
    """A run through one page, in the current folder. Variables of Python and files stay from step to step."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.console = Console()
        self.module = ModuleType("page_" + "".join(c if c.isalnum() else "_" for c in page))

    def take(self, block: Block) -> Iterator[tuple[Command, list[str], str]]:
        """Go through one block. Yields each command whose output differs from that shown: with it, and what differs."""
        if block.file is not None:
            path = Path(block.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        if block.language == "python":
            code = "\n" * (block.first - 1) + block.text  # so that errors name the line of the page
            exec(compile(code, self.page, "exec"), self.module.__dict__)
        elif block.language == "console":
            for command in commands(block):
                printed = self.console.run(command)
                problem = None if printed is None else self.console.problem(command, printed)
                if printed is not None and problem is not None:
                    yield command, printed, f"{self.page}:{command.line}: {problem}\n{_difference(command, printed)}"


@contextmanager
def reading(name: str, folder: Path) -> Generator[Walk]:
    """A reader of the page ``name``; ``folder``, the current one, gets the programs.

    Modules of Flax look up the Python module that they are in, so the page is registered as one during the run.
    """
    shutil.copytree(ROOT / "programs", folder / "programs")
    walk = Walk(name)
    sys.modules[walk.module.__name__] = walk.module
    try:
        yield walk
    finally:
        del sys.modules[walk.module.__name__]
        for name, module in list(sys.modules.items()):  # those of files of the page
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]


def _difference(command: Command, printed: list[str]) -> str:
    found = difflib.unified_diff(command.shown, printed, "shown", "printed", lineterm="", n=1)
    return "\n".join([f"$ {command.typed}", *found])
