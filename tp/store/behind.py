"""A store that is written while the next draws are made: one file takes as long as a small call of the sampler."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from tp.ndarray import NDArray
from tp.store.key import Key, Series
from tp.store.ledger import Ledger
from tp.store.store import Found, Store

MOST = 32
"""The most cells that wait to be written. A run that is killed loses at most these."""


class Behind:
    """A :class:`Store` that is written by a thread of its own, in order. :meth:`close` waits for it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._writer = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    @property
    def ledger(self) -> Ledger:
        return self.store.ledger

    def find(self, series: Series, n: int, first: int, count: int) -> Found | None:
        return self.store.find(series, n, first, count)

    def keep(self, key: Key, values: Mapping[str, NDArray[np.float64]], program: str) -> None:
        self._waiting.append(self._writer.submit(self.store.keep, key, values, program))
        while self._waiting and (len(self._waiting) > MOST or self._waiting[0].done()):
            self._waiting.popleft().result()

    def close(self) -> None:
        """Wait until all is written. Raises what the store's ``warn`` raised meanwhile."""
        self._writer.shutdown()
        while self._waiting:
            self._waiting.popleft().result()
