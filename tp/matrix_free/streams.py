"""Random streams: a key of JAX, or a :class:`Seed` for NumPy. Every weight of every draw has a stream of its own.

A tuple of seeds is the streams of draws that NumPy makes side by side: what is drawn has an axis of draws first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, prod
from typing import Any

import numpy as np

from tp.matrix_free.source import Source
from tp.ndarray import NDArray

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seed:
    """A stream of NumPy: numbers from 0 on that lead to it, the number of the draw first.

    Streams of different seeds are independent (SFC64, seeded by a hash of all numbers and of how many they are), so
    what one draw gets does not depend on which others are made with it.
    """

    path: tuple[int, ...]

    def generator(self) -> np.random.Generator:
        number, *branches = self.path
        # Without spawn_key, (k, 0) and (k,) would be one stream: SeedSequence fills short seeds up with zeros.
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(number, spawn_key=branches)))

    def normal(self, shape: tuple[int, ...]) -> Singles:
        """Standard normal numbers in single precision, by the method of Box and Muller (1958).

        It takes a third of the time of NumPy's own: logarithm, root and both angles are vector instructions.
        """
        size = prod(shape)
        out = np.empty((2, -(-size // 2)), np.float32)
        generator, width = self.generator(), out.shape[1]
        for start in range(0, width, _PIECE):
            cosine, sine = out[:, start : start + _PIECE]
            radius, angle = generator.random((2, len(sine)), dtype=np.float32)
            np.subtract(np.float32(1), radius, out=radius)  # in (0, 1]
            np.log(radius, out=radius)
            radius *= np.float32(-2)
            np.sqrt(radius, out=radius)
            angle *= np.float32(2 * pi)
            np.cos(angle, out=cosine)
            np.sin(angle, out=sine)
            cosine *= radius
            sine *= radius
        return out.reshape(-1)[:size].reshape(shape)

    def split(self) -> tuple[Seed, Seed]:
        return Seed((*self.path, 0)), Seed((*self.path, 1))

    def normal_within(self, shape: tuple[int, ...], cut: float) -> Singles:
        from scipy import special

        below = special.ndtr(-cut)
        found = special.ndtri(below + (1.0 - 2.0 * below) * self.generator().random(shape))
        return np.clip(found, -cut, cut).astype(np.float32)

    def uniform(self, shape: tuple[int, ...]) -> Singles:
        return np.float32(1) - self.generator().random(shape, dtype=np.float32)

    def fine(self, shape: tuple[int, ...]) -> Singles:
        words = self.generator().integers(0, 1 << 32, shape, dtype=np.uint32)
        return (words.astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-32)

    def sign(self, shape: tuple[int, ...]) -> Singles:
        return np.float32(2) * self.generator().integers(0, 2, shape, dtype=np.int8) - np.float32(1)

    def gaps(self, shape: tuple[int, ...], probability: float) -> NDArray[np.int64]:
        """How many trials of this probability it takes until one succeeds, that one included."""
        return self.generator().geometric(probability, shape)

    def permutation(self, count: int) -> NDArray[np.int64]:
        return self.generator().permutation(count)

    def zeros(self, shape: tuple[int, ...]) -> Singles:
        return np.zeros(shape, np.float32)


@dataclass(frozen=True, slots=True)
class _OfJax:
    """The stream of a key of JAX."""

    key: Any

    def split(self) -> tuple[_OfJax, _OfJax]:
        import jax

        first, second = jax.random.split(self.key)
        return _OfJax(first), _OfJax(second)

    def normal(self, shape: tuple[int, ...]) -> Any:
        import jax

        return jax.random.normal(self.key, shape, np.float32)

    def normal_within(self, shape: tuple[int, ...], cut: float) -> Any:
        import jax

        return jax.random.truncated_normal(self.key, -cut, cut, shape, np.float32)

    def uniform(self, shape: tuple[int, ...]) -> Any:
        import jax

        return 1.0 - jax.random.uniform(self.key, shape, np.float32)

    def fine(self, shape: tuple[int, ...]) -> Any:
        import jax

        return (jax.random.bits(self.key, shape, np.uint32).astype(np.float32) + 0.5) * 2.0**-32

    def sign(self, shape: tuple[int, ...]) -> Any:
        import jax

        return jax.random.rademacher(self.key, shape, np.float32)

    def permutation(self, count: int) -> Any:
        import jax

        return jax.random.permutation(self.key, count)

    def zeros(self, shape: tuple[int, ...]) -> Any:
        import jax

        return jax.numpy.zeros(shape, np.float32)


def of_draws(numbers: Sequence[int]) -> Seed | tuple[Seed, ...]:
    """The stream of the draw with the only one of ``numbers``, or those of several draws made side by side."""
    seeds = tuple(Seed((number,)) for number in numbers)
    return seeds[0] if len(seeds) == 1 else seeds


def source(key: Any) -> Source:
    """The random numbers of the stream ``key``."""
    return key if isinstance(key, Seed) else _OfJax(key)


_PIECE = 1 << 14
"""The pairs of numbers that are drawn at once: they stay in the cache."""


def fold(key: Any, number: Any) -> Any:
    """The stream number ``number`` of those that belong to ``key``."""
    if isinstance(key, Seed):
        return Seed((*key.path, int(number)))
    if isinstance(key, tuple):
        return tuple(fold(one, number) for one in key)
    import jax

    return jax.random.fold_in(key, number)


def normal(key: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Independent standard normal numbers of the given ``shape``, drawn in single precision as all weights are."""
    if isinstance(key, Seed):
        return key.normal(shape).astype(dtype, copy=False)
    if isinstance(key, tuple):
        made = np.empty((len(key), *shape), dtype)
        for array, one in zip(made, key, strict=True):
            array[...] = one.normal(shape)
        return made
    from tp.matrix_free import noise

    return noise.normal(key, shape, dtype)


def of_key(key: Any) -> Any:
    """``numpy`` or ``jax.numpy``: what arrays drawn from ``key`` belong to."""
    if isinstance(key, Seed | tuple):
        return np
    import jax.numpy

    return jax.numpy
