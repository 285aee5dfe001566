"""Student's law is drawn exactly, also far out."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from scipy import stats

from tp.laws import LAWS
from tp.matrix_free.streams import source

DRAWS = 1 << 18


@pytest.mark.parametrize("df", [2.1, 3.0, 5.0, 1e6])
def test_students_law(df: float) -> None:
    """A fixed key; another one would fail with probability 1e-4 at the most."""
    unit = np.asarray(LAWS["student_t"].draw(source(jax.random.key(1)), (DRAWS,), (df,)), np.float64)
    drawn = unit / np.sqrt((df - 2) / df)
    law = stats.t(df)
    assert np.isfinite(drawn).all()
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-4
    for tail in (1e-2, 1e-3, 1e-4):
        beyond = int((np.abs(drawn) > law.isf(tail / 2)).sum())
        assert stats.binomtest(beyond, DRAWS, tail).pvalue > 1e-4
