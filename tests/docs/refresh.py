"""``python -m tests.docs.refresh PAGE...``: run the examples of pages, and write what commands print into the pages.

Outputs that fit already, also with lines left out, stay as they are. Names of pages are relative to the checkout.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.docs.pages import ROOT, read, reading, steps


def refresh(name: str) -> list[int]:
    """Rewrite one page, and return the numbers of the lines of commands whose output has changed."""
    changed: list[int] = []
    lines = read(name).splitlines()
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["TP_CACHE"] = str(Path(folder) / "cache")  # as for a reader who has nothing stored
        try:
            with reading(name, Path(folder)) as walk:
                found = [difference for block in steps(name) for difference in walk.take(block)]
        finally:
            os.chdir(before)
    for command, printed, _ in reversed(found):
        first = command.first_shown - 1
        gap = [""] if command.shown and not command.shown[-1] else []  # between this command and the next
        lines[first : first + len(command.shown)] = [*printed, *gap]
        changed.insert(0, command.line)
    (ROOT / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def main() -> None:
    for given in sys.argv[1:]:
        name = str(Path(given).resolve().relative_to(ROOT))
        for line in refresh(name):
            print(f"{name}:{line}")


if __name__ == "__main__":
    main()
