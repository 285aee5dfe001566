"""Samples of jointly normal variables with given covariances: virtual neurons of an infinitely wide layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, NamedTuple

from tp.graph.axes import Axis, Type, names, show
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import matmul, namespace
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import Lowering, bounds, lowering, transposition, typical
from tp.primitives.sobol import DIMENSIONS, normal_points

NEURONS = "@neurons"
"""The axis of samples."""
ENTRIES = "@entries"
"""The axis of all variables, one part after the other."""
_ROUNDING = 1e-10
"""Variances below this share of others are taken for rounding."""
_LIMITS = "it occurs in limits at infinite width only, which have no width"


@dataclass(frozen=True)
class JointNormal(Operation):
    """``neurons`` quasi-random samples of centred jointly normal variables, the entries of all ``parts``.

    Operands are covariances: the block (i, j), i <= j, has the axes of part i and those of part j, where an axis of
    part j that part i has too carries a prime. An operand that lacks an axis does not depend on it. ``blocks`` says
    which blocks are given, in this order; all others are zero. None stands for all of them: (0, 0), (0, 1), ..,
    (1, 1), ..

    The result has the axes @neurons and @entries. Along the second are all entries, row-major, one part after the
    other. The longest principal directions have the first dimensions of the points, which fill them most evenly.

    The first ``given`` parts may have samples already: these are operands before the covariances, each with @neurons
    and the axes of its part, and the result has the other parts only, sampled given these. ``dimensions`` is the
    dimension of the sequence of points, of which the dimensions from ``first`` on are used; None stands for as many as
    there are entries. Samples that are given should have used other dimensions of the same sequence.
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "quasi-random samples of jointly normal variables"

    parts: tuple[Type, ...]
    neurons: int
    seed: int
    blocks: tuple[tuple[int, int], ...] | None = None
    given: int = 0
    first: int = 0
    dimensions: int | None = None

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs of parts whose covariances are operands, in the order of these."""
        if self.blocks is not None:
            return self.blocks
        return tuple((i, j) for i in range(len(self.parts)) for j in range(i, len(self.parts)))

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each part begins along @entries, and where the last one ends."""
        found = [0]
        for part in self.parts:
            found.append(found[-1] + prod(axis.at(1) for axis in part))
        return tuple(found)

    def block(self, i: int, j: int) -> Type:
        """The axes of the covariances of part ``i`` with part ``j``."""
        mine = names(self.parts[i])
        return self.parts[i] + tuple(Axis(a.name + "'", a.size) if a.name in mine else a for a in self.parts[j])

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """@neurons, then @entries.

        Raises ValueError for wide axes, a number of samples that is no power of two, and covariances whose axes
        do not fit.
        """
        wide = next((a for part in self.parts for a in part if a.wide), None)
        if wide is not None:
            raise ValueError(f"{wide.name} is wide: only finitely many variables have samples")
        if self.neurons < 1 or self.neurons & (self.neurons - 1):
            raise ValueError(f"{self.neurons} samples are not a power of two")
        if not 1 <= self.starts[-1] <= DIMENSIONS:
            raise ValueError(f"{self.starts[-1]} variables: there must be from 1 to {DIMENSIONS}")
        pairs = self.pairs
        if len(set(pairs)) < len(pairs) or not all(0 <= i <= j < len(self.parts) for i, j in pairs):
            raise ValueError("the blocks of covariances are not pairs of parts in order")
        if not 0 <= self.given < max(len(self.parts), 1):
            raise ValueError(f"{self.given} of {len(self.parts)} parts have samples")
        if len(types) != self.given + len(pairs):
            raise ValueError(f"{len(types)} operands for {self.given} samples and {len(pairs)} blocks of covariances")
        new = self.starts[-1] - self.starts[self.given]
        if not 0 <= self.first <= (self.dimensions or new) - new or (self.dimensions or new) > DIMENSIONS:
            raise ValueError(f"{new} variables from {self.first} on: the points have {self.dimensions} dimensions")
        for part, axes in zip(self.parts, types[: self.given], strict=False):
            if not set(axes) <= {Axis(NEURONS, self.neurons), *part}:
                raise ValueError(f"samples {show(axes)} do not fit the part {show(part)}")
        for (i, j), axes in zip(pairs, types[self.given :], strict=True):
            block = self.block(i, j)
            if len(set(names(block))) < len(block) or not set(axes) <= set(block):
                raise ValueError(f"covariances {show(axes)} do not fit the block {show(block)} of parts {i} and {j}")
        return (Axis(NEURONS, self.neurons), Axis(ENTRIES, new))


