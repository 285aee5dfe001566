"""Series, values and stores for the tests of rooms that keep results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tp.diagnostics.diagnostic import Diagnostic
from tp.store.key import Key, Series
from tp.store.store import Store
from tp.store.versions import EXPERIMENTS, versions

VERSIONS = dict(versions(EXPERIMENTS[0]))


def series(program: str = "ab" * 32, quantities: Sequence[str] = ("F", "C[0,2]"), engine: str = "dense") -> Series:
    return Series(program, "cd" * 32, tuple(quantities), engine, (), "float64", "cpu", VERSIONS)


def values(key: Key) -> dict[str, np.ndarray]:
    """Numbers that depend on the number of the draw alone, as in a sampler."""
    draws = np.arange(key.first, key.first + key.count, dtype=np.float64)
    return {name: draws / (3.0 + i) for i, name in enumerate(key.series.quantities)}


def filled(folder: Path, *keys: Key, called: str = "mlp") -> Store:
    """A store in which ``keys`` are kept, and that has taken no notice of them yet."""
    store = Store(folder)
    for key in keys:
        store.keep(key, values(key), called)
    return Store(folder)


class Warnings:
    """What a store complained about."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def __call__(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)

    @property
    def codes(self) -> list[str]:
        return [d.code for d in self.found]
