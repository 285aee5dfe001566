"""The commands by name, in the groups of ``tp --help``. A command is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from tp.cli.command import Command


class Entry(NamedTuple):
    """One line of ``tp --help``: ``brief`` has at most 55 characters, see :mod:`tp.cli.help`."""

    group: str
    brief: str
    module: str = ""
    """The module in this package; by default it has the name of the command."""


ENTRIES = {
    "new": Entry("Write", "write a commented program from a template"),
    "check": Entry("Write", "find errors in programs, and what is probably not meant"),
    "lint": Entry("Write", "sums without a scale, values that grow, weak claims"),
    "format": Entry("Write", "rewrite programs in canonical layout", "formatting"),
    "graph": Entry("Write", "show the graph of a program, as text or as a picture"),
    "explain": Entry("Write", "explain the code of a diagnostic"),
    "completion": Entry("Write", "a script that makes bash, zsh or fish complete commands"),
    "import": Entry("Write", "make a program of a module of Flax, Equinox or Haiku", "import_"),
    "orders": Entry("Predict", "exponents of the width n, without running anything"),
    "compare": Entry("Predict", "two programs beside each other, and what differs"),
    "blame": Entry("Predict", "which weights and nodes cause what fails"),
    "certify": Entry("Predict", "check the derivations that orders has written"),
    "verify": Entry("Measure", "measure, compare with predictions, decide the claims"),
    "correlations": Entry("Measure", "sample the quantities at every width"),
    "kernel": Entry("Measure", "the kernel between inputs, at infinite width too"),
    "run": Entry("Measure", "outputs for one input and fresh weights"),
    "linearize": Entry("Train", "does training follow that of the linear model?"),
    "train": Entry("Train", "losses of a program and of its linear model"),
    "transfer": Entry("Train", "does the best learning rate stay as n grows?"),
    "coordinates": Entry("Train", "do sizes in a log of your runs scale as predicted?"),
    "report": Entry("Results", "list stored runs, print one again, or make its page"),
    "results": Entry("Results", "list, export or prune what was measured before"),
}
"""All commands, in the order of help; those of a group stand together."""

NAMES = tuple(ENTRIES)


def find(name: str) -> Command | None:
    """The command called ``name``; None where there is none."""
    entry = ENTRIES.get(name)
    return None if entry is None else import_module(f"tp.cli.{entry.module or name}").COMMAND


def every() -> Iterator[Command]:
    """All commands, in the order of help."""
    for name in NAMES:
        found = find(name)
        assert found is not None
        yield found
