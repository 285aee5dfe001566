"""A run of the optimiser and of the linear model beside it (paper, eq. 10 and 11), as one JAX function.

A run alternates between steps and looks. Its state is a :class:`Carry`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from tp.costs import find
from tp.experiments.training.evaluation import Evaluation, Values
from tp.experiments.training.gradients import inner, minus
from tp.experiments.training.linear_model import Line
from tp.experiments.training.outline import Outline
from tp.experiments.training.second_derivatives import CHANGE, NOW, Curvature
from tp.experiments.training.start import linear_model, spectrum
from tp.experiments.training.weights import Descent, Moving
from tp.graph.slot import Role, Slot
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.conditioned_matrix import Gaussian

TARGETS = "@targets"
"""The name of the targets among the arrays of a run."""


class Carry(NamedTuple):
    """The weights, the linear model, states of the iterations for second derivatives, and the records so far."""

    moving: Moving
    line: Line
    states: dict[str, Any]
    records: dict[str, Any]


class Ready:
    """The parts of runs at width ``n`` that all draws share; weights in ``without`` are matrix-free."""

    def __init__(self, outline: Outline, n: int, kind: Any, without: frozenset[str]) -> None:
        self.outline, self.path, self.n, self.kind, self.without = outline, outline.path, n, kind, without
        self.rates = outline.rates(n)
        path, ranks = outline.path, outline.ranks(without)
        self.optimizer = outline.optimizer.at(n)
        self.descent = Descent(outline.program, self.optimizer, n, kind, path.steps, path.batch, self.rates, ranks)
        self.step, self.look, self.whole = (
            Evaluation(of, n, kind) for of in (*outline.built(self.descent.moves()), outline.whole)
        )
        second = outline.second(without)
        self.curvature = None if second is None else Curvature(second, n, kind)

    def one(self, number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """The arrays of ``Trainer.runs`` for run ``number``; ``data`` are inputs and targets [samples, ...]."""
        return _Run(self, number, data).shown()

    def draw(self, key: Any) -> dict[str, Any]:
        """Initial weights, with room for all products that a run needs."""
        drawn = initial_weights.draw(self.outline.program.parameters, self.n, key, self.kind, self.without)
        room = self.outline.room(self.n, self.without)
        return {name: w.with_room(*room[name]) if isinstance(w, Gaussian) else w for name, w in drawn.items()}


class _Run:
    """One run: number ``number``."""

    def __init__(self, ready: Ready, number: Any, data: Mapping[str, Any]) -> None:
        self.ready, self.path = ready, ready.path
        self.targets = data[TARGETS]
        self.inputs = {name: array for name, array in data.items() if name != TARGETS}
        self.flat = self.targets.reshape((self.path.samples, self.path.components))
        key = jax.random.key(number)
        weights = ready.draw(key)
        self.initial = {name: w for name, w in weights.items() if not isinstance(w, Gaussian)}
        weights, self.linear = linear_model(
            ready.outline, ready.optimizer, ready.whole, weights, self.inputs, ready.rates
        )
        moving = ready.descent.begin(weights, ready.outline.moving)
        known, self.before = self._look(moving)
        states = {} if ready.curvature is None else ready.curvature.start(jax.random.fold_in(key, 2**31 - 1))
        line = self.linear.begin({name: ready.descent.whole(name, weights[name]) for name in ready.outline.moving})
        self.begin = Carry(moving._replace(known=known), line, states, self._empty())

    def shown(self) -> dict[str, Any]:
        carry = self._recorded(self.begin, 0, self.before)
        carry = jax.lax.fori_loop(1, len(self.path.looks), self._until, carry)
        trained = self.linear.kernel[self.path.unseen :, :, self.path.unseen :]
        return {**carry.records, **spectrum(trained)}

    def _until(self, place: Any, carry: Carry) -> Carry:
        """Steps up to the look number ``place``, and the look."""
        when = jnp.asarray(self.path.looks)
        carry = jax.lax.fori_loop(when[place - 1], when[place], self._advance, carry)
        known, now = self._look(carry.moving)
        return self._recorded(carry._replace(moving=carry.moving._replace(known=known)), place, now)

    def _advance(self, s: Any, carry: Carry) -> Carry:
        """Step number ``s`` of both models."""
        moving, line, descent = carry.moving, carry.line, self.ready.descent
        picked = jnp.asarray(self.path.batches)[s]
        batch = {name: a[picked] for name, a in self.inputs.items()}
        known, values = self.ready.step.step(moving.known, batch, self.targets[picked], descent.inputs(moving))
        found = descent.found(moving, values)
        outputs, targets = found.output.reshape((self.path.batch, self.path.components)), self.flat[picked]
        cost = jax.vmap(find(self.ready.outline.cost).function)
        signal, curvature = self.linear.slopes(line.outputs[self.path.unseen :], self.flat[self.path.unseen :])
        seen = {
            "loss": cost(outputs, targets).mean(),
            "linear loss": cost(line.outputs[picked], targets).mean(),
            "signal": signal,
            "curvature": curvature,
        }
        moving = descent.after(moving._replace(known=dict(known)), found.gradient, s)
        return Carry(moving, self.linear.after(line, picked, targets), carry.states, _written(carry.records, s, seen))

    def _look(self, moving: Moving) -> tuple[dict[str, Any], Values]:
        """Values at the probes, with gradients of the first component."""
        first = {name: a[: self.path.probes] for name, a in self.inputs.items()}
        known, values = self.ready.look.component(moving.known, first, 0, self.ready.descent.inputs(moving))
        return known, self.ready.descent.found(moving, values)

    def _empty(self) -> dict[str, Any]:
        """Zero arrays for all records."""
        path, looks = self.path, len(self.path.looks)
        shapes: dict[str, tuple[int, ...]] = {
            **dict.fromkeys(("loss", "linear loss", "signal", "curvature"), (path.steps,)),
            **dict.fromkeys(("output", "linear"), (looks, path.probes, path.components)),
            "kernel": (looks, path.probes, path.probes),
            "gradient": (looks,),
            **{f"moved {name}": (looks,) for name in self.ready.outline.features},
            **({} if self.ready.curvature is None else dict.fromkeys((NOW, CHANGE), (looks,))),
        }
        return {name: jnp.zeros(shape, self.ready.kind) for name, shape in shapes.items()}

    def _recorded(self, carry: Carry, place: Any, now: Values) -> Carry:
        """``carry`` with the records of the look number ``place``, whose values are ``now``."""
        probes, before = self.path.probes, self.before
        change = jax.tree.map(_first, minus(now.gradient, before.gradient))
        found = {
            "output": now.output.reshape((probes, -1)),
            "linear": carry.line.outputs[:probes],
            "kernel": inner(now.gradient, now.gradient, self.ready.rates),
            "gradient": jnp.sqrt(jnp.maximum(inner(change, change, self.ready.rates)[0, 0], 0.0)),
        }
        for name in self.ready.outline.features:
            found[f"moved {name}"] = jnp.sqrt(jnp.mean((now.features[name] - before.features[name]) ** 2))
        if self.ready.curvature is not None:
            norms, carry = self._curved(self.ready.curvature, carry, place)
            found |= norms
        return carry._replace(records=_written(carry.records, place, found))

    def _curved(self, curvature: Curvature, carry: Carry, place: Any) -> tuple[dict[str, Any], Carry]:
        """Norms of second derivatives, 0 at looks that are not curved, and ``carry`` with the new products."""
        moving = carry.moving
        arrays = {w: moving.known[w] - a for w, a in self.initial.items() if w in self.ready.outline.moving}
        at_start = {**moving.known, **self.initial, **{Slot(Role.MOVE, w): move for w, move in arrays.items()}}
        given = {**{name: a[0] for name, a in self.inputs.items()}, **self.ready.descent.inputs(moving)}
        along = jax.nn.one_hot(0, self.path.components, dtype=self.ready.kind).reshape(self.targets.shape[1:])
        learning = {w: a for w, a in moving.known.items() if isinstance(a, Gaussian)}

        def look(learning: Any, states: Any) -> Any:
            norms, known, states = curvature.norms({**at_start, **learning}, given, along, states, place > 0)
            return norms, {w: known[w] for w in learning}, states

        def nothing(learning: Any, states: Any) -> Any:
            return {name: jnp.zeros((), self.ready.kind) for name in (NOW, CHANGE)}, learning, states

        curved = jnp.asarray([s in self.path.curved for s in self.path.looks])
        # Only matrix-free weights pass through the condition: copies of weights that are arrays would be expensive.
        norms, learning, states = jax.lax.cond(curved[place], look, nothing, learning, carry.states)
        return norms, carry._replace(moving=moving._replace(known={**moving.known, **learning}), states=states)


def _first(array: Any) -> Any:
    """The array of the first sample, still with an axis of samples."""
    return array[:1]


def _written(records: Mapping[str, Any], place: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """``records`` with ``values`` at ``place``."""
    return {**records, **{name: records[name].at[place].set(value) for name, value in values.items()}}
