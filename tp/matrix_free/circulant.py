"""Circulant matrices: W_ij = w_((i - j) mod N), N the larger side. Products are convolutions, by Fourier transforms."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Any, NamedTuple

from jaxtyping import Complex

from tp.matrix_free import fixed
from tp.matrix_free.fixed import Sides, drawn, sides_of
from tp.matrix_free.kind import Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.streams import of_key
from tp.namespace import namespace


class Circulant(NamedTuple):
    """The Fourier transform of w. A matrix that is not square is a corner of one that is."""

    spectrum: Complex[Array, "*draws half"]
    sides: Sides
    learns = False
    exchangeable = False
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        return self._convolved(x, self.spectrum, self.sides[0].shape[-1])

    def backward(self, x: Any) -> Any:
        return self._convolved(x, self.spectrum.conj(), self.sides[1].shape[-1])

    def _convolved(self, x: Any, spectrum: Any, outs: int) -> Any:
        xp, count = namespace(x), max(side.shape[-1] for side in self.sides)
        made = xp.fft.irfft(xp.fft.rfft(x, count) * spectrum[..., None, :], count)
        return xp.asarray(made[..., :outs], x.dtype)


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Circulant:
    xp, count = of_key(key), max(rows, columns)
    (numbers,) = drawn(key, lambda source: (entries(source, (count,)),))
    return Circulant(xp.fft.rfft(xp.asarray(numbers, dtype)), sides_of(rows, columns, key))


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    count = max(rows, columns)
    total = Effort(count, 3.0 * count * log2(2 * count))
    for k, _ in groups:
        total += Effort(0.0, 3.0 * k * count * log2(2 * count), 0.0, 1)
    return total


def held(rows: int, columns: int, size: float) -> int:
    return max(rows, columns) + 2


KIND = Kind(begin, effort, held, code=0.3)
