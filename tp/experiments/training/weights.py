"""The weights of a program along a run: as arrays, or, for matrix-free weights, in factors.

A matrix-free weight W keeps its initial value W_0. After some steps it is c_0 W_0 + Σ_r c_r left_r ⊗ right_r, with one
block of rows r for each step, or c_00 W_0 + Σ_rq c_rq left_r ⊗ right_q with orthonormal rows. The coordinates are c.
What an optimiser acts on instead of an array is a matter of :class:`~tp.optimizers.in_factors.InFactors`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tp.experiments.training.coordinates import as_weight, beside_initial, initial, no_rows, product
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
from tp.optimizers.growing import empty, extended
from tp.optimizers.in_factors import InFactors, Outer
from tp.optimizers.sides import Sides
from tp.transform.moved import Moves


class Moving(NamedTuple):
    """Weights along a run.

    ``known`` has them by name: arrays after the last step, and the initial values of matrix-free weights with the
    products drawn so far. ``state`` is the optimiser's. A matrix-free weight has ``rows`` of outer products, one block
    for each step, and ``coordinates`` [1 + rows]: of its initial value, then of each row. Where they are
    ``COORDINATES`` these are [1 + left rows, 1 + right rows], with axes of draws first.
    """

    known: dict[str, Any]
    state: Any
    rows: dict[str, Rows]
    coordinates: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Descent:
    """Steps of an ``optimizer`` on the weights of ``program`` at width ``n``.

    ``moves`` are those of weights that stay in factors after all steps, of which ``ranks`` are made by one step, and
    ``kinds`` says how. ``rates`` is Λ. ``xp`` is the namespace of all arrays; those of weights and rows have the axis
    ``draws`` first.
    """

    program: Graph
    optimizer: Optimizer
    n: int
    kind: Any
    batch: int
    rates: Mapping[str, float]
    moves: Moves
    ranks: Mapping[str, int]
    kinds: Mapping[str, InFactors]
    xp: Any
    draws: Type = ()

    def begin(self, known: Mapping[str, Any], moving: Collection[str]) -> Moving:
        """The state before the first step; ``moving`` are the weights that have a gradient."""
        rows = {name: self._no_rows(name) for name in self.ranks}
        initial = {name: self._initial(name) for name in self.ranks}
        arrays = {name: known[name] for name in moving if name not in self.ranks}
        begun = {**arrays, **{name: self._params(name, rows[name], initial[name]) for name in self.ranks}}
        return Moving(dict(known), self.optimizer.init(begun), rows, initial)

    def _no_rows(self, name: str) -> Rows:
        size = sizes(self.program.parameters[name], self.n)
        known = self.moves.rank[name], self.moves.columns.get(name, self.moves.rank[name])
        make = empty if self._mixed(name) else no_rows
        return Rows(*(make(self.xp, self._several, k, m, self.kind) for k, m in zip(known, size, strict=True)))

    def _initial(self, name: str) -> Any:
        """Coordinates of the initial weight."""
        if self._mixed(name):
            return initial(self.xp, self._several, self.moves.rank[name], self.moves.columns[name], self.kind)
        return written(self.xp.zeros(1 + self.moves.rank[name], self.kind), 0, 1)

    @property
    def _several(self) -> tuple[int, ...]:
        return tuple(a.at(self.n) for a in self.draws)

    def _mixed(self, name: str) -> bool:
        return self.kinds[name] is InFactors.COORDINATES

    def _params(self, name: str, rows: Rows, coordinates: Any) -> Any:
        """What stands for the weight ``name`` in updates."""
        if self.kinds[name] is InFactors.OUTER:
            return Outer.itself(*rows)
        return as_weight(coordinates, self._sides(name)) if self._mixed(name) else coordinates

    def _sides(self, name: str) -> Sides:
        parameter = self.program.parameters[name]
        return Sides(len(parameter.outs), len(parameter.ins))

    def after(self, moving: Moving, gradient: Parts, s: Any) -> Moving:
        """The state after step number ``s``; ``gradient`` is that of the sum of costs over the batch."""
        rows = dict(moving.rows)
        reads = [*gradient.leaves.values(), *(a for pair in gradient.rows.values() for a in pair)]
        gradients = {
            name: self._array(name, gradient, moving.known[name].shape) / self.batch
            for name in (*gradient.leaves, *gradient.rows)
            if name not in self.ranks
        }
        params = {name: self.whole(name, moving.known[name]) for name in gradients}
        norm = self._norm(gradients, gradient) if self.optimizer.clips else None
        places = {name: later_than(s * rank, *reads) for name, rank in self.ranks.items()}
        for name, start in places.items():
            params[name] = self._params(name, rows[name], moving.coordinates[name])
            rows[name], gradients[name] = self._taken(name, rows[name], gradient.rows[name], params[name], start)
        updates, state = self.optimizer.step(gradients, moving.state, params, self.rates, s, norm)
        arrays = {name: moving.known[name] + updates[name] for name in gradients if name not in self.ranks}
        coordinates = dict(moving.coordinates)
        for name, start in places.items():
            update, old = updates[name], coordinates[name]
            if isinstance(update, Outer):
                rows[name] = Rows(
                    *(written_rows(a, start, b, axis=-2) for a, b in zip(rows[name], update.factors, strict=True))
                )
                ones = self.xp.ones(self.ranks[name], self.kind)
                coordinates[name] = written_rows(old + update.share * old, 1 + start, ones)
            else:
                coordinates[name] = old + update.reshape(old.shape)
        return Moving({**moving.known, **arrays}, state, rows, coordinates)

    def _taken(self, name: str, rows: Rows, fresh: Rows, params: Any, start: Any) -> tuple[Rows, Any]:
        """The rows of a weight with ``fresh`` ones of a gradient, and the gradient as the optimiser takes it."""
        if self.kinds[name] is InFactors.OUTER:
            return rows, Outer(fresh.left / self.batch, fresh.right)
        if self._mixed(name):
            (left, a), (right, b) = (extended(*pair, start) for pair in zip(rows, fresh, strict=True))
            gradient = beside_initial(self.xp, product(a, b) / self.batch)
            return Rows(left, right), as_weight(gradient, self._sides(name))
        found = Rows(*(written_rows(old, start, new, axis=-2) for old, new in zip(rows, fresh, strict=True)))
        share = self.xp.full(self.ranks[name], 1 / self.batch, self.kind)
        return found, written_rows(self.xp.zeros_like(params), 1 + start, share)

    def _norm(self, arrays: Mapping[str, Any], gradient: Parts) -> Any:
        """The norm of the gradient of the mean cost, [...draws]."""
        squares: Any = sum(self._sides(name).squared(array) for name, array in arrays.items())
        squares += sum(Outer(*gradient.rows[name]).squared() / self.batch**2 for name in self.ranks)
        return self.xp.sqrt(squares)

    def whole(self, name: str, weight: Any) -> Any:
        """The array ``weight`` with the mean of its law, without which weights are kept; others as they are."""
        mean = self.program.parameters[name].law.mean
        return weight if mean is None or name in self.ranks else weight + self.xp.asarray(mean.at(self.n), self.kind)

    def inputs(self, moving: Moving) -> dict[str, Any]:
        """The inputs of a program with :attr:`moves`, beside its own."""
        found: dict[str, Any] = {}
        for name, (left, right) in moving.rows.items():
            parameter = self.program.parameters[name]
            for role, rows, axes in ((Role.LEFT, left, parameter.outs), (Role.RIGHT, right, parameter.ins)):
                found[Slot(role, name)] = rows.reshape((*rows.shape[:-1], *(a.at(self.n) for a in axes)))
            coordinates = moving.coordinates[name]
            found[Slot(Role.COEFFICIENTS, name)] = coordinates[..., 1:, 1:] if self._mixed(name) else coordinates[1:]
            if name in self.moves.shrinks:
                found[Slot(Role.SHRUNK, name)] = self._shrunk(name, moving)
        return found

    def _shrunk(self, name: str, moving: Moving) -> Any:
        """γ: one number, since all draws shrink alike."""
        coordinates = moving.coordinates[name]
        return coordinates[(0,) * coordinates.ndim]

    def random(self) -> frozenset[str]:
        """The :meth:`inputs` that are different in every draw."""
        if not self.draws:
            return frozenset()
        mixed = frozenset(Slot(Role.COEFFICIENTS, name) for name in self.ranks if self._mixed(name))
        return mixed | {Slot(role, name) for name in self.ranks for role in (Role.LEFT, Role.RIGHT)}

    def found(self, moving: Moving, values: Values) -> Values:
        """``values`` with gradients with respect to the present weights.

        Those of a program with moves are with respect to the initial weights, which are scaled where weights shrink.
        """
        if not self.moves.shrinks:
            return values
        rows = {
            name: Rows(left / self._shrunk(name, moving), right) if name in self.moves.shrinks else Rows(left, right)
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
