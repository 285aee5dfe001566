"""tp lint: warnings about sizes and claims, from the orders that the calculus derives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.cli.check import STRICT, examined
from tp.cli.command import Command
from tp.cli.files import SOURCES
from tp.cli.option import Given
from tp.cli.options import ANY_FORMAT, OUTPUT, SET
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp.api.model import Model


def lint(given: Given) -> ExitCode:
    """Print the warnings of ``tp check``, and those that need an analysis of values and claims."""
    return examined(given, _linted)


def _linted(model: Model) -> Model:
    from tp.api.linting import linted

    return linted(model)


COMMAND = Command(
    "lint",
    "Find what is probably not meant: sums without a scale, values that grow or vanish with n, weak claims.",
    lint,
    SOURCES,
    (SET, STRICT, ANY_FORMAT, OUTPUT),
)
