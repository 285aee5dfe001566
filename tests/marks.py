"""Cases of parametrised tests that are not run every time: by default one case stands for others of its kind."""

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
