"""Plain functions: ``init(key)`` and ``apply(weights, *inputs)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tp.imports.frameworks.inputs import Arguments, arguments
from tp.imports.frameworks.pair import Pair, of_real_numbers


def pair(init: Callable[..., Any], apply: Callable[..., Any], inputs: Any) -> tuple[Pair, Arguments]:
    """The two functions as they are. All weights that are real numbers are trained."""
    given = arguments(inputs, apply, 1)

    def applied(weights: Any, *arrays: Any) -> Any:
        return given.call(apply, weights, arrays=arrays)

    return of_real_numbers(Pair(init, applied)), given
