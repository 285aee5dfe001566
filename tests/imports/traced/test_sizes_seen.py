"""Sizes and numbers at several widths as c n^w."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tp.imports.traced.fits import number_of, size_of, sizes_of
from tp.imports.traced.sizes import Number, Size

WIDTHS = (64, 128, 256)
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("seen", "factor", "exponent"),
    [
        ((3, 3, 3), 3, 0),
        ((64, 128, 256), 1, 1),
        ((16, 32, 64), Fraction(1, 4), 1),
        ((256, 512, 1024), 4, 1),
        ((4, 8, 16), Fraction(1, 16), 1),
        ((4096, 16384, 65536), 1, 2),
        ((8, 11, 16), 1, HALF),
        ((16, 23, 32), 2, HALF),
    ],
)
def test_sizes(seen: tuple[int, ...], factor: Fraction, exponent: Fraction) -> None:
    assert size_of(seen, WIDTHS) == Size(Fraction(factor), Fraction(exponent))


@pytest.mark.parametrize("seen", [(65, 129, 257), (1, 1, 2), (64, 128, 200), (0, 1, 2)])
def test_no_size(seen: tuple[int, ...]) -> None:
    assert size_of(seen, WIDTHS) is None


def test_logarithms_are_taken_for_no_root() -> None:
    assert len(sizes_of((6, 7, 8), WIDTHS)) != 1


@pytest.mark.parametrize("exponent", [Fraction(-1, 2), Fraction(-1), Fraction(1, 3), Fraction(3, 4)])
def test_numbers(exponent: Fraction) -> None:
    seen = [0.1 * n ** float(exponent) for n in WIDTHS]
    found = number_of(seen, WIDTHS)
    assert found is not None
    assert found.exponent == exponent
    assert found.coefficient == pytest.approx(0.1, rel=1e-12)
    single = number_of([float(np.float32(x)) for x in seen], WIDTHS)
    assert single is not None
    assert single.exponent == exponent


def test_numbers_that_are_no_power() -> None:
    assert number_of([1.0, 2.0, 3.0], WIDTHS) is None
    assert number_of([0.0, 0.0, 1.0], WIDTHS) is None
    assert number_of([1.0, 2.0, 4.0 * (1 + 1e-9)], WIDTHS) is None
    assert number_of([float("-inf")] * 3, WIDTHS) == Number(float("-inf"))
