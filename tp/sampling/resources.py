"""The resources of a measurement: the folder of its store, its workers, and where warnings go."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tp.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from tp.sampling.means import Means
    from tp.sampling.workers import Team
    from tp.store.store import Store, Warn


class ResourceSettings(TypedDict, total=False):
    """The fields of :class:`Resources`."""

    store: str | Path | bool | Store
    resume: bool
    workers: int | str | Executor | Team
    warn: Warn | None


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources of a measurement. Numbers do not depend on them.

    Fields:
        store: the folder where draws are kept. True: a folder in the user's cache. False: draws are not kept. An open
            ``Store`` is used as it is.
        resume: whether draws that the store has are used instead of drawing again.
        workers: a number of processes, the address of a Dask scheduler, or a ``concurrent.futures.Executor``.
        warn: called with each diagnostic that does not stop the work. None: a Python warning is issued.
    """

    store: str | Path | bool | Store = True
    resume: bool = True
    workers: int | str | Executor | Team = 1
    warn: Warn | None = None

    @contextmanager
    def shared(self) -> Generator[Resources]:
        """The same resources with their workers started once, for several measurements. Raises TpError TP716."""
        with self._team() as team:
            yield self if team is None else replace(self, workers=team)

    @contextmanager
    def means(self) -> Generator[Means]:
        """The open store and the workers, for as long as the context lasts. Raises TpError TP716."""
        from tp.sampling.means import Means
        from tp.store.behind import Behind
        from tp.store.files import default_folder
        from tp.store.store import Store

        warn = self.warn or _issue
        with self._team() as team:
            if self.store is False:
                yield Means(None, team, warn)
                return
            store = self.store
            if not isinstance(store, Store):
                store = Store(default_folder() if store is True else Path(store), warn, reads=self.resume)
            with closing(Behind(store)) as behind:
                yield Means(behind, team, warn)

    @contextmanager
    def _team(self) -> Generator[Team | None]:
        """The workers; None for this process alone, where nothing of them is imported."""
        if self.workers == 1:
            yield None
            return
        from tp.sampling.workers import assembled

        with assembled(self.workers) as team:
            yield team


def _issue(diagnostic: Diagnostic) -> None:
    warnings.warn(f"{diagnostic.code}: {diagnostic.message}", stacklevel=2)
