"""A run of the optimiser and of the linear model beside it (paper, eq. 10 and 11), by NumPy or compiled by JAX.

A run alternates between steps and looks. Its state is a :class:`Carry`. NumPy makes several runs side by side where
that pays: what differs between them then has an axis of draws, which is the first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tp.costs import find
from tp.experiments.training.evaluation import Evaluation, Values
from tp.experiments.training.gradients import inner, minus
from tp.experiments.training.linear_model import Line
from tp.experiments.training.observables import HESSIAN, HESSIAN_DRIFT
from tp.experiments.training.outline import Outline
from tp.experiments.training.prepared import Prepared
from tp.experiments.training.second_derivatives import Curvature
from tp.experiments.training.start import linear_model, spectrum
from tp.experiments.training.weights import Moving
from tp.graph.slot import Role, Slot
from tp.interpret.cost.path import Choice
from tp.matrix_free.control import chosen, repeated, written
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.streams import fold

TARGETS = "@targets"
"""The name of the targets among the arrays of a run."""


class Carry(NamedTuple):
    """The weights, the linear model, states of the iterations for second derivatives, and the records so far."""

    moving: Moving
    line: Line
    states: dict[str, Any]
    records: dict[str, Any]


class Ready(Prepared):
    """The parts of runs with the linear model beside them."""

    def __init__(self, outline: Outline, n: int, kind: Any, choice: Choice) -> None:
        super().__init__(outline, n, kind, choice)
        programs, random = (*outline.built(self.moves), outline.whole), self.descent.random()
        self.step, self.look, self.whole = (Evaluation(of, n, kind, self.xp, self.draws, random) for of in programs)
        second = outline.second(self.beside)
        self.curvature = None if second is None else Curvature(second, n, kind, self.xp, self.draws, tuple(random))

    def run(self, key: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        return _Run(self, key, data).shown()


class _Run:
    """One run with a stream of random numbers, or several with a tuple of streams."""

    def __init__(self, ready: Ready, key: Any, data: Mapping[str, Any]) -> None:
        self.ready, self.path, self.xp = ready, ready.path, ready.xp
        self.draws = tuple(a.at(ready.n) for a in ready.draws)
        self.targets = data[TARGETS]
        self.inputs = {name: array for name, array in data.items() if name != TARGETS}
        self.flat = self.targets.reshape((self.path.samples, self.path.components))
        weights = ready.draw(key)
        self.initial = {name: w for name, w in weights.items() if not isinstance(w, MatrixFree)}
        weights, self.linear = linear_model(
            ready.outline, ready.optimizer, ready.whole, weights, self.inputs, ready.rates, ready.beside
        )
        moving = ready.descent.begin(weights, ready.outline.moving)
        known, self.before = self._look(moving)
        states = {} if ready.curvature is None else ready.curvature.start(fold(key, 2**31 - 1))
        line = self.linear.begin({name: ready.descent.whole(name, weights[name]) for name in ready.outline.moving})
        self.begin = Carry(moving._replace(known=known), line, states, self._empty())

    def shown(self) -> dict[str, Any]:
        carry = self._recorded(self.begin, 0, self.before)
        carry = repeated(self.xp, 1, len(self.path.looks), self._until, carry)
        trained = self.linear.kernel[..., self.path.first :, :, self.path.first :, :]
        return {**carry.records, **spectrum(trained)}

    def _until(self, place: Any, carry: Carry) -> Carry:
        """Steps up to the look number ``place``, and the look."""
        when = self.xp.asarray(self.path.looks)
        carry = repeated(self.xp, when[place - 1], when[place], self._advance, carry)
        known, now = self._look(carry.moving)
        return self._recorded(carry._replace(moving=carry.moving._replace(known=known)), place, now)

    def _advance(self, s: Any, carry: Carry) -> Carry:
        """Step number ``s`` of both models."""
        moving, line, descent = carry.moving, carry.line, self.ready.descent
        picked = self.xp.asarray(self.path.batches)[s]
        batch = {name: a[picked] for name, a in self.inputs.items()}
        known, values = self.ready.step.step(moving.known, batch, self.targets[picked], descent.inputs(moving))
        found = descent.found(moving, values)
        outputs, targets = self._by_sample(found.output), self.flat[picked]
        cost = find(self.ready.outline.cost)
        first = self.path.first
        signal, curvature = self.linear.slopes(line.outputs[..., first:, :], self.flat[first:])
        seen = {
            "loss": cost.values(outputs, targets).mean(-1),
            "linear loss": cost.values(line.outputs[..., picked, :], targets).mean(-1),
            "signal": signal,
            "curvature": curvature,
        }
        moving = descent.after(moving._replace(known=dict(known)), found.gradient, s)
        return Carry(moving, self.linear.after(line, picked, targets, s), carry.states, self._written(carry, s, seen))

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
            **({} if self.ready.curvature is None else dict.fromkeys((HESSIAN, HESSIAN_DRIFT), (looks,))),
        }
        return {name: self.xp.zeros((*self.draws, *shape), self.ready.kind) for name, shape in shapes.items()}

    def _recorded(self, carry: Carry, place: Any, now: Values) -> Carry:
        """``carry`` with the records of the look number ``place``, whose values are ``now``."""
        probes, before, xp = self.path.probes, self.before, self.xp
        change = minus(now.gradient, before.gradient).of_first_sample()
        found = {
            "output": self._by_sample(now.output),
            "linear": carry.line.outputs[..., :probes, :],
            "kernel": inner(now.gradient, now.gradient, self.ready.rates),
            "gradient": xp.sqrt(xp.maximum(inner(change, change, self.ready.rates)[..., 0, 0], 0.0)),
        }
        for name in self.ready.outline.features:
            found[f"moved {name}"] = xp.sqrt(((now.features[name] - before.features[name]) ** 2).mean((-2, -1)))
        if self.ready.curvature is not None:
            norms, carry = self._curved(self.ready.curvature, carry, place)
            found |= norms
        return carry._replace(records=self._written(carry, place, found))

    def _curved(self, curvature: Curvature, carry: Carry, place: Any) -> tuple[dict[str, Any], Carry]:
        """Norms of second derivatives, 0 at looks that are not curved, and ``carry`` with the new products."""
        moving, xp = carry.moving, self.xp
        arrays = {
            w: moving.known[w] - a
            for w, a in self.initial.items()
            if w in self.ready.outline.moving and w not in self.ready.beside
        }
        at_start = {**moving.known, **self.initial, **{Slot(Role.MOVE, w): move for w, move in arrays.items()}}
        given = {**{name: a[0] for name, a in self.inputs.items()}, **self.ready.descent.inputs(moving)}
        along = (xp.arange(self.path.components) == 0).astype(self.ready.kind).reshape(self.targets.shape[1:])
        learning = {w: a for w, a in moving.known.items() if isinstance(a, MatrixFree) and a.learns}

        def look(learning: Any, states: Any) -> Any:
            norms, known, states = curvature.norms({**at_start, **learning}, given, along, states, place > 0)
            return norms, {w: known[w] for w in learning}, states

        def nothing(learning: Any, states: Any) -> Any:
            return {name: xp.zeros(self.draws, self.ready.kind) for name in (HESSIAN, HESSIAN_DRIFT)}, learning, states

        curved = xp.asarray([s in self.path.curved for s in self.path.looks])
        # Only weights that learn pass through the condition: copies of others would be expensive.
        norms, learning, states = chosen(xp, curved[place], look, nothing, learning, carry.states)
        return norms, carry._replace(moving=moving._replace(known={**moving.known, **learning}), states=states)

    def _by_sample(self, output: Any) -> Any:
        """Outputs [..., samples, ...axes] as [..., samples, components]."""
        return output.reshape((*output.shape[: len(self.draws) + 1], -1))

    def _written(self, carry: Carry, place: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """The records of ``carry`` with ``values`` at ``place``."""
        index = (*(slice(None) for _ in self.draws), place)
        return {**carry.records, **{name: written(carry.records[name], index, value) for name, value in values.items()}}
