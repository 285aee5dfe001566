"""What a sweep asks for and what it gets, whoever draws it: this process, others, or a run long ago."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tp.diagnostics.diagnostic import TpError
from tp.experiments.experiment import At, Experiment, Floats, Identity

Values = Mapping[str, npt.NDArray[Any]]
"""Values of every quantity, one for each draw."""


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
Clock = Callable[[], float]
"""Seconds since some moment."""


def answered(experiment: Experiment, at: At, call: Call, clock: Clock = time.monotonic) -> Answer:
    """The answer to ``call``, drawn here and now."""
    start = clock()
    values = experiment.draw(at, call.first, call.count)
    return Answer(values, clock() - start)


KEPT = 4
"""Experiments whose compiled programs a worker keeps."""
_seen: OrderedDict[Identity, Experiment] = OrderedDict()


def answered_by_worker(experiment: Experiment, at: At, call: Call) -> Answer:
    """The same in a process of a team, which is sent ``experiment`` with every call and knows it by its identity.

    Raises TpError and MemoryError as the experiment does, and RuntimeError for all else: not every exception can be
    pickled.
    """
    known = _seen.setdefault(experiment.identity(), experiment)
    if len(_seen) > KEPT:
        _seen.popitem(last=False)
    try:
        found = answered(known, at, call)
    except (TpError, MemoryError):
        raise
    except Exception as problem:
        raise RuntimeError(f"{type(problem).__name__}: {problem}") from None
    return Answer({name: np.asarray(values, np.float64) for name, values in found.values.items()}, found.seconds)


def absolute(values: Values) -> dict[str, Floats]:
    """``values`` as they are compared and kept: sizes [draws] in double precision."""
    return {name: np.abs(np.asarray(found, dtype=np.float64)).ravel() for name, found in values.items()}
