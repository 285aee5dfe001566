"""Sparse matrices in compressed rows: every entry is there with probability p, independently.

Entries are met row by row, and the numbers of places from one to the next are independent geometric variables. So the
places have exactly the right law, and drawing takes time in proportion to their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from tp.matrix_free import fixed
from tp.matrix_free.fixed import Sides, sides_of
from tp.matrix_free.kind import Effort, Group, Kind
from tp.matrix_free.orthonormal import Array
from tp.matrix_free.source import Source
from tp.matrix_free.streams import Seed, of_key, source
from tp.namespace import is_numpy, namespace
from tp.ndarray import NDArray


class Sparse(NamedTuple):
    """The entries that are not zero, row by row. Arrays may be longer: further entries are zero.

    ``lines`` are the row of each entry for JAX, and for NumPy the number of the first entry of each row, and of all.
    """

    values: Float[Array, "*draws most"]
    columns: Int[Array, "*draws most"]
    lines: Int[Array, "*draws lines"]
    sides: Sides
    learns = False
    exchangeable = True
    answer = fixed.answer
    with_room = fixed.with_room

    def forward(self, x: Any) -> Any:
        if is_numpy(x):
            return self._each(x, transposed=False)
        return _summed(x[..., self.columns] * self.values, self.lines, self.sides[0].shape[-1], in_order=True)

    def backward(self, x: Any) -> Any:
        if is_numpy(x):
            return self._each(x, transposed=True)
        return _summed(x[..., self.lines] * self.values, self.columns, self.sides[1].shape[-1], in_order=False)

    def _each(self, x: Any, transposed: bool) -> Any:
        """Products by NumPy, for every draw by itself."""
        from scipy.sparse import csr_array

        rows, columns = (side.shape[-1] for side in self.sides)
        if self.values.ndim > 1:
            several = np.broadcast_to(x, (len(self.values), *x.shape[-2:]))
            parts = zip(self.values, self.columns, self.lines, several, strict=True)
            return np.stack([Sparse(v, c, at, self.sides)._each(own, transposed) for v, c, at, own in parts])
        last = self.lines[-1]
        matrix = csr_array((self.values[:last], self.columns[:last], self.lines), (rows, columns))
        return np.ascontiguousarray(((matrix.T if transposed else matrix) @ x.T).T)


def _summed(parts: Any, places: Any, size: int, in_order: bool) -> Any:
    """Sums of the entries of each row of ``parts`` that belong to one place, by JAX."""
    import jax

    return jax.ops.segment_sum(parts.T, places, size, indices_are_sorted=in_order).T


def most(rows: int, columns: int, share: float) -> int:
    """More entries than there are, but for a probability of less than 1e-30."""
    mean = rows * columns * share
    return min(rows * columns, int(mean + 12.0 * (mean * (1.0 - share)) ** 0.5 + 70.0))


def compressed(
    source: Source, rows: int, columns: int, share: float, entries: Any
) -> tuple[Int[Array, " lines"], Int[Array, " most"], Float[Array, " most"]]:
    """Lines, columns and values of the entries; with JAX zeros follow them.

    Should there be more entries than JAX has room for, all values are NaN, so that no wrong result is shown.
    """
    where, numbers = source.split()
    count = most(rows, columns, share)
    if isinstance(where, Seed):
        whole = _sums(where, count, rows * columns, share)
        small = np.int32 if max(columns, len(whole)) < 2**31 else np.int64
        lines = np.searchsorted(whole, np.arange(rows + 1) * columns).astype(small)
        column = np.remainder(whole, columns, out=whole).astype(small)
        return lines, column, entries(numbers, column.shape)
    row, column, inside = _places(where, count, rows, columns, share)
    xp, values = namespace(inside), entries(numbers, inside.shape)
    room = len(inside) == rows * columns
    return row, column, xp.where(inside, values, 0.0) + (0.0 if room else xp.where(inside[-1], xp.nan, 0.0))


def _sums(stream: Seed, count: int, size: int, share: float) -> NDArray[np.int64]:
    """The places of the entries among all ``size``, by NumPy; ``count`` gaps are drawn until they suffice."""
    found = np.full(1, -1)
    while found[-1] < size - 1:
        first, stream = stream.split()
        gaps = first.gaps((count,), share)
        np.minimum(gaps, size + 1, out=gaps)  # sums of larger ones may be larger than integers hold
        gaps[0] += found[-1]
        more = np.cumsum(gaps, out=gaps)
        found = more if len(found) == 1 else np.concatenate((found, more))
    return found[: np.searchsorted(found, size)]


def _gaps(source: Source, count: int, columns: int, share: float) -> tuple[Array, Array]:
    """Whole rows and further columns between entries, by JAX: pairs, which hold larger numbers than 32 bits do.

    A geometric number, counted from 0, is q columns + r, with independent q and r: q is geometric, and r a geometric
    number below the number of columns. Both are inverse distribution functions of uniform numbers.
    """
    down, on = source.split()
    xp = namespace(found := down.fine((count,)))
    if share >= 1.0:
        return xp.zeros(count, np.int32), xp.zeros(count, np.int32)
    rate = -np.log1p(-share)
    whole = xp.minimum(-xp.log(found) / (rate * columns), float(2**24)).astype(np.int32)
    rest = -xp.log1p(on.fine((count,)) * np.expm1(-rate * columns)) / rate
    return whole, xp.minimum(rest.astype(np.int32), columns - 1)


def _places(source: Source, count: int, rows: int, columns: int, share: float) -> tuple[Array, Array, Array]:
    """The rows and columns of the entries by JAX, and which of them are there.

    They are added up in lanes side by side, and then the lanes: few steps, and little to compile.
    """
    import jax
    import jax.numpy as jnp

    def plus(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
        column = one[1] + other[1]
        carry = column >= columns
        return jnp.minimum(one[0] + other[0] + carry, rows), jnp.where(carry, column - columns, column)

    def step(total: tuple[Any, Any], more: tuple[Any, Any]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        found = plus(total, more)
        return found, found

    steps = max(1, isqrt(count))
    lanes = -(-count // steps)
    whole, rest = _gaps(source, count, columns, share)
    # From one entry to the next it is one place more than the number that counts from 0.
    down, on = plus((whole, rest), (0, jnp.ones(count, rest.dtype).at[0].set(0)))
    down, on = (jnp.pad(a, (0, lanes * steps - count)).reshape(lanes, steps).T for a in (down, on))
    nothing = jnp.zeros(lanes, down.dtype)
    ends, sums = jax.lax.scan(step, (nothing, nothing), (down, on))
    _, after = jax.lax.scan(step, (nothing[0], nothing[0]), ends)
    before = jnp.pad(after[0][:-1], (1, 0)), jnp.pad(after[1][:-1], (1, 0))
    row, column = (one.T.reshape(-1)[:count] for one in plus(before, sums))
    inside = row < rows
    return jnp.minimum(row, rows - 1), jnp.where(inside, column, 0), inside


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Sparse:
    sides = sides_of(rows, columns, key)
    if isinstance(key, tuple):
        made = [begin(rows, columns, size, entries, one, dtype) for one in key]
        longest = max(len(m.values) for m in made)
        padded = ((np.pad(a, (0, longest - len(a))) for a in (m.values, m.columns)) for m in made)
        values, places = (np.stack(arrays) for arrays in zip(*padded, strict=True))
        return Sparse(values, places, np.stack([m.lines for m in made]), sides)
    lines, places, values = compressed(source(key), rows, columns, size, entries)
    return Sparse(of_key(key).asarray(values, dtype), places, lines, sides)


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    count = rows * columns * size
    total = Effort(6.0 * count + rows, 6.0 * count)
    for k, _ in groups:
        total += Effort(0.0, (1.0 + 3.0 * k) * count + 3.0 * k * (rows + columns), 0.0, 1)
    return total


def held(rows: int, columns: int, size: float) -> int:
    return 5 * most(rows, columns, size) + rows


KIND = Kind(begin, effort, held, code=0.5)
