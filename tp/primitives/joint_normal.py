"""Samples of jointly normal variables with given covariances: virtual neurons of an infinitely wide layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

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
    """

    derivative: ClassVar[Derivative] = Derivative.CONSTANT
    summary: ClassVar[str] = "quasi-random samples of jointly normal variables"

    parts: tuple[Type, ...]
    neurons: int
    seed: int
    blocks: tuple[tuple[int, int], ...] | None = None

    @property
    def given(self) -> tuple[tuple[int, int], ...]:
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
        wide = next((a for part in self.parts for a in part if a.wide), None)
        if wide is not None:
            raise ValueError(f"{wide.name} is wide: only finitely many variables have samples")
        if self.neurons < 1 or self.neurons & (self.neurons - 1):
            raise ValueError(f"{self.neurons} samples are not a power of two")
        if not 1 <= self.starts[-1] <= DIMENSIONS:
            raise ValueError(f"{self.starts[-1]} variables: there must be from 1 to {DIMENSIONS}")
        pairs = self.given
        if len(set(pairs)) < len(pairs) or not all(0 <= i <= j < len(self.parts) for i, j in pairs):
            raise ValueError("the blocks of covariances are not pairs of parts in order")
        if len(types) != len(pairs):
            raise ValueError(f"{len(types)} operands for {len(pairs)} blocks of covariances")
        for (i, j), axes in zip(pairs, types, strict=True):
            block = self.block(i, j)
            if len(set(names(block))) < len(block) or not set(axes) <= set(block):
                raise ValueError(f"covariances {show(axes)} do not fit the block {show(block)} of parts {i} and {j}")
        return (Axis(NEURONS, self.neurons), Axis(ENTRIES, self.starts[-1]))


@lowering.rule(JointNormal)
def lower_joint_normal(
    operation: JointNormal, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]
) -> Any:
    draws = low.draws_of(out)
    given = _matrices(operation, draws, types, arrays, low)
    xp = namespace(*given.values())
    found = [(parts, *principal(_joined(operation, given, parts, xp))) for parts in _dependent(operation)]
    lengths = xp.concatenate([lengths for _, lengths, _ in found], axis=-1)
    order = xp.argsort(-lengths, axis=-1)
    place = xp.argsort(order, axis=-1)  # of each direction among the dimensions of the points
    points = normal_points(operation.neurons, operation.starts[-1], operation.seed, lengths)
    columns: dict[int, Any] = {}
    start = 0
    for parts, lengths, rows in found:
        stop = start + lengths.shape[-1]
        mine = xp.swapaxes(points.T[place[..., start:stop]], -1, -2)  # [...draws, neurons, directions]
        made, at, start = matmul(mine, rows), 0, stop
        for i in parts:
            size = operation.starts[i + 1] - operation.starts[i]
            columns[i] = made[..., at : at + size]
            at += size
    made = xp.concatenate([columns[i] for i in range(len(operation.parts))], axis=-1)
    return aligned(made, (*draws, *(a for a in out if a not in draws)), out)


def _matrices(
    operation: JointNormal, draws: Type, types: Sequence[Type], arrays: Sequence[Any], low: Lowering
) -> dict[tuple[int, int], Any]:
    """The covariances of two parts [...draws, entries of one, entries of the other]; pairs of parts may be absent."""
    xp = namespace(*arrays)
    found: dict[tuple[int, int], Any] = {}
    for (i, j), axes, array in zip(operation.given, types, arrays, strict=True):
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
    for i, j in operation.given:
        group = [group[i] if g == group[j] else g for g in group]
    return [[i for i, g in enumerate(group) if g == number] for number in sorted(set(group))]


def _joined(operation: JointNormal, given: Mapping[tuple[int, int], Any], parts: Sequence[int], xp: Any) -> Any:
    """The matrix of all covariances of ``parts`` [...draws, entries, entries]."""
    some = next(iter(given.values()))
    size = {i: operation.starts[i + 1] - operation.starts[i] for i in parts}
    zeros = {(i, j): (*some.shape[:-2], size[i], size[j]) for i in parts for j in parts if (i, j) not in given}
    blocks = {**given, **{pair: xp.zeros(shape, some.dtype) for pair, shape in zeros.items()}}
    return xp.concatenate([xp.concatenate([blocks[i, j] for j in parts], axis=-1) for i in parts], axis=-2)


def principal(covariance: Any) -> tuple[Any, Any]:
    """The principal directions of correlations, longest first: their lengths, and the rows R, R' R = ``covariance``.

    Shapes are [.., entries] and [.., entries, entries]. Directions whose share is one of rounding are left out, so
    equal variables have equal samples. Of a matrix that is not positive semidefinite, those with negative values are.
    """
    xp = namespace(covariance)
    deviation = xp.sqrt(xp.maximum(xp.diagonal(covariance, axis1=-2, axis2=-1), 0.0))
    inverse = xp.where(deviation > 0, 1.0 / xp.where(deviation > 0, deviation, 1.0), 0.0)
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
