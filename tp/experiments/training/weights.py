"""The weights of a program along a run: as arrays, or, for matrix-free weights, as coordinates.

A matrix-free weight W keeps its initial value W_0. After some steps it is c_0 W_0 + Σ_r c_r left_r ⊗ right_r, with one
block of rows r for each step. The coordinates are c. An optimiser that is linear acts on coordinates as on arrays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tp.experiments.training.evaluation import Values
from tp.experiments.training.gradients import Parts, Rows
from tp.graph.axes import Type
from tp.graph.graph import Graph
from tp.graph.slot import Role, Slot
from tp.interpret.cost.kinds import sizes
from tp.matrix_free.control import written, written_rows
from tp.matrix_free.gaussian import later_than
from tp.namespace import matmul
from tp.optimizers import Optimizer
from tp.transform.moved import Moves


class Moving(NamedTuple):
    """Weights along a run.

    ``known`` has them by name: arrays after the last step, and the initial values of matrix-free weights with the
    products drawn so far. ``state`` is the optimiser's. A matrix-free weight has ``rows`` of outer products, one block
    for each step, and ``coordinates`` [1 + rows]: of its initial value, then of each row.
    """

    known: dict[str, Any]
    state: Any
    rows: dict[str, Rows]
    coordinates: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Descent:
    """``steps`` of an ``optimizer`` on the weights of ``program`` at width ``n``.

    ``ranks`` are the numbers of outer products of one step, for weights that keep them; ``rates`` is Λ. ``xp`` is the
    namespace of all arrays; those of weights and rows have the axis ``draws`` first.
    """

    program: Graph
    optimizer: Optimizer
    n: int
    kind: Any
    steps: int
    batch: int
    rates: Mapping[str, float]
    ranks: Mapping[str, int]
    xp: Any
    draws: Type = ()

    def moves(self) -> Moves:
        """The moves of matrix-free weights after all steps."""
        return moves_of(self.optimizer, self.steps, self.ranks)

    def begin(self, known: Mapping[str, Any], moving: Collection[str]) -> Moving:
        """The state before the first step; ``moving`` are the weights that have a gradient."""
        draws, parameters = tuple(a.at(self.n) for a in self.draws), self.program.parameters
        ranks = {name: self.steps * rank for name, rank in self.ranks.items()}
        rows = {
            name: Rows(*(self.xp.zeros((*draws, rank, size), self.kind) for size in sizes(parameters[name], self.n)))
            for name, rank in ranks.items()
        }
        initial = {name: written(self.xp.zeros(1 + rank, self.kind), 0, 1) for name, rank in ranks.items()}
        arrays = {name: known[name] for name in moving if name not in ranks}
        return Moving(dict(known), self.optimizer.init({**arrays, **initial}), rows, initial)

    def after(self, moving: Moving, gradient: Parts, s: Any) -> Moving:
        """The state after step number ``s``; ``gradient`` is that of the sum of costs over the batch."""
        rows = dict(moving.rows)
        reads = [*gradient.leaves.values(), *(a for pair in gradient.rows.values() for a in pair)]
        gradients = {
            name: self._array(name, gradient, moving.known[name].shape) / self.batch
            for name in (*gradient.leaves, *gradient.rows)
            if name not in self.ranks
        }
        params = {**{name: moving.known[name] for name in gradients}, **moving.coordinates}
        arrays = {name: self.whole(name, moving.known[name]) for name in gradients}
        for name, rank in self.ranks.items():
            start = later_than(s * rank, *reads)
            pairs = zip(rows[name], gradient.rows[name], strict=True)
            rows[name] = Rows(*(written_rows(old, start, new, axis=-2) for old, new in pairs))
            fresh = self.xp.full(rank, 1 / self.batch, self.kind)
            gradients[name] = written_rows(self.xp.zeros_like(params[name]), 1 + s * rank, fresh)
        whole = {**params, **arrays}
        updates, state = self.optimizer.step(gradients, moving.state, whole, self.rates, s)
        now = {name: params[name] + updates[name] for name in params}
        known = {**moving.known, **{name: now[name] for name in now if name not in self.ranks}}
        return Moving(known, state, rows, {name: now[name] for name in self.ranks})

    def whole(self, name: str, weight: Any) -> Any:
        """The array ``weight`` with the mean of its law, without which weights are kept; others as they are."""
        mean = self.program.parameters[name].law.mean
        return weight if mean is None or name in self.ranks else weight + self.xp.asarray(mean.at(self.n), self.kind)

    def inputs(self, moving: Moving) -> dict[str, Any]:
        """The inputs of a program with :meth:`moves`, beside its own."""
        found: dict[str, Any] = {}
        for name, (left, right) in moving.rows.items():
            parameter = self.program.parameters[name]
            for role, rows, axes in ((Role.LEFT, left, parameter.outs), (Role.RIGHT, right, parameter.ins)):
                found[Slot(role, name)] = rows.reshape((*rows.shape[:-1], *(a.at(self.n) for a in axes)))
            found[Slot(Role.COEFFICIENTS, name)] = moving.coordinates[name][1:]
            if self.optimizer.shrinkage(name):
                found[Slot(Role.SHRUNK, name)] = moving.coordinates[name][0]
        return found

    def random(self) -> frozenset[str]:
        """The :meth:`inputs` that are different in every draw."""
        return frozenset(Slot(role, name) for name in self.ranks for role in (Role.LEFT, Role.RIGHT) if self.draws)

    def found(self, moving: Moving, values: Values) -> Values:
        """``values`` with gradients with respect to the present weights.

        Those of a program with moves are with respect to the initial weights, which are scaled where weights shrink.
        """
        if not self.optimizer.shrinks:
            return values
        rows = {
            name: Rows(left / moving.coordinates[name][0], right) if name in self.ranks else Rows(left, right)
            for name, (left, right) in values.gradient.rows.items()
        }
        return values._replace(gradient=Parts(values.gradient.leaves, rows))

    @staticmethod
    def _array(name: str, gradient: Parts, shape: tuple[int, ...]) -> Any:
        """The gradient as an array of this ``shape``."""
        if name in gradient.leaves:
            return gradient.leaves[name].reshape(shape)
        left, right = gradient.rows[name]
        return matmul(left.swapaxes(-1, -2), right).reshape(shape)


def moves_of(optimizer: Optimizer, steps: int, ranks: Mapping[str, int]) -> Moves:
    """The moves of ``steps`` steps for weights with ``ranks`` outer products a step."""
    shrinks = frozenset(name for name in ranks if optimizer.shrinkage(name))
    return Moves({name: steps * rank for name, rank in ranks.items()}, shrinks=shrinks)
