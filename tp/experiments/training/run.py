"""A run of gradient descent and of the linear model beside it (paper, eq. 10 and 11), as one JAX function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from tp.costs import find
from tp.experiments.training.arrays import Parts, Values, inner, minus, reader
from tp.experiments.training.linear_model import Kernel, Line, LinearModel, Tangent
from tp.experiments.training.outline import Outline
from tp.experiments.training.programs import SEED, TARGET, Gradient
from tp.experiments.training.second_derivatives import CHANGE, NOW, Curvature
from tp.experiments.training.weights import Descent, Moving
from tp.graph.axes import SAMPLES, names
from tp.interpret.arrays import conditioned
from tp.interpret.arrays.evaluate import stepper
from tp.interpret.arrays.gaussian import Gaussian
from tp.transform.moved import move_of

TARGETS = "@targets"
"""The name of the targets among the arrays that a run is given."""

EIGENVALUES = 1024
"""Those of larger kernels would take longer than the run."""
Carry = tuple[Moving, Line, dict[str, Any], dict[str, Any]]
"""The weights, the linear model, states of the iterations for second derivatives, and what was seen so far."""


class Ready:
    """All of a run at width ``n`` that is known before it; weights in ``without`` are not materialised."""

    def __init__(self, outline: Outline, n: int, kind: Any, without: frozenset[str]) -> None:
        self.outline, self.path, self.n, self.kind, self.without = outline, outline.path, n, kind, without
        self.rates = outline.rates(n)
        path, ranks = outline.path, outline.ranks(without)
        self.descent = Descent(outline.program, outline.optimizer, n, kind, path.steps, path.batch, self.rates, ranks)
        self.mine, self.seen = outline.built(self.descent.moves())
        self.whole = outline.whole
        second = outline.second(without)
        self.curvature = None if second is None else Curvature(second, n, kind)
        self.evaluate, self.look, self.start = (
            _evaluation(gradient, n, kind) for gradient in (self.mine, self.seen, self.whole)
        )

    def one(self, number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """What run number ``number`` shows; ``data`` are inputs and targets."""
        return _Run(self, number, data).shown()

    def draw(self, key: Any) -> dict[str, Any]:
        """Initial weights, with room for all that a run asks."""
        drawn = conditioned.draw(self.outline.program.parameters, self.n, key, self.kind, self.without)
        room = self.outline.room(self.n, self.without)
        return {name: w.with_room(*room[name]) if isinstance(w, Gaussian) else w for name, w in drawn.items()}

    def linear(self, weights: Mapping[str, Any], inputs: Mapping[str, Any]) -> tuple[dict[str, Any], LinearModel]:
        """The linear model: gradients of every sample and component, and their inner products."""
        samples, components = self.path.samples, self.path.components

        def gradients(known: dict[str, Any], component: Any) -> tuple[dict[str, Any], tuple[Any, Any, Parts]]:
            known, found = self.start(known, {**_sampled(inputs), SEED: self.seed(samples, component, self.whole)})
            radial = jnp.broadcast_to(jnp.asarray(found.radial, self.kind), (samples,))
            return known, (found.output.reshape((samples, components)), radial, found.gradient)

        known, (outputs, radial, initial) = jax.lax.scan(gradients, dict(weights), jnp.arange(components))
        initial = jax.tree.map(_joined, initial)
        # [components, samples, components, samples] -> [samples, components, samples, components]
        kernel = inner(initial, initial, self.rates).reshape((components, samples, components, samples))
        optimizer, cost = self.outline.optimizer, find(self.outline.cost).function
        kernel = kernel.transpose(1, 0, 3, 2)
        if optimizer.linear:
            return known, Kernel(optimizer, cost, outputs[0], kernel, radial.T)
        return known, Tangent(optimizer, cost, outputs[0], kernel, initial, self.rates)

    def seed(self, count: int, component: Any, of: Gradient) -> Any:
        """What weighs the outputs of ``of`` to leave one ``component``, for ``count`` samples."""
        one = jax.nn.one_hot(component, self.path.components, dtype=self.kind)
        many = jnp.broadcast_to(one, (count, len(one))).reshape((count, *self.path.targets.shape[1:]))
        return _ordered(many, of)


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
        weights, self.linear = ready.linear(weights, self.inputs)
        moving = ready.descent.begin(weights, ready.outline.moving)
        known, self.before = self._look(moving)
        states = {} if ready.curvature is None else ready.curvature.start(jax.random.fold_in(key, 2**31 - 1))
        self.begin = (
            moving._replace(known=known),
            self.linear.begin({name: weights[name] for name in ready.outline.moving}),
            states,
            self._empty(),
        )

    def shown(self) -> dict[str, Any]:
        carry = self._recorded(self.begin, 0, self.before)
        *_, records = jax.lax.fori_loop(1, len(self.path.looks), self._until, carry)
        return {**records, **self._kernel()}

    def _kernel(self) -> dict[str, Any]:
        """The largest K_0(x, x) and the extreme eigenvalues, at the samples that are trained on."""
        seen = self.linear.kernel[self.path.unseen :, :, self.path.unseen :]
        steepest, size = jnp.max(jnp.einsum("scsc->sc", seen)), seen.shape[0] * seen.shape[1]
        if size > EIGENVALUES:
            unknown = jnp.asarray(jnp.nan, steepest.dtype)
            return {"steepest": steepest, "slowest": unknown, "fastest": unknown}
        values = jnp.linalg.eigvalsh(seen.reshape((size, size)))
        return {"steepest": steepest, "slowest": values[0], "fastest": values[-1]}

    def _until(self, place: Any, carry: Carry) -> Carry:
        """Steps up to the look number ``place``, and the look."""
        when = jnp.asarray(self.path.looks)
        moving, line, states, records = jax.lax.fori_loop(when[place - 1], when[place], self._advance, carry)
        known, now = self._look(moving)
        return self._recorded((moving._replace(known=known), line, states, records), place, now)

    def _advance(self, s: Any, carry: Carry) -> Carry:
        moving, line, states, records = carry
        picked = jnp.asarray(self.path.batches)[s]
        wanted = self.targets[picked]
        given = {
            **_sampled({name: a[picked] for name, a in self.inputs.items()}),
            TARGET: _ordered(wanted, self.ready.mine),
            **self.ready.descent.inputs(moving),
        }
        known, values = self.ready.evaluate(moving.known, given)
        found = self.ready.descent.found(moving, values)
        outputs = found.output.reshape((self.path.batch, self.path.components))
        cost = jax.vmap(find(self.ready.outline.cost).function)
        signal, curvature = self.linear.slopes(line.outputs[self.path.unseen :], self.flat[self.path.unseen :])
        seen = {
            "loss": cost(outputs, self.flat[picked]).mean(),
            "linear loss": cost(line.outputs[picked], self.flat[picked]).mean(),
            "signal": signal,
            "curvature": curvature,
        }
        records = {**records, **{name: records[name].at[s].set(value) for name, value in seen.items()}}
        line = self.linear.after(line, picked, self.flat[picked])
        moving = self.ready.descent.after(moving._replace(known=dict(known)), found.gradient, s)
        return moving, line, states, records

    def _look(self, moving: Moving) -> tuple[dict[str, Any], Values]:
        first = {name: a[: self.path.probes] for name, a in self.inputs.items()}
        seed = self.ready.seed(self.path.probes, 0, self.ready.seen)
        given = {**_sampled(first), SEED: seed, **self.ready.descent.inputs(moving)}
        known, values = self.ready.look(moving.known, given)
        return known, self.ready.descent.found(moving, values)

    def _empty(self) -> dict[str, Any]:
        """Room for all that is seen."""
        looks, steps, probes, components = (
            len(self.path.looks), self.path.steps, self.path.probes, self.path.components,
        )  # fmt: skip
        shapes: dict[str, tuple[int, ...]] = {
            **dict.fromkeys(("loss", "linear loss", "signal", "curvature"), (steps,)),
            **dict.fromkeys(("output", "linear"), (looks, probes, components)),
            "kernel": (looks, probes, probes),
            "gradient": (looks,),
            **{f"moved {name}": (looks,) for name in self.ready.outline.features},
            **({} if self.ready.curvature is None else dict.fromkeys((NOW, CHANGE), (looks,))),
        }
        return {name: jnp.zeros(shape, self.ready.kind) for name, shape in shapes.items()}

    def _recorded(self, carry: Carry, place: Any, now: Values) -> Carry:
        """``carry`` with what is seen ``now`` at the look number ``place``."""
        moving, line, states, records = carry
        probes, before = self.path.probes, self.before
        change = jax.tree.map(_first, minus(now.gradient, before.gradient))
        found = {
            "output": now.output.reshape((probes, -1)),
            "linear": line.outputs[:probes],
            "kernel": inner(now.gradient, now.gradient, self.ready.rates),
            "gradient": jnp.sqrt(jnp.maximum(inner(change, change, self.ready.rates)[0, 0], 0.0)),
        }
        for name in self.ready.outline.features:
            found[f"moved {name}"] = jnp.sqrt(jnp.mean((now.features[name] - before.features[name]) ** 2))
        if self.ready.curvature is not None:
            norms, known, states = self._curved(moving, states, place)
            moving, found = moving._replace(known=known), {**found, **norms}
        return moving, line, states, {**records, **{n: records[n].at[place].set(value) for n, value in found.items()}}

    def _curved(
        self, moving: Moving, states: dict[str, Any], place: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Norms of second derivatives, if the path is curved there; learned weights, and states."""
        curvature = self.ready.curvature
        assert curvature is not None
        arrays = {w: moving.known[w] - a for w, a in self.initial.items() if w in self.ready.outline.moving}
        at_start = {**moving.known, **self.initial, **{move_of(w): move for w, move in arrays.items()}}
        given = {**{name: a[0] for name, a in self.inputs.items()}, **self.ready.descent.inputs(moving)}
        shape = self.targets.shape[1:]
        along = jax.nn.one_hot(0, self.path.components, dtype=self.ready.kind).reshape(shape)
        learning = {w: a for w, a in moving.known.items() if isinstance(a, Gaussian)}

        def look(learning: Any, states: Any) -> Any:
            norms, known, states = curvature.norms({**at_start, **learning}, given, along, states, place > 0)
            return norms, {w: known[w] for w in learning}, states

        def nothing(learning: Any, states: Any) -> Any:
            return {name: jnp.zeros((), self.ready.kind) for name in (NOW, CHANGE)}, learning, states

        curved = jnp.asarray([s in self.path.curved for s in self.path.looks])
        # Only what is learned is carried through the condition: copies of weights that are arrays would be dear.
        norms, learning, states = jax.lax.cond(curved[place], look, nothing, learning, states)
        return norms, {**moving.known, **learning}, states


def _evaluation(of: Gradient, n: int, kind: Any) -> Callable[..., tuple[dict[str, Any], Values]]:
    """From weights and inputs to the weights with what was learned, and the values."""
    evaluate, read = stepper(of.graph, of.roots, n, kind), reader(of, n)

    def run(weights: Mapping[str, Any], inputs: Mapping[str, Any]) -> tuple[dict[str, Any], Values]:
        values, known = evaluate(weights, inputs)
        return known, read(values)

    return run


def _joined(array: Any) -> Any:
    """The first two axes as one."""
    return array.reshape((-1, *array.shape[2:]))


def _first(array: Any) -> Any:
    return array[:1]


def _sampled(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs [samples, ...] with the samples last, as graphs have them."""
    return {name: jnp.moveaxis(array, 0, -1) for name, array in inputs.items()}


def _ordered(array: Any, of: Gradient) -> Any:
    """[samples, ...axes of the output] with the axes in the order of the output of ``of``."""
    place = names(of.graph.type(of.output)).index(SAMPLES)
    return jnp.moveaxis(array, 0, place)
