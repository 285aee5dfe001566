"""Orthogonal matrices of Haar's law that are never built: exact products, drawn as they are asked for.

Let O be uniform on the orthogonal group of R^N, and let O r_i = l_i be known for orthonormal r_1, .., r_k (so that
O' l_i = r_i too). Given this, O maps the complement of the r_i onto that of the l_i, and the law of that map does not
change when it is followed by any rotation of the complement of the l_i. So new orthonormal vectors are mapped to a
uniform orthonormal frame of this complement: normal vectors without their components along the l_i, orthonormalised.
O' is the mirror image, with the same pairs. Products drawn this way have exactly the joint law of the products of one
matrix drawn beforehand. A vector in the span of the r_i needs no random numbers. After N pairs the matrix is known.

A matrix [rows, columns] that is not square is the corner of a square one of the larger side: its first columns, or its
first rows. Vectors are filled up with zeros, and products are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jaxtyping import Bool, Float, Int

from tp.matrix_free.control import repeated_while, written_rows
from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.fixed import Sides, sides_of
from tp.matrix_free.gaussian import later_than
from tp.matrix_free.kind import BLOCK, Effort, Group, Kind
from tp.matrix_free.orthonormal import Array, orthonormalising, products, split
from tp.matrix_free.streams import fold, normal, of_key
from tp.namespace import is_numpy, matmul, namespace


class Orthogonal(NamedTuple):
    """A matrix-free matrix [rows, columns] with orthonormal columns or rows, of Haar's law, and its products so far.

    The square matrix of the larger side N maps each row of ``start`` to that row of ``end``; rows of both are
    orthonormal, or zero together. ``key`` is the matrix's own random stream and ``calls`` counts the blocks of products
    drawn. ``filled``, where not None, counts the pairs in use: the arrays then keep their size, as a JAX loop needs it.

    NumPy may have a matrix for each of several draws: the key is then a tuple of streams, and all arrays have an axis
    of draws first.
    """

    key: Any
    calls: int | Int[Array, ""]
    start: Float[Array, "*draws known size"]
    end: Float[Array, "*draws known size"]
    sides: Sides
    filled: Any = None
    learns = True
    exchangeable = True

    def answer(
        self,
        x: Float[Array, "*draws vectors ins"],
        transposed: bool,
        keep: bool = True,
        block: int = BLOCK,
        shared: Coordinates | None = None,
    ) -> tuple[Float[Array, "*draws vectors outs"], Orthogonal]:
        """W x for every row of ``x``, or W' x where ``transposed``, and the matrix with these products added.

        With ``keep`` false the last block of products is not stored, which is right if no others follow.
        At most ``block`` vectors are multiplied at once; the block size changes the numbers drawn, not their law.
        ``shared`` are the coordinates of ``x`` that other matrices have found.
        """
        xp, size, vectors = namespace(x), self.start.shape[-1], x.shape[-2]
        outs = self.sides[transposed].shape[-1]
        if x.shape[-1] < size:
            x = xp.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, size - x.shape[-1])])
            shared = None
        known, shared = self, shared or Coordinates()
        made: list[Float[Array, "*draws vectors outs"]] = []
        for first in range(0, vectors, block):
            rows = x[..., first : first + block, :]
            here, known = known._block(first, rows, transposed, keep or first + block < vectors, shared)
            made.append(here[..., :outs] if outs < size else here)
        return (made[0] if len(made) == 1 else xp.concatenate(made, axis=-2)), known

    def _block(
        self, first: int, x: Float[Array, "*draws vectors size"], transposed: bool, keep: bool, shared: Coordinates
    ) -> tuple[Float[Array, "*draws vectors size"], Orthogonal]:
        mine, other = (self.end, self.start) if transposed else (self.start, self.end)
        inside, fresh, outside, new = shared.split(first, x, mine)
        draw = frame_and_answers if 2 * (other.shape[-2] + x.shape[-2]) <= x.shape[-1] else late_frame_and_answers
        frame, answers = draw(fold(self.key, self.calls), other, new, inside, outside)
        if not keep:
            return answers, self
        if self.filled is None:
            grown = shared.grown(first, mine, fresh), namespace(x).concatenate((other, frame), axis=-2)
            return answers, self._with(grown, transposed, None)
        after = later_than(self.filled, answers)
        grown = written_rows(mine, after, fresh), written_rows(other, after, frame)
        return answers, self._with(grown, transposed, self.filled + x.shape[-2])

    def _with(self, grown: tuple[Array, Array], transposed: bool, filled: Any) -> Orthogonal:
        start, end = grown[::-1] if transposed else grown
        return Orthogonal(self.key, self.calls + 1, start, end, self.sides, filled)

    def with_room(self, forward: int, backward: int) -> Orthogonal:
        """The same matrix with room for so many more products on each side: arrays of JAX then keep their size.

        Those of NumPy grow.
        """
        if is_numpy(self.start):
            return self
        import jax.numpy as jnp

        filled = jnp.asarray(self.start.shape[0], jnp.int32) if self.filled is None else self.filled
        start, end = (jnp.pad(array, ((0, forward + backward), (0, 0))) for array in (self.start, self.end))
        return Orthogonal(self.key, jnp.asarray(self.calls, jnp.int32), start, end, self.sides, filled)


def unknown(rows: int, columns: int, key: Any, dtype: Any) -> Orthogonal:
    """A matrix [rows, columns] of which no product has been drawn yet; ``key`` decides whether it is one of NumPy."""
    xp, draws = of_key(key), (len(key),) if isinstance(key, tuple) else ()
    nothing = xp.zeros((*draws, 0, max(rows, columns)), dtype)
    return Orthogonal(key, 0, nothing, nothing, sides_of(rows, columns, key))


Coefficients = Float[Array, "*draws vectors any"]


def frame_and_answers(
    key: Any,
    basis: Float[Array, "*draws known size"],
    wanted: Bool[Array, "*draws vectors"],
    inside: Coefficients,
    outside: Coefficients,
) -> tuple[Float[Array, "*draws vectors size"], Float[Array, "*draws vectors size"]]:
    """The rows of :func:`uniform_frame`, and ``inside`` @ basis + ``outside`` @ frame, where half the space is unknown.

    Normal vectors then keep most of their length without their components along the basis, and are far from dependent:
    one pass is precise. The basis is read twice only.
    """
    xp, vectors = namespace(basis), wanted.shape[-1]
    noise = normal(key, (vectors, basis.shape[-1]), basis.dtype) * wanted[..., None]
    along = products(noise, basis)
    inverse = orthonormalising(products(noise, noise) - matmul(along, along.swapaxes(-1, -2)))
    taken, mixed = matmul(inverse, along), matmul(outside, inverse)
    parts = matmul(xp.concatenate((taken, inside - matmul(outside, taken)), axis=-2), basis)
    frame = matmul(inverse, noise) - parts[..., :vectors, :]
    return frame, matmul(mixed, noise) + parts[..., vectors:, :]


def late_frame_and_answers(
    key: Any,
    basis: Float[Array, "*draws known size"],
    wanted: Bool[Array, "*draws vectors"],
    inside: Coefficients,
    outside: Coefficients,
) -> tuple[Float[Array, "*draws vectors size"], Float[Array, "*draws vectors size"]]:
    """The same for any basis."""
    frame = uniform_frame(key, basis, wanted)
    return frame, matmul(inside, basis) + matmul(outside, frame)


ATTEMPTS = 20
"""The most tries to draw a frame. A try fails for a vector whose rest is within the resolution of the others' span:
with probability below 0.1 where the frame takes all that is left of the space, and never else in practice."""


def uniform_frame(
    key: Any, basis: Float[Array, "*draws known size"], wanted: Bool[Array, "*draws vectors"]
) -> Float[Array, "*draws vectors size"]:
    """Orthonormal rows orthogonal to ``basis``, uniform among all such frames, where ``wanted``; zero rows elsewhere.

    Normal vectors without their components along the basis have a law that no rotation of the complement changes, and
    to orthonormalise commutes with these rotations. So does to replace a vector that is too near the span of the
    others, since that is decided by inner products. So the law of the frame is invariant under rotations, and there is
    only one such law.
    """
    xp = namespace(basis)
    shape = (wanted.shape[-1], basis.shape[-1])

    def missing(state: tuple[Array, Array, Any]) -> Any:
        _, found, count = state
        return (wanted & ~found).any() & (count < ATTEMPTS)

    def attempt(state: tuple[Array, Array, Any]) -> tuple[Array, Array, Any]:
        rows, found, count = state
        left = wanted & ~found
        tried = normal(fold(key, count), shape, basis.dtype)
        if not (is_numpy(left) and left.all()):
            tried = xp.where(left[..., None], tried, rows)
        _, made, _, new = split(tried, basis)
        # A draw beside others that has its frame is left alone, so its bits do not depend on them.
        unfinished = left.any(-1)
        if not (is_numpy(left) and unfinished.all()):
            made, new = xp.where(unfinished[..., None, None], made, rows), xp.where(unfinished[..., None], new, found)
        return made, new, count + 1

    start = (xp.zeros((*wanted.shape, shape[1]), basis.dtype), xp.zeros(wanted.shape, bool), 0)
    return repeated_while(xp, missing, attempt, start)[0]


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Orthogonal:
    return unknown(rows, columns, key, dtype)


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    """Every block is split with the basis of its side; its frame is drawn with that of the other side."""
    length, known = max(rows, columns), 0
    total = Effort()
    for k, _ in groups:
        touched, multiplied = length * (6 * known + 14 * k), k * length * (7 * known + 6 * k)
        total += Effort(k * length, touched, multiplied, 1, 2)
        known = min(known + k, length)
    return total


def remembered(rows: int, columns: int, _: float) -> int:
    return 2 * max(rows, columns)


KIND = Kind(begin, effort, remembered=remembered, code=1.2)
