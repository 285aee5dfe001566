"""Gaussian conditioning: products with a random matrix that is never built (matrix-free).

Let W have independent standard normal entries and let W Q' = A' and W' U' = B' be known for the orthonormal rows of Q
and U. Given them, W q for a unit vector q orthogonal to Q is U' (B q) + (1 - U'U) g with a fresh normal g, and W' u is
its mirror image. Products drawn this way have exactly the joint law of the products of one matrix drawn beforehand
(the conditioning trick of Bolthausen, Commun. Math. Phys. 325 (2014) 333, and of Yang's tensor programs). Each costs
a few inner products instead of one number for every entry of W.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from jaxtyping import Float, Int

from tp.matrix_free.control import written_rows
from tp.matrix_free.coordinates import Coordinates
from tp.matrix_free.kind import BLOCK, Effort, Group, Kind
from tp.matrix_free.orthonormal import Array, products
from tp.matrix_free.streams import fold, normal, of_key
from tp.namespace import is_numpy, matmul, namespace


class Known(NamedTuple):
    """Products drawn on one side: each row of ``images`` is the matrix times that row of ``basis``.

    Rows of the basis are orthonormal, or zero with a zero image.
    """

    basis: Float[Array, "*draws known size"]
    images: Float[Array, "*draws known other"]


class Gaussian(NamedTuple):
    """A matrix-free matrix [rows, columns] with independent standard normal entries, and its products so far.

    ``forward`` holds W q for unit vectors q, ``backward`` W' u. ``key`` is the matrix's own random stream and ``calls``
    counts the blocks of products drawn, each of which has a stream of its own. ``filled``, where not None, counts the
    rows of both sides that are in use: the arrays then keep their size, as a JAX loop needs it.

    NumPy may have a matrix for each of several draws: the key is then a tuple of streams, and all arrays have an axis
    of draws first.
    """

    key: Any
    calls: int | Int[Array, ""]
    forward: Known
    backward: Known
    filled: tuple[Any, Any] | None = None
    learns = True
    exchangeable = True

    def answer(
        self,
        x: Float[Array, "*draws vectors size"],
        transposed: bool,
        keep: bool = True,
        block: int = BLOCK,
        shared: Coordinates | None = None,
    ) -> tuple[Float[Array, "*draws vectors other"], Gaussian]:
        """W x for every row of ``x``, or W' x where ``transposed``, and the matrix with these products added.

        With ``keep`` false the last block of products is not stored, which is right if no others follow.
        At most ``block`` vectors are multiplied at once; the block size changes the numbers drawn, not their law.
        ``shared`` are the coordinates of ``x`` that other matrices have found.
        """
        known, shared = self, shared or Coordinates()
        made: list[Float[Array, "*draws vectors other"]] = []
        for start in range(0, x.shape[-2], block):
            rows = x[..., start : start + block, :]
            later = keep or start + block < x.shape[-2]
            here, known = known._block(start, rows, transposed, later, shared)
            made.append(here)
        return (made[0] if len(made) == 1 else namespace(x).concatenate(made, axis=-2)), known

    def _block(
        self, start: int, x: Float[Array, "*draws vectors size"], transposed: bool, keep: bool, shared: Coordinates
    ) -> tuple[Float[Array, "*draws vectors other"], Gaussian]:
        mine, other = (self.backward, self.forward) if transposed else (self.forward, self.backward)
        inside, fresh, outside, new = shared.split(start, x, mine.basis)
        noise = normal(fold(self.key, self.calls), (x.shape[-2], other.basis.shape[-1]), x.dtype)
        # Components of images along known vectors of the other side are already determined; they replace the noise.
        told = products(fresh, other.images) - products(noise, other.basis)
        images = (noise + matmul(told, other.basis)) * new[..., None]
        answers = matmul(inside, mine.images) + matmul(outside, images)
        if not keep:
            return answers, self
        if self.filled is None:
            images = namespace(images).concatenate((mine.images, images), axis=-2)
            return answers, self._with(Known(shared.grown(start, mine.basis, fresh), images), transposed)
        return answers, self._learned(Known(fresh, images), self.filled, transposed, answers)

    def _with(self, grown: Known, transposed: bool, filled: tuple[Any, Any] | None = None) -> Gaussian:
        sides = (self.forward, grown) if transposed else (grown, self.backward)
        return Gaussian(self.key, self.calls + 1, *sides, filled)

    def _learned(
        self, more: Known, filled: tuple[Any, Any], transposed: bool, answers: Float[Array, "vectors other"]
    ) -> Gaussian:
        """With ``more`` products in the room after those in use, whose numbers are ``filled``."""
        mine, start = self.backward if transposed else self.forward, later_than(filled[transposed], answers)
        grown = Known(*(written_rows(a, start, b) for a, b in zip(mine, more, strict=True)))
        after = filled[transposed] + more.basis.shape[0]
        return self._with(grown, transposed, (filled[0], after) if transposed else (after, filled[1]))

    def with_room(self, forward: int, backward: int) -> Gaussian:
        """The same matrix with room for so many more products on each side: arrays of JAX then keep their size.

        Those of NumPy grow.
        """
        if is_numpy(*self.forward):
            return self
        import jax.numpy as jnp

        known = (self.forward, self.backward)
        counts = [jnp.asarray(side.basis.shape[0], jnp.int32) for side in known]
        filled = self.filled or (counts[0], counts[1])
        first, second = (
            Known(*(jnp.pad(array, ((0, more), (0, 0))) for array in side))
            for side, more in zip(known, (forward, backward), strict=True)
        )
        return Gaussian(self.key, jnp.asarray(self.calls, jnp.int32), first, second, filled)


def unknown(rows: int, columns: int, key: Any, dtype: Any) -> Gaussian:
    """A matrix [rows, columns] of which no product has been drawn yet; ``key`` decides whether it is one of NumPy."""
    xp, draws = of_key(key), (len(key),) if isinstance(key, tuple) else ()
    forward = Known(xp.zeros((*draws, 0, columns), dtype), xp.zeros((*draws, 0, rows), dtype))
    return Gaussian(key, 0, forward, Known(forward.images, forward.basis))


def begin(rows: int, columns: int, size: float, entries: Any, key: Any, dtype: Any) -> Gaussian:
    return unknown(rows, columns, key, dtype)


def effort(rows: int, columns: int, size: float, groups: Sequence[Group]) -> Effort:
    """Every block is split with the basis of its side; its images are corrected for what the other side knows."""
    known = [0, 0]
    total = Effort()
    for k, side in groups:
        mine, other = known[side], known[not side]
        inside, outside = (rows, columns) if side else (columns, rows)
        touched = inside * (4 * mine + other + 8 * k) + outside * (mine + 2 * other + 6 * k)
        multiplied = k * (inside * (4 * mine + other + 3 * k) + outside * (mine + 2 * other + k))
        total += Effort(k * outside, touched, multiplied, 1, 1)
        known[side] += k
    return total


def remembered(rows: int, columns: int, _: float) -> int:
    return rows + columns


KIND = Kind(begin, effort, remembered=remembered)


def later_than(index: Int[Array, ""], *reads: Float[Array, ...]) -> Int[Array, ""]:
    """``index``, computed so that it depends on ``reads``.

    XLA can write in place to an array at such an index, because all reads of the array come first, and keeps no copy.
    NumPy does as it is told.
    """
    if is_numpy(*reads):
        return index
    import jax.numpy as jnp

    never = functools.reduce(jnp.logical_or, [jnp.min(a) < -jnp.inf for a in reads])
    return index + never.astype(jnp.int32)
