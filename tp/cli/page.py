"""The page of a result beside what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tp.cli.option import Given
from tp.cli.options import HTML, SET, settings
from tp.cli.programs import show_all
from tp.cli.training import OPTIMIZER, changed

if TYPE_CHECKING:
    from tp.api.pages import Asked
    from tp.cli.programs import Case


def publish(command: str, results: Sequence[Any], found: Sequence[Case], given: Given) -> None:
    """Print or write ``results`` of the programs ``found`` in the format that is asked for.

    Where a page is wanted, it is written, with what is wrong with programs that did not run. Raises TpError TP508.
    """
    show_all(results, given)
    file = given[HTML]
    if file is not None:
        from tp.api.diagnosed import Diagnosed
        from tp.api.pages import page, save_page

        models = [None if isinstance(case, Diagnosed) else case for case in found]
        save_page(page(results, models, asked(command, given)), file)


def asked(command: str, given: Given) -> Asked:
    """What the user asked ``command`` for."""
    from tp.api.pages import Asked

    mover = given.named(OPTIMIZER.key, None)
    return Asked(("tp", command, *given.words), settings(given[SET]), mover, changed(given))
