"""Calls for draws, and their answers: drawn by this process, by a worker, or by an earlier run."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import TpError
from tp.experiments.at import At
from tp.experiments.experiment import Experiment, Floats, Identity
from tp.ndarray import NDArray

Values = Mapping[str, NDArray[Any]]
"""Values [draws, ...] by quantity."""


@dataclass(frozen=True, slots=True)
class Call:
    """``count`` draws at width ``n``, numbered from ``first``."""

    n: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The ``values`` of a call; ``stored``: an earlier run drew them."""

    values: Values
    stored: bool = False


Run = Callable[[Sequence[Call]], Generator[Answer]]
"""A function from calls to their answers, in this order. Closing the generator drops the calls that are left."""


def answered(experiment: Experiment, at: At, call: Call) -> Answer:
    """The answer to ``call``, drawn in this process. Raises what the experiment raises."""
    return Answer(experiment.draw(at, call.first, call.count))


KEPT = 4
"""The number of experiments whose compiled programs a worker keeps."""
_seen: OrderedDict[Identity, Experiment] = OrderedDict()


def answered_by_worker(experiment: Experiment, at: At, call: Call) -> Answer:
    """:func:`answered` in a worker, which reuses the compiled programs of experiments of the same identity.

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
    return Answer({name: np.asarray(values, np.float64) for name, values in found.values.items()})


def doubles(values: Values) -> dict[str, Floats]:
    """``values`` [draws] by quantity, in double precision."""
    return {name: np.asarray(found, dtype=np.float64).ravel() for name, found in values.items()}
