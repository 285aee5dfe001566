"""The page of a result beside what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tp.cli.option import Given
from tp.cli.options import HTML, SET, settings, show
from tp.cli.training import OPTIMIZER, changed

if TYPE_CHECKING:
    from tp.api.model import Model
    from tp.api.pages import Asked


def publish(command: str, results: Sequence[Any], models: Sequence[Model], given: Given) -> None:
    """Print or write ``results`` in the format that is asked for, and write their page where one is wanted.

    An interrupt may leave fewer results than there are ``models``. Raises TpError TP508.
    """
    show(results, given)
    file = given[HTML]
    if file is not None:
        from tp.api.pages import page, save_page

        save_page(page(results, models[: len(results)], asked(command, given)), file)


def asked(command: str, given: Given) -> Asked:
    """What the user asked ``command`` for."""
    from tp.api.pages import Asked

    mover = next((given[option] for option in (OPTIMIZER,) if option in given), None)
    return Asked(("tp", command, *given.words), settings(given[SET]), mover, changed(given))
