"""Options about the store, and answers of the calculus that are taken from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tp.cli.option import Given, flag, switch, value
from tp.diagnostics.diagnostic import error

if TYPE_CHECKING:
    from tp.api.model import Model

STORE = value("--store", str, "The folder of results, instead of the user's cache.", metavar="FOLDER")
NO_STORE = flag("--no-store", "Keep no results, and use no stored ones.")
RESUME = switch("--resume", "Whether stored results are used.")
KEEPING = (STORE, NO_STORE, RESUME)


def require(given: Given) -> None:
    """Raises TpError TP500 where a folder is given, and none wanted."""
    if given[NO_STORE] and given[STORE] is not None:
        raise error("TP500", "--store and --no-store exclude each other")


def recalled(model: Model, about: str, settings: Mapping[str, Any], given: Given, derive: Callable[[], Any]) -> Any:
    """What ``derive`` finds ``about`` the program under ``settings``, or the same report from the store."""
    if given[NO_STORE]:
        return derive()
    from tp.api.remembered import Memory
    from tp.cli.failures import remark
    from tp.cli.page import asked

    memory = Memory(given[STORE], given[RESUME], lambda diagnostic: remark([diagnostic]), asked(about, given))
    return memory.recall(model.program, about, settings, derive)
