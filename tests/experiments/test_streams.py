"""Compiled programs of an experiment: compiled once, by whichever thread asks first."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tp.experiments.at import At
from tp.experiments.streams import Compiled, One

AT = At(8)
DATA = {"x": np.array([1.0, 2.0])}


class Making:
    """The function of one draw, which fails to be made a number of times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.made = 0

    def __call__(self, kind: Any) -> One:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no memory")
        self.made += 1

        def one(number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
            return {"sum": number.astype(kind) + data["x"].sum()}

        return one


def draw(compiled: Compiled, make: Making) -> np.ndarray:
    return compiled.draw(AT, 5, 70, DATA, make, lambda: 1 << 20)["sum"]


def test_what_is_prepared_is_not_compiled_again() -> None:
    compiled, make = Compiled(), Making()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(compiled.prepared, AT, DATA, make, lambda: 1 << 20) for _ in range(3)]
    runs = [one.result() for one in asked]
    assert runs.count(runs[0]) == 3
    np.testing.assert_array_equal(draw(compiled, make), np.arange(5, 75) + 3.0)
    assert make.made == 1


def test_a_failure_is_not_kept() -> None:
    compiled, make = Compiled(), Making(failures=2)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no memory"):
            compiled.prepared(AT, DATA, make, lambda: 1 << 20)
    np.testing.assert_array_equal(draw(compiled, make), draw(Compiled(), Making()))
