"""The commands by name. A command is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from tp.cli.command import Command

NAMES = (
    "check", "orders", "blame", "certify", "run", "kernel", "graph", "correlations", "verify", "train", "linearize",
    "transfer", "coordinates", "results", "explain", "format", "import",
)  # fmt: skip
_MODULES = {"format": "formatting", "import": "import_"}


def find(name: str) -> Command | None:
    """The command called ``name``; None where there is none."""
    if name not in NAMES:
        return None
    return import_module(f"tp.cli.{_MODULES.get(name, name)}").COMMAND


def every() -> Iterator[Command]:
    """All commands, in the order of help."""
    for name in NAMES:
        found = find(name)
        assert found is not None
        yield found
