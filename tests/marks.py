"""Which tests run when. By default one case of a parametrised test stands for the others of its kind.

Budgets are wall-clock times on 2 cores with a cold compilation cache:

| tier       | command                                | budget     | holds                                             |
|------------|----------------------------------------|------------|---------------------------------------------------|
| default    | ``pytest -n 2``                        | 6 minutes  | one case of every kind; one test at most 20 s     |
| CI         | ``pytest -n 2 -m "not exhaustive"``    | 17 minutes | default and slow tests; one test at most 60 s     |
| exhaustive | ``pytest -n 2 -m "slow or not slow"``  | 3 hours    | everything; for changes of what is tested         |

CI prints the 25 slowest tests. A test beyond the limit of its tier moves one tier down, with :func:`slow` or
:func:`exhaustive`, and leaves a smaller case of its kind behind.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import pytest


def slow(cases: Iterable[Any], but: Container[Any] = ()) -> list[Any]:
    """Left out by default, ``but`` some of them."""
    return _marked(cases, but, pytest.mark.slow)


def exhaustive(cases: Iterable[Any], but: Container[Any] = ()) -> list[Any]:
    """Left out unless asked for, ``but`` some of them, which would notice nearly all that the others do."""
    return _marked(cases, but, pytest.mark.slow, pytest.mark.exhaustive)


def _marked(cases: Iterable[Any], but: Container[Any], *marks: pytest.MarkDecorator) -> list[Any]:
    return [
        case if case in but else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=marks)
        for case in cases
    ]