@lowering.rule(JointNormal)
def lower_joint_normal(
    operation: JointNormal, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    """Points of a Sobol sequence, as normal numbers, along the principal directions of the covariances."""
    draws, count = low.draws_of(out), operation.given
    covariances = _matrices(operation, draws, types[count:], arrays[count:], low)
    xp = namespace(*covariances.values())
    before = [_rows(operation, draws, k, types[k], arrays[k], low) for k in range(count)]
    found: list[_Law] = []
    for group in _dependent(operation):
        known, new = [i for i in group if i < count], [i for i in group if i >= count]
        if new:
            found.append(_law(operation, covariances, (known, new), before, xp))
    lengths = xp.concatenate([law.lengths for law in found], axis=-1)
    order = xp.argsort(-lengths, axis=-1)
    place = xp.argsort(order, axis=-1)  # of each direction among the dimensions of the points
    new = operation.starts[-1] - operation.starts[count]
    points = normal_points(
        operation.neurons, operation.dimensions or new, operation.seed, lengths, operation.first, new
    )
    columns: dict[int, Any] = {}
    start = 0
    for law in found:
        stop = start + law.lengths.shape[-1]
        mine = xp.swapaxes(points.T[place[..., start:stop]], -1, -2)  # [...draws, neurons, directions]
        made, at, start = matmul(mine, law.rows), 0, stop
        if law.mean is not None:
            made = made + law.mean
        for i in law.parts:
            size = operation.starts[i + 1] - operation.starts[i]
            columns[i] = made[..., at : at + size]
            at += size
    made = xp.concatenate([columns[i] for i in range(count, len(operation.parts))], axis=-1)
    return aligned(made, (*draws, *(a for a in out if a not in draws)), out)


class _Law(NamedTuple):
    """The normal law of ``parts``: ``mean`` [.., neurons, entries], or None for 0, and principal directions."""

    parts: list[int]
    mean: Any
    lengths: Any
    rows: Any


def _law(
    operation: JointNormal,
    covariances: Mapping[tuple[int, int], Any],
    groups: tuple[list[int], list[int]],
    before: Sequence[Any],
    xp: Any,
) -> _Law:
    """The law of the parts ``groups[1]`` given the samples ``before`` of the parts ``groups[0]``."""
    known, new = groups
    every = _joined(operation, covariances, [*known, *new], xp)
    if not known:
        return _Law(new, None, *principal(every))
    size = sum(before[k].shape[-1] for k in known)
    inner, cross, outer = every[..., :size, :size], every[..., size:, :size], every[..., size:, size:]
    slopes = _slopes(inner, cross, outer, xp)
    samples = xp.concatenate([before[k] for k in known], axis=-1)
    rest = outer - matmul(slopes, xp.swapaxes(cross, -1, -2))
    # Where the samples determine a variable, rounding is left of its variance.
    least = _ROUNDING * xp.diagonal(outer, axis1=-2, axis2=-1)
    left = xp.diagonal(rest, axis1=-2, axis2=-1) > least
    rest = xp.where(left[..., :, None] & left[..., None, :], (rest + xp.swapaxes(rest, -1, -2)) / 2, 0.0)
    return _Law(new, matmul(samples, xp.swapaxes(slopes, -1, -2)), *principal(rest))


def _slopes(inner: Any, cross: Any, outer: Any, xp: Any) -> Any:
    """The matrix A with E[v | u] = A u for covariances ``inner`` of u, ``cross`` of v and u, and ``outer`` of v.

    Directions of u whose variance is one of rounding are left out. Covariances that are not exact may ask for slopes
    that no covariance allows, |Cov(v, e)| <= sd(v) sd(e); these are shortened.
    """
    _, inverse = _deviations(inner, xp)
    values, vectors = xp.linalg.eigh(inner * inverse[..., :, None] * inverse[..., None, :])
    kept = values > _ROUNDING * values[..., -1:]
    along = matmul(cross * inverse[..., None, :], vectors)
    most = xp.sqrt(
        xp.maximum(xp.diagonal(outer, axis1=-2, axis2=-1), 0.0)[..., :, None]
        * xp.where(kept, values, 0.0)[..., None, :]
    )
    along = xp.clip(along, -most, most) / xp.where(kept, values, 1.0)[..., None, :]
    return matmul(along, xp.swapaxes(vectors, -1, -2)) * inverse[..., None, :]


def _rows(operation: JointNormal, draws: Type, part: int, axes: Type, array: Any, low: Lowering) -> Any:
    """Samples of a part as [...draws, neurons, entries]."""
    whole = (*draws, Axis(NEURONS, operation.neurons), *operation.parts[part])
    full = namespace(array).broadcast_to(aligned(array, axes, whole), tuple(a.at(low.n) for a in whole))
    return full.reshape((*full.shape[: len(draws) + 1], -1))


def _matrices(
    operation: JointNormal, draws: Type, types: Sequence[Type], arrays: Sequence[Any], low: Lowering
) -> dict[tuple[int, int], Any]:
    """The covariances of two parts [...draws, entries of one, entries of the other]; pairs of parts may be absent."""
    xp = namespace(*arrays)
    found: dict[tuple[int, int], Any] = {}
    for (i, j), axes, array in zip(operation.pairs, types, arrays, strict=True):
        block = (*draws, *operation.block(i, j))
        sizes = [operation.starts[p + 1] - operation.starts[p] for p in (i, j)]
        whole = xp.broadcast_to(aligned(array, axes, block), tuple(a.at(low.n) for a in block))
        matrix = xp.asarray(whole.reshape((*(a.at(low.n) for a in draws), *sizes)), low.dtype)
        turned = xp.swapaxes(matrix, -1, -2)
        found[i, j] = matrix if i != j else (matrix + turned) / 2
        if i != j:
            found[j, i] = turned
    if not found:
        found[0, 0] = xp.zeros((operation.starts[1], operation.starts[1]), low.dtype)
    return found


def _dependent(operation: JointNormal) -> list[list[int]]:
    """The parts in groups that are independent of each other."""
    group = list(range(len(operation.parts)))
    for i, j in operation.pairs:
        group = [group[i] if g == group[j] else g for g in group]
    return [[i for i, g in enumerate(group) if g == number] for number in sorted(set(group))]


def _joined(operation: JointNormal, given: Mapping[tuple[int, int], Any], parts: Sequence[int], xp: Any) -> Any:
    """The matrix of all covariances of ``parts`` [...draws, entries, entries]."""
    some = next(iter(given.values()))
    size = {i: operation.starts[i + 1] - operation.starts[i] for i in parts}
    zeros = {(i, j): (*some.shape[:-2], size[i], size[j]) for i in parts for j in parts if (i, j) not in given}
    blocks = {**given, **{pair: xp.zeros(shape, some.dtype) for pair, shape in zeros.items()}}
    return xp.concatenate([xp.concatenate([blocks[i, j] for j in parts], axis=-1) for i in parts], axis=-2)


def _deviations(covariance: Any, xp: Any) -> tuple[Any, Any]:
    """The standard deviations, and one over each, or 0 where it is 0."""
    deviation = xp.sqrt(xp.maximum(xp.diagonal(covariance, axis1=-2, axis2=-1), 0.0))
    return deviation, xp.where(deviation > 0, 1.0 / xp.where(deviation > 0, deviation, 1.0), 0.0)


def principal(covariance: Any) -> tuple[Any, Any]:
    """The principal directions of correlations, longest first: their lengths, and the rows R, R' R = ``covariance``.

    Shapes are [.., entries] and [.., entries, entries]. Directions whose share is one of rounding are left out, so
    equal variables have equal samples. Of a matrix that is not positive semidefinite, those with negative values are.
    """
    xp = namespace(covariance)
    deviation, inverse = _deviations(covariance, xp)
    correlation = xp.clip(covariance * inverse[..., :, None] * inverse[..., None, :], -1.0, 1.0)
    values, vectors = xp.linalg.eigh(correlation)
    values, vectors = values[..., ::-1], vectors[..., ::-1]
    # The largest component of each direction is positive, else its sign would depend on the order of variables.
    largest = xp.take_along_axis(vectors, xp.abs(vectors).argmax(axis=-2)[..., None, :], axis=-2)
    vectors = vectors * xp.where(largest < 0, -1.0, 1.0)
    least = 4 * covariance.shape[-1] * xp.finfo(covariance.dtype).eps
    lengths = xp.sqrt(xp.where(values > least * values[..., :1], values, 0.0))
    rows = lengths[..., :, None] * xp.swapaxes(vectors, -1, -2)
    # Correlations of a variable with itself are 1: rounding, and what was left out, may have changed them.
    norms = xp.sqrt((rows * rows).sum(axis=-2, keepdims=True))
    return lengths, rows / xp.where(norms > 0, norms, 1.0) * deviation[..., None, :]


typical.refuse(JointNormal, reason=_LIMITS)
bounds.refuse(JointNormal, reason=_LIMITS)
transposition.refuse(JointNormal, reason=_LIMITS)
