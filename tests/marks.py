"""Cases of parametrised tests that are not run every time: by default one case stands for others of its kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def slow(cases: Iterable[Any]) -> list[Any]:
    """Left out by default."""
    return _marked(cases, pytest.mark.slow)


def exhaustive(cases: Iterable[Any]) -> list[Any]:
    """Left out unless asked for: other cases, which are run, would notice nearly all that these do."""
    return _marked(cases, pytest.mark.slow, pytest.mark.exhaustive)


def _marked(cases: Iterable[Any], *marks: pytest.MarkDecorator) -> list[Any]:
    return [pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=marks) for case in cases]
