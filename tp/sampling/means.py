"""The open store and the workers of a sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from tp.sampling.workers import Team
    from tp.store.behind import Behind
    from tp.store.store import Store


@dataclass(frozen=True, slots=True)
class Means:
    """A ``store`` for results, and a ``team`` that draws instead of this process. Warnings go to ``warn``."""

    store: Store | Behind | None = None
    team: Team | None = None
    warn: Callable[[Diagnostic], None] = lambda _: None
