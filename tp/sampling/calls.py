"""What a sweep asks for and what it gets, whoever draws it: this process, others, or a run long ago."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = Mapping[str, npt.NDArray[Any]]
"""Values of every quantity, one for each draw."""
Draw = Callable[[int, int, int], Values]
"""draw(n, seeds, key): values of every quantity at width n, for the draws numbered key, key + 1, ..."""


@dataclass(frozen=True, slots=True)
class Call:
    """``count`` draws at width ``n``, numbered from ``first``."""

    n: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The ``values`` of a call, the ``seconds`` that its draws took when made, and whether that was before."""

    values: Values
    seconds: float
    stored: bool = False


Run = Callable[[Sequence[Call]], Generator[Answer]]
"""Answers in the order of the calls; whoever does not want the rest closes the generator."""


def in_turn(draw: Draw, clock: Callable[[], float] = time.monotonic) -> Run:
    """Calls answered by ``draw``, each when its answer is asked for."""

    def run(calls: Sequence[Call]) -> Generator[Answer]:
        for call in calls:
            start = clock()
            values = draw(call.n, call.count, call.first)
            yield Answer(values, clock() - start)

    return run


def absolute(values: Values) -> dict[str, npt.NDArray[np.float64]]:
    """``values`` as they are compared and kept: sizes in double precision."""
    return {name: np.abs(np.asarray(found, dtype=np.float64)).ravel() for name, found in values.items()}
