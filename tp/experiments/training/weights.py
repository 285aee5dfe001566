"""How weights move: θ(s + 1) = (1 - ηλ) θ(s) - η v(s + 1), v(s + 1) = μ v(s) + Λ ∇C.

This is the paper's eq. 10 with momentum and decay (Loshchilov and Hutter's: the same share of every weight).
Weights that are arrays move as arrays. Those that are known by their products only stay what they are, and every update
is kept beside them as rows of outer products, each with a coefficient.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from tp.experiments.training.arrays import Parts, Rows, Values
from tp.experiments.training.rule import Rule
from tp.graph.graph import Graph
from tp.interpret.arrays.gaussian import later_than
from tp.interpret.cost.work import sizes
from tp.transform.moved import SHRUNK, Moves, coefficients_of, left_of, right_of


class Moving(NamedTuple):
    """Weights on their way. ``known`` has them by name: arrays as they are now, others with what was learned of them.

    ``velocity`` belongs to the arrays. Of the others, ``past`` and ``coefficients`` say how much of each of their
    ``rows`` is in the velocity and in the weight, and ``shrunk`` how much is left of the initial one.
    """

    known: dict[str, Any]
    velocity: dict[str, Any]
    rows: dict[str, Rows]
    past: dict[str, Any]
    coefficients: dict[str, Any]
    shrunk: Any


@dataclass(frozen=True, slots=True)
class Descent:
    """``steps`` of gradient descent of ``program`` at width ``n``.

    ``ranks`` has, for the weights that are not materialised, the outer products of one step; ``rates`` is Λ.
    """

    program: Graph
    rule: Rule
    n: int
    kind: Any
    steps: int
    batch: int
    rates: Mapping[str, float]
    ranks: Mapping[str, int]

    def moves(self) -> Moves:
        return moves_of(self.rule, self.steps, self.ranks)

    def begin(self, known: Mapping[str, Any], moving: Collection[str]) -> Moving:
        """Before the first step; ``moving`` are the weights that have a gradient."""
        ranks = {name: self.steps * rank for name, rank in self.ranks.items()}
        rows = {
            name: Rows(*(jnp.zeros((rank, size), self.kind) for size in sizes(self.program.parameters[name], self.n)))
            for name, rank in ranks.items()
        }
        none = {name: jnp.zeros(rank, self.kind) for name, rank in ranks.items()}
        velocity = {name: jnp.zeros_like(known[name]) for name in moving if name not in ranks}
        return Moving(dict(known), velocity, rows, none, dict(none), jnp.ones((), self.kind))

    def after(self, moving: Moving, gradient: Parts, s: Any) -> Moving:
        """After step number ``s``, whose ``gradient`` is that of the costs summed over a batch."""
        rule = self.rule
        known, velocity = dict(moving.known), dict(moving.velocity)
        for name in velocity:
            change = self._array(name, gradient)
            velocity[name] = rule.momentum * velocity[name] + self.rates[name] / self.batch * change
            known[name] = self._kept(known[name]) - rule.eta * velocity[name]
        rows, past, coefficients = dict(moving.rows), dict(moving.past), dict(moving.coefficients)
        reads = [*jax.tree.leaves(gradient)]
        for name, rank in self.ranks.items():
            start = later_than(s * rank, *reads)
            pairs = zip(rows[name], gradient.rows[name], strict=True)
            rows[name] = Rows(*(jax.lax.dynamic_update_slice_in_dim(old, new, start, 0) for old, new in pairs))
            fresh = jnp.ones(rank, self.kind)
            past[name] = jax.lax.dynamic_update_slice(rule.momentum * past[name], fresh, (s * rank,))
            step = rule.eta * self.rates[name] / self.batch * past[name]
            coefficients[name] = self._kept(coefficients[name]) - step
        return Moving(known, velocity, rows, past, coefficients, self._kept(moving.shrunk))

    def inputs(self, moving: Moving) -> dict[str, Any]:
        """What a program with :meth:`moves` is given."""
        found: dict[str, Any] = {}
        for name, (left, right) in moving.rows.items():
            parameter = self.program.parameters[name]
            found[left_of(name)] = left.reshape((-1, *(a.at(self.n) for a in parameter.outs)))
            found[right_of(name)] = right.reshape((-1, *(a.at(self.n) for a in parameter.ins)))
            found[coefficients_of(name)] = moving.coefficients[name]
        return {**found, SHRUNK: moving.shrunk} if self.rule.decay else found

    def found(self, moving: Moving, values: Values) -> Values:
        """``values`` with gradients that are with respect to the weights as they are.

        Those of a program with moves are with respect to initial weights, of which less is left.
        """
        if not self.rule.decay:
            return values
        rows = {
            name: Rows(left / moving.shrunk, right) if name in self.ranks else Rows(left, right)
            for name, (left, right) in values.gradient.rows.items()
        }
        return values._replace(gradient=Parts(values.gradient.leaves, rows))

    def _array(self, name: str, gradient: Parts) -> Any:
        if name in gradient.leaves:
            return gradient.leaves[name]
        left, right = gradient.rows[name]
        parameter = self.program.parameters[name]
        matrix = jnp.matmul(left.T, right, precision="highest")
        return matrix.reshape([a.at(self.n) for a in (*parameter.outs, *parameter.ins)])

    def _kept(self, array: Any) -> Any:
        return self.rule.kept * array if self.rule.decay else array


def moves_of(rule: Rule, steps: int, ranks: Mapping[str, int]) -> Moves:
    """The moves of ``steps`` steps for weights with ``ranks`` outer products a step."""
    return Moves({name: steps * rank for name, rank in ranks.items()}, shrinks=bool(rule.decay))
