"""Where results are kept and who draws, as the options of a command say."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tp.diagnostics.diagnostic import Diagnostic, error

if TYPE_CHECKING:
    from tp.sampling.workers import Team


def kept(store: Path | None, no_store: bool) -> Path | bool:
    """What :meth:`tp.Model.verify` calls ``store``. Raises TpError TP500."""
    if no_store and store is not None:
        raise error("TP500", "--store and --no-store exclude each other")
    return False if no_store else store or True


@contextmanager
def workers(jobs: int, scheduler: str | None) -> Generator[Team | int]:
    """What :meth:`tp.Model.verify` calls ``workers``, shared by all programs. Raises TpError TP500, TP716."""
    if jobs > 1 and scheduler is not None:
        raise error("TP500", "--jobs and --scheduler exclude each other")
    if jobs == 1 and scheduler is None:
        yield 1
        return
    from tp.sampling.workers import assembled

    with assembled(scheduler or jobs) as team:
        yield team or 1


def warn(diagnostic: Diagnostic) -> None:
    """Print ``diagnostic`` on stderr at once; the work goes on."""
    from tp.diagnostics.text import render

    print(render([diagnostic]), file=sys.stderr, flush=True)
