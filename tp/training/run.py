"""A run of gradient descent and of the linear model beside it (paper, eq. 10 and 11), as one JAX function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from tp.correlations.programs import metric
from tp.correlations.streams import SEEDS, several
from tp.graph.axes import names
from tp.graph.graph import Graph
from tp.interpret import conditioned
from tp.interpret.backend import lanes, precision
from tp.interpret.engine import absent, chosen_engine
from tp.interpret.evaluate import stepper
from tp.interpret.gaussian import Gaussian
from tp.interpret.memory import WORD, live_entries
from tp.interpret.work import Questions, elsewhere, held_entries, products, questions, sizes
from tp.training.arrays import Parts, Values, inner, minus, reader
from tp.training.linear import Linear
from tp.training.path import Path
from tp.training.programs import SEED, TARGET, Gradient, probe, step
from tp.training.rule import Rule
from tp.training.second import CHANGE, NOW, USUAL_STEPS, Curvature, Second
from tp.training.weights import Descent, Moving, moves_of
from tp.transform.algebra import SAMPLES
from tp.transform.factored import factored
from tp.transform.moved import Moves, move_of

TARGETS = "@targets"
CARRIED = 1.25
"""What compiled loops need for arrays that they carry along, as a multiple of them: some are there twice."""


class Trainer:
    """A program with a path and a rule, ready to be run at any width.

    A run has, after every look: ``output`` and ``linear`` [looks, probes, components], ``kernel`` [looks, probes,
    probes] of the outputs' first direction, ``gradient`` (|Λ^{1/2}(∇F(s) - ∇F(0))| at the first probe), ``moved NAME``
    (root mean square over entries and probes), and where the path is curved ``hessian`` and ``hessian drift`` (norms of
    Λ^{1/2} ∇²F(s) Λ^{1/2} and of its change, likewise); for every step ``loss`` and ``linear loss``, ``signal`` and
    ``curvature`` (the largest |C'| and |C''| of the linear model at samples to be seen, before the step); and
    ``steepest``, the largest K_0(x, x) of a sample.
    """

    def __init__(self, program: Graph, path: Path, rule: Rule, features: Sequence[str] = ()) -> None:
        self.program = factored(program)
        self.path, self.rule = path, rule
        self.features = {name: self.program.names[name] for name in features}
        self._compiled: dict[tuple[int, str, str], Any] = {}

    def run(self, n: int, seeds: int, key: int, dtype: str, engine: str) -> dict[str, npt.NDArray[np.float64]]:
        """Runs number ``key``, ``key`` + 1, ..., each with weights of its own: arrays with a leading axis of seeds."""
        with precision(dtype) as kind:
            if (n, dtype, engine) not in self._compiled:
                one = _Ready(self, n, kind, self.absent(n, engine)).one
                self._compiled[n, dtype, engine] = jax.jit(several(one, lanes(self.words(n, engine), SEEDS)))
            runs = self._compiled[n, dtype, engine]
            data = {name: jnp.asarray(a, kind) for name, a in {**self.path.inputs, TARGETS: self.path.targets}.items()}
            parts = [
                jax.device_get(runs(jnp.asarray(key + i, jnp.uint32), min(SEEDS, seeds - i), data))
                for i in range(0, seeds, SEEDS)
            ]
        return {name: np.concatenate([np.asarray(p[name], np.float64) for p in parts])[:seeds] for name in parts[0]}

    def absent(self, n: int, engine: str) -> frozenset[str]:
        """The weights that are not materialised at width ``n``; none where second derivatives meet weight decay.

        There derivatives would be with respect to weights of which less is left.
        """
        if self.path.curved and self.rule.decay:
            return frozenset()
        return absent(self.program.parameters, self._asked(n), n, engine)

    def engine(self, n: int, engine: str) -> str:
        """Which engine runs at width ``n``: "conditioned" where at least one wide weight is not materialised."""
        return chosen_engine(self.absent(n, engine), engine)

    def words(self, n: int, engine: str) -> int:
        """Numbers in memory at once, about."""
        without, programs = self.absent(n, engine), self._programs()
        held = held_entries(self.program.parameters, questions([programs[0]], n), without, n)
        ranks, room = self.ranks(without), self.room(n, without)
        if self.path.curved:  # initial weights and moves, beside the weights as they are
            held += 2 * sum(
                math.prod(sizes(p, n)) for name, p in self.program.parameters.items() if name not in without
            )
        for name in without:
            vectors = self.path.steps * ranks.get(name, 0) + sum(room[name])
            held += int(CARRIED * vectors * sum(sizes(self.program.parameters[name], n)))
        return held + live_entries(programs, n)

    def cost(self, n: int, engine: str) -> float:
        """The work of one run, roughly in seconds on one slow core."""
        weights = products(self.program.parameters, self._asked(n), self.absent(n, engine), n)
        return weights + sum(times * elsewhere(*part, n) for part, times in self._parts())

    def memory(self, n: int, dtype: str, engine: str) -> int:
        """Bytes that a run needs at width ``n``."""
        return self.words(n, engine) * WORD[dtype]

    def built(self, moves: Moves) -> tuple[Gradient, Gradient]:
        """Step and probe for weights that have made ``moves``."""
        return (
            step(self.program, self.rule.cost, self.path.batch, moves),
            probe(self.program, self.path.probes, moves, self.features),
        )

    @cached_property
    def plain(self) -> tuple[Gradient, Gradient]:
        """Step and probe for weights that are all arrays; the ranks of the others are read off the first."""
        return self.built(Moves())

    @cached_property
    def whole(self) -> Gradient:
        """Outputs and gradients of all samples."""
        return probe(self.program, self.path.samples, Moves(), {}, radial=bool(self.rule.decay))

    def second(self, without: frozenset[str]) -> Second | None:
        """Second derivatives, for weights in ``without`` moved by rows and all others by arrays."""
        if not self.path.curved:
            return None
        if without not in self._seconds:
            moves = moves_of(self.rule, self.path.steps, self.ranks(without))
            arrays = frozenset(self.moving) - without
            self._seconds[without] = Second(self.program, Moves(moves.rank, arrays, moves.shrinks))
        return self._seconds[without]

    @cached_property
    def _seconds(self) -> dict[frozenset[str], Second]:
        return {}

    @property
    def moving(self) -> list[str]:
        """The weights that have a gradient."""
        gradient = self.plain[0].gradient
        return [*gradient.leaves, *gradient.factors]

    def ranks(self, without: frozenset[str]) -> dict[str, int]:
        """The outer products of one step of the weights in ``without``."""
        return {name: rank for name, rank in self.plain[0].rank().items() if name in without}

    def rates(self, n: int) -> dict[str, float]:
        """Λ, by weight."""
        scale = metric(self.program)
        return {name: float(scale(name).at(n)) for name in self.program.parameters}

    def room(self, n: int, without: frozenset[str]) -> dict[str, tuple[int, int]]:
        """Products of every weight in ``without`` and of its transpose that a run asks for at most."""
        room: dict[str, tuple[int, int]] = dict.fromkeys(without, (0, 0))
        second = self.second(without)
        curved = [] if second is None else [(part, second.room(bool(without))) for part in second.programs()]
        parts = [(part, times) for part, times in self._parts()[:3]]
        parts += [(part, times * len(self.path.curved)) for part, times in curved]
        for part, times in parts:
            for name, q in questions([part], n).items():
                if name in room:
                    before = room[name]
                    room[name] = (before[0] + times * q.vectors(False), before[1] + times * q.vectors(True))
        return room

    def _parts(self) -> list[tuple[tuple[Graph, list[int]], int]]:
        """Every graph that a run evaluates, with its roots, and how often; the first three for sure."""
        (mine, seen), whole = self.plain, self.whole
        second = self.second(frozenset())
        curved = [] if second is None else second.programs()
        return [
            ((mine.graph, mine.roots), self.path.steps),
            ((seen.graph, seen.roots), len(self.path.looks)),
            ((whole.graph, whole.roots), self.path.components),
            *((part, USUAL_STEPS * len(self.path.curved)) for part in curved),
        ]

    def _programs(self) -> list[tuple[Graph, list[int]]]:
        return [part for part, _ in self._parts()]

    def _asked(self, n: int) -> dict[str, Questions]:
        """What a run asks of every weight."""
        found: dict[str, Questions] = {}
        for part, times in self._parts():
            for name, q in questions([part], n).items():
                if name in self.program.parameters:
                    found.setdefault(name, Questions()).groups.extend(q.groups * times)
        return found


Carry = tuple[Moving, Any, dict[str, Any], dict[str, Any]]
"""The weights, the linear model, states of the iterations for second derivatives, and what was seen so far."""


class _Ready:
    """All of a run at width ``n`` that is known before it; weights in ``without`` are not materialised."""

    def __init__(self, trainer: Trainer, n: int, kind: Any, without: frozenset[str]) -> None:
        self.trainer, self.path, self.n, self.kind, self.without = trainer, trainer.path, n, kind, without
        self.rates = trainer.rates(n)
        path, ranks = trainer.path, trainer.ranks(without)
        self.descent = Descent(trainer.program, trainer.rule, n, kind, path.steps, path.batch, self.rates, ranks)
        self.mine, self.seen = trainer.built(self.descent.moves())
        self.whole = trainer.whole
        second = trainer.second(without)
        self.curvature = None if second is None else Curvature(second, n, kind)
        self.evaluate, self.look, self.start = (
            _evaluation(gradient, n, kind) for gradient in (self.mine, self.seen, self.whole)
        )

    def one(self, number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """What run number ``number`` shows; ``data`` are inputs and targets."""
        return _Run(self, number, data).shown()

    def draw(self, key: Any) -> dict[str, Any]:
        """Initial weights, with room for all that a run asks."""
        drawn = conditioned.draw(self.trainer.program.parameters, self.n, key, self.kind, self.without)
        room = self.trainer.room(self.n, self.without)
        return {name: w.with_room(*room[name]) if isinstance(w, Gaussian) else w for name, w in drawn.items()}


class _Run:
    """One run: number ``number``."""

    def __init__(self, ready: _Ready, number: Any, data: Mapping[str, Any]) -> None:
        self.ready, self.path = ready, ready.path
        self.targets = data[TARGETS]
        self.inputs = {name: array for name, array in data.items() if name != TARGETS}
        self.flat = self.targets.reshape((self.path.samples, self.path.components))
        key = jax.random.key(number)
        weights = ready.draw(key)
        self.initial = {name: w for name, w in weights.items() if not isinstance(w, Gaussian)}
        weights, self.linear = self._linear(weights)
        moving = ready.descent.begin(weights, ready.trainer.moving)
        known, self.before = self._look(moving)
        states = {} if ready.curvature is None else ready.curvature.start(jax.random.fold_in(key, 2**31 - 1))
        self.begin = (moving._replace(known=known), self.linear.begin(), states, self._empty())

    def shown(self) -> dict[str, Any]:
        carry = self._recorded(self.begin, 0, self.before)
        *_, records = jax.lax.fori_loop(1, len(self.path.looks), self._until, carry)
        return {**records, "steepest": jnp.max(jnp.einsum("scsc->sc", self.linear.kernel))}

    def _linear(self, weights: Mapping[str, Any]) -> tuple[dict[str, Any], Linear]:
        """The linear model: gradients of every sample and component, and their inner products."""
        samples, components = self.path.samples, self.path.components

        def gradients(known: dict[str, Any], component: Any) -> tuple[dict[str, Any], tuple[Any, Any, Parts]]:
            known, found = self.ready.start(known, {**_sampled(self.inputs), SEED: self._seed(samples, component)})
            radial = jnp.broadcast_to(jnp.asarray(found.radial, self.ready.kind), (samples,))
            return known, (found.output.reshape((samples, components)), radial, found.gradient)

        known, (outputs, radial, initial) = jax.lax.scan(gradients, dict(weights), jnp.arange(components))
        initial = jax.tree.map(_joined, initial)
        # [components, samples, components, samples] -> [samples, components, samples, components]
        kernel = inner(initial, initial, self.ready.rates).reshape((components, samples, components, samples))
        return known, Linear(self.ready.trainer.rule, outputs[0], radial.T, kernel.transpose(1, 0, 3, 2))

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
        cost = jax.vmap(self.ready.trainer.rule.cost)
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
        seed = self._seed(self.path.probes, 0, self.ready.seen)
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
            **{f"moved {name}": (looks,) for name in self.ready.trainer.features},
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
        for name in self.ready.trainer.features:
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
        arrays = {w: moving.known[w] - a for w, a in self.initial.items() if w in moving.velocity}
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

    def _seed(self, count: int, component: Any, of: Gradient | None = None) -> Any:
        """The output's ``component``, for each of ``count`` samples."""
        one = jax.nn.one_hot(component, self.path.components, dtype=self.ready.kind)
        return _ordered(
            jnp.broadcast_to(one, (count, len(one))).reshape((count, *self.targets.shape[1:])), of or self.ready.whole
        )


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
