"""Random tensors: series M_1, M_2, ... given by samplers, with sums, products and contractions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.asymptotics.growth import Growth
from tp.asymptotics.scale import Scale
from tp.asymptotics.tensors import Floats

Batch = Float[Floats, "draws ..."]
"""Independent draws of a tensor [draws, N_1, ..., N_r]."""
Memory = dict[int, Batch]
"""The batch of each series that was drawn in one evaluation, by ``id`` of the series."""
Sampler = Callable[[int, np.random.Generator], npt.ArrayLike]
"""(n, generator) -> one tensor."""
BatchSampler = Callable[[int, int, np.random.Generator], npt.ArrayLike]
"""(n, count, generator) -> independent tensors, along the leading axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A random tensor with a limiting parameter n (paper, section 2.2); all its draws at one n have one shape.

    Made by :func:`random_tensor`, :func:`batched` or :func:`deterministic`, and by arithmetic. One series is one
    random variable: in ``m * m`` both factors are the same draw, while two series made apart are independent.
    Variables with another joint law need a sampler that gives them together.
    """

    evaluate: Callable[[int, int, np.random.Generator, Memory], Batch]
    name: str = "M"

    def draw(self, n: int, count: int, generator: np.random.Generator) -> Batch:
        """``count`` independent draws of M_n: an array [count, N_1, ..., N_r]."""
        return self.recall(n, count, generator, {})

    def recall(self, n: int, count: int, generator: np.random.Generator, memory: Memory) -> Batch:
        """The batch [count, N_1, ..., N_r] that this series has in ``memory``, drawn if it has none yet."""
        if id(self) not in memory:
            memory[id(self)] = self.evaluate(n, count, generator, memory)
        return memory[id(self)]

    def __str__(self) -> str:
        return self.name

    def __neg__(self) -> Series:
        return self.map(lambda n, batch: -batch, f"-{self}")

    def __add__(self, other: Series) -> Series:
        """The sum. Drawing raises ValueError where the shapes differ."""
        return _joined(self, other, _sum, f"({self} + {other})")

    def __sub__(self, other: Series) -> Series:
        return self + (-other)

    def __mul__(self, other: Series | Scale | Growth | float) -> Series:
        """The product with a number, with f(n), or with a series; one of two series has rank 0."""
        if isinstance(other, Series):
            return _joined(self, other, _scaled, f"{self} {other}")
        if isinstance(other, Scale | Growth):
            return self.map(lambda n, batch: batch * other(n), f"{self} {other}")
        return self.map(lambda n, batch: batch * float(other), f"{other:g} {self}")

    __rmul__ = __mul__

    def __truediv__(self, other: Scale) -> Series:
        """M_n / f(n) for a scale f."""
        return self.map(lambda n, batch: batch / other(n), f"{self} / ({other})")

    def map(self, function: Callable[[int, Batch], npt.ArrayLike], name: str) -> Series:
        """The series of ``function`` (n, batch) -> batch of the same draws."""
        return Series(lambda n, count, g, m: _checked(function(n, self.recall(n, count, g, m)), count, name), name)

    def outer(self, other: Series) -> Series:
        """The outer product: shape [N_1, ..., N_r, N'_1, ..., N'_s]."""
        return self.contract(other, 0)

    def contract(self, other: Series, axes: int = 1) -> Series:
        """The contraction of the last ``axes`` slots of this with the first ones of the other, in order."""
        return _joined(self, other, lambda a, b: _contracted(a, b, axes), f"{self}·{other}")


def random_tensor(sampler: Sampler, name: str = "M") -> Series:
    """A random tensor from a function (n, generator) -> one draw. It is called once for each draw."""

    def evaluate(n: int, count: int, generator: np.random.Generator, memory: Memory) -> Floats:
        return _checked([np.asarray(sampler(n, generator)) for _ in range(count)], count, name)

    return Series(evaluate, name)


def batched(sampler: BatchSampler, name: str = "M") -> Series:
    """A random tensor from a function (n, count, generator) -> [count, ...], called once or more for each n."""
    return Series(lambda n, count, generator, memory: _checked(sampler(n, count, generator), count, name), name)


def deterministic(order: Scale | Growth) -> Series:
    """The numbers f(n), which are random tensors of rank 0 that are always the same."""
    return batched(lambda n, count, generator: np.full(count, order(n)), str(order))


def joint(sampler: Callable[[int, int, np.random.Generator], tuple[npt.ArrayLike, ...]], size: int) -> list[Series]:
    """``size`` random tensors with a joint law: (n, count, generator) -> ``size`` batches [count, ...].

    The batches of one evaluation belong together, so sums and products of these series are those of the joint law.
    Drawing raises ValueError where the sampler gives another number of batches.
    """

    def part(index: int) -> Series:
        def evaluate(n: int, count: int, generator: np.random.Generator, memory: Memory) -> Floats:
            batches = sampler(n, count, generator)
            if len(batches) != size:
                raise ValueError(f"{size} batches were asked for; the sampler gave {len(batches)}")
            for one, batch in zip(parts, batches, strict=True):
                memory[id(one)] = _checked(batch, count, one.name)
            return memory[id(parts[index])]

        return Series(evaluate, f"M{index + 1}")

    parts = [part(k) for k in range(size)]
    return parts


def _joined(first: Series, second: Series, rule: Callable[[Floats, Floats], Floats], name: str) -> Series:
    def evaluate(n: int, count: int, generator: np.random.Generator, memory: Memory) -> Floats:
        a = first.recall(n, count, generator, memory)
        return rule(a, second.recall(n, count, generator, memory))

    return Series(evaluate, name)


def _checked(batch: npt.ArrayLike, count: int, name: str) -> Floats:
    try:
        raw = np.asarray(batch)
    except ValueError as problem:
        raise ValueError(f"all draws of {name} at one n need one shape: {problem}") from None
    if raw.dtype.kind not in "biuf":
        raise ValueError(f"draws of {name} need real entries, not {raw.dtype}")
    array = raw.astype(np.float64)
    if array.ndim == 0 or array.shape[0] != count:
        raise ValueError(f"{count} draws of {name} were asked for; the sampler gave the shape {array.shape}")
    if 0 in array.shape or not np.isfinite(array).all():
        raise ValueError(f"draws of {name} need finite entries and axes of size 1 or more")
    return array


def _sum(first: Floats, second: Floats) -> Floats:
    if first.shape != second.shape:
        raise ValueError(f"tensors of shapes {first.shape[1:]} and {second.shape[1:]} have no sum")
    return first + second


def _scaled(first: Floats, second: Floats) -> Floats:
    small, large = sorted((first, second), key=np.ndim)
    if small.ndim > 1:
        raise ValueError("one factor of a product has rank 0; use outer or contract for two tensors")
    return small.reshape(small.shape + (1,) * (large.ndim - 1)) * large


def _contracted(first: Floats, second: Floats, axes: int) -> Floats:
    """``first`` [k, A..., C...] with ``second`` [k, C..., B...] over ``axes`` shared slots C: [k, A..., B...]."""
    kept = first.ndim - axes
    if axes < 0 or kept < 1 or first.shape[kept:] != second.shape[1 : 1 + axes]:
        raise ValueError(f"the last {axes} slots of {first.shape[1:]} do not fit the first ones of {second.shape[1:]}")
    left, right = first.shape[1:kept], second.shape[1 + axes :]
    count = first.shape[0]
    a = first.reshape(count, int(np.prod(left)), -1)
    b = second.reshape(count, -1, int(np.prod(right)))
    return (a @ b).reshape(count, *left, *right)
