"""A run of gradient descent and of the linear model beside it (paper, eq. 10 and 11), as one JAX function.

θ(s + 1) = θ(s) - η v(s + 1), v(s + 1) = μ v(s) + Λ ∇C at the batch of step s, v(0) = 0. Weights that are arrays move as
arrays; those that are known by their products only keep every update as rows of outer products. The linear model
sees the same batches: its outputs move by the initial kernel, which is all that its parameters are good for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from tp.correlations.programs import metric
from tp.graph.axes import names
from tp.graph.graph import Graph
from tp.interpret import conditioned
from tp.interpret.backend import precision
from tp.interpret.engine import absent, chosen_engine
from tp.interpret.evaluate import stepper
from tp.interpret.gaussian import Gaussian
from tp.interpret.memory import WORD, live_entries
from tp.interpret.work import Questions, elsewhere, held_entries, products, questions, sizes
from tp.training.arrays import Parts, Rows, Values, inner, minus, reader
from tp.training.costs import Cost
from tp.training.programs import SEED, TARGET, Gradient, probe, step
from tp.transform.algebra import SAMPLES
from tp.transform.factored import factored
from tp.transform.moved import coefficients_of, left_of, right_of


@dataclass(frozen=True, eq=False)
class Path:
    """What is trained on. ``inputs[name]`` is [samples, ...] and ``targets`` [samples, ...axes of the output].

    ``batches`` [steps, batch] says which samples each step sees; the first ``probes`` samples are looked at after the
    steps ``looks``, rising, the first of which is 0.
    """

    inputs: Mapping[str, npt.NDArray[np.float64]]
    targets: npt.NDArray[np.float64]
    batches: npt.NDArray[np.int64]
    probes: int
    looks: tuple[int, ...]

    @property
    def steps(self) -> int:
        return len(self.batches)

    @property
    def samples(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, slots=True)
class Rule:
    """How the weights move: ``eta`` times the learning rates of the program, and the momentum."""

    cost: Cost
    eta: float
    momentum: float = 0.0


class Trainer:
    """A program with a path and a rule, ready to be run at any width.

    A run has, after every look: ``output`` and ``linear`` [looks, probes, components], ``kernel`` [looks, probes,
    probes] of the outputs' first direction, ``gradient`` (|Λ^{1/2}(∇F(s) - ∇F(0))| at the first probe), ``moved NAME``
    (root mean square over entries and probes); and for every step ``loss`` and ``linear loss``.
    """

    def __init__(self, program: Graph, path: Path, rule: Rule, features: Sequence[str] = ()) -> None:
        self.program = factored(program)
        self.path, self.rule = path, rule
        self.features = {name: self.program.names[name] for name in features}
        self._compiled: dict[tuple[int, str, str], Any] = {}

    @cached_property
    def _plain(self) -> tuple[Gradient, Gradient]:
        """Step and probe for weights that are all arrays; the ranks of the others are read off it."""
        return self._built({})

    @cached_property
    def _whole(self) -> Gradient:
        """Outputs and gradients of all samples."""
        return probe(self.program, self.path.samples, {}, {})

    def _built(self, rank: Mapping[str, int]) -> tuple[Gradient, Gradient]:
        batch = self.path.batches.shape[1]
        mine = step(self.program, self.rule.cost, batch, rank)
        return mine, probe(self.program, self.path.probes, rank, self.features)

    def _asked(self, n: int) -> dict[str, Questions]:
        """What all steps together ask of every weight."""
        mine, _ = self._plain
        asked = questions([(mine.graph, mine.roots)], n)
        return {name: Questions(q.groups * self.path.steps) for name, q in asked.items()}

    def absent(self, n: int, engine: str) -> frozenset[str]:
        """The weights that are not materialised at width ``n``."""
        return absent(self.program.parameters, self._asked(n), n, engine)

    def engine(self, n: int, engine: str) -> str:
        """Which engine runs at width ``n``: "conditioned" where at least one wide weight is not materialised."""
        return chosen_engine(self.absent(n, engine), engine)

    def words(self, n: int, engine: str) -> int:
        """Numbers in memory at once, about."""
        without, (mine, seen) = self.absent(n, engine), self._plain
        held = held_entries(self.program.parameters, questions([(mine.graph, mine.roots)], n), without, n)
        rank, room = mine.rank(), self._room(n)
        for name in without:
            both = sum(sizes(self.program.parameters[name], n))
            held += (self.path.steps * rank.get(name, 0) + sum(room.get(name, (0, 0)))) * both
        return held + live_entries([(g.graph, g.roots) for g in (mine, seen)], n)

    def cost(self, n: int, engine: str) -> float:
        """The work of one run, roughly in seconds on one slow core."""
        mine, _ = self._plain
        weights = products(self.program.parameters, self._asked(n), self.absent(n, engine), n)
        return weights + self.path.steps * elsewhere(mine.graph, mine.roots, n)

    def memory(self, n: int, dtype: str, engine: str) -> int:
        """Bytes that a run needs at width ``n``."""
        return self.words(n, engine) * WORD[dtype]

    def run(self, n: int, seeds: int, key: int, dtype: str, engine: str) -> dict[str, npt.NDArray[np.float64]]:
        """Runs number ``key``, ``key`` + 1, ..., each with weights of its own: arrays with a leading axis of seeds."""
        with precision(dtype) as kind:
            if (n, dtype, engine) not in self._compiled:
                self._compiled[n, dtype, engine] = jax.jit(self._one(n, kind, self.absent(n, engine)))
            one = self._compiled[n, dtype, engine]
            inputs = {name: jnp.asarray(a, kind) for name, a in self.path.inputs.items()}
            targets = jnp.asarray(self.path.targets, kind)
            found = [jax.device_get(one(jnp.asarray(key + i, jnp.uint32), inputs, targets)) for i in range(seeds)]
        return {name: np.stack([np.asarray(f[name], np.float64) for f in found]) for name in found[0]}

    def _room(self, n: int) -> dict[str, tuple[int, int]]:
        """Products of every weight and of its transpose that a run asks for."""
        mine, seen = self._plain
        whole, components = self._whole, self._components()
        room: dict[str, tuple[int, int]] = {}
        for part, times in ((mine, self.path.steps), (seen, len(self.path.looks)), (whole, components)):
            for name, q in questions([(part.graph, part.roots)], n).items():
                before = room.get(name, (0, 0))
                room[name] = (before[0] + times * q.vectors(False), before[1] + times * q.vectors(True))
        return room

    def _components(self) -> int:
        return int(np.prod(self.path.targets.shape[1:], dtype=int))

    def _rates(self, n: int) -> dict[str, float]:
        """Λ, by weight."""
        scale = metric(self.program)
        return {name: float(scale(name).at(n)) for name in self.program.parameters}

    def _one(self, n: int, kind: Any, without: frozenset[str]) -> Callable[..., dict[str, Any]]:
        plain, _ = self._plain
        per_step = {name: r for name, r in plain.rank().items() if name in without}
        room = self._room(n)
        steps, probes, looks = self.path.steps, self.path.probes, self.path.looks
        mine, seen = self._built({name: steps * r for name, r in per_step.items()})
        whole = self._whole
        evaluate, look, start = (stepper(g.graph, g.roots, n, kind) for g in (mine, seen, whole))
        read, read_look, read_start = (reader(g, n) for g in (mine, seen, whole))
        rates, eta, momentum = self._rates(n), self.rule.eta, self.rule.momentum
        components, samples = self._components(), self.path.samples
        batches = jnp.asarray(self.path.batches)
        when = jnp.asarray(looks)
        shapes = {p.name: [a.at(n) for a in (*p.outs, *p.ins)] for p in self.program.parameters.values()}
        sides = {name: sizes(self.program.parameters[name], n) for name in per_step}
        axes = {
            name: ([a.at(n) for a in p.outs], [a.at(n) for a in p.ins]) for name, p in self.program.parameters.items()
        }

        def fed(rows: Mapping[str, Rows], coefficients: Mapping[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = {}
            for name, (left, right) in rows.items():
                outs, ins = axes[name]
                found[left_of(name)] = left.reshape((-1, *outs))
                found[right_of(name)] = right.reshape((-1, *ins))
                found[coefficients_of(name)] = coefficients[name]
            return found

        def one(number: Any, inputs: Mapping[str, Any], targets: Any) -> dict[str, Any]:
            weights = conditioned.draw(self.program.parameters, n, jax.random.key(number), kind, without)
            weights = {
                name: w.with_room(*room.get(name, (0, 0))) if isinstance(w, Gaussian) else w
                for name, w in weights.items()
            }
            shape = targets.shape[1:]

            def seeds(count: int, component: Any) -> Any:
                return jnp.broadcast_to(jax.nn.one_hot(component, components, dtype=kind), (count, components)).reshape(
                    (count, *shape)
                )

            # The linear model: gradients of every sample and component, and their inner products.
            def gradients(known: dict[str, Any], component: Any) -> tuple[dict[str, Any], tuple[Any, Parts]]:
                given = {**sampled(inputs), SEED: ordered(seeds(samples, component), whole)}
                values, known = start(known, given)
                found = read_start(values)
                return known, (found.output.reshape((samples, components)), found.gradient)

            weights, (outputs, initial) = jax.lax.scan(gradients, weights, jnp.arange(components))
            initial = jax.tree.map(_joined, initial)
            # [components, samples, components, samples] -> [samples, components, samples, components]
            kernel = inner(initial, initial, rates).reshape((components, samples, components, samples))
            kernel = kernel.transpose(1, 0, 3, 2)
            linear = outputs[0]

            rows = {
                name: Rows(*(jnp.zeros((steps * r, size), kind) for size in sides[name]))
                for name, r in per_step.items()
            }
            none = {name: jnp.zeros(steps * r, kind) for name, r in per_step.items()}
            velocity = {name: jnp.zeros(shapes[name], kind) for name in self._moving(plain) if name not in without}
            direction = seeds(probes, 0)
            first = {name: a[:probes] for name, a in inputs.items()}

            def seen_now(known: dict[str, Any], rows: Any, coefficients: Any) -> tuple[dict[str, Any], Values]:
                given = {**sampled(first), SEED: ordered(direction, seen), **fed(rows, coefficients)}
                values, known = look(known, given)
                return known, read_look(values)

            weights, before = seen_now(weights, rows, none)

            def advance(s: Any, carry: tuple[Any, ...]) -> tuple[Any, ...]:
                known, rows, past, coefficients, velocity, linear, drive, records = carry
                picked = batches[s]
                wanted = targets[picked]
                given = {
                    **sampled({name: a[picked] for name, a in inputs.items()}),
                    TARGET: ordered(wanted, mine),
                    **fed(rows, coefficients),
                }
                values, known = evaluate(known, given)
                found = read(values)
                cost = jax.vmap(self.rule.cost)
                flat = wanted.reshape((len(wanted), components))
                batch = batches.shape[1]
                losses = [cost(y.reshape((batch, components)), flat).mean() for y in (found.output, linear[picked])]
                signal = jax.vmap(jax.grad(self.rule.cost))(linear[picked], flat) / batch
                drive = momentum * drive + jnp.einsum("scbd,bd->sc", kernel[:, :, picked], signal, precision="highest")
                linear = linear - eta * drive
                gradient = found.gradient
                known, velocity = dict(known), dict(velocity)
                for name in velocity:
                    if name in gradient.leaves:
                        change = gradient.leaves[name]
                    else:
                        left, right = gradient.rows[name]
                        change = jnp.matmul(left.T, right, precision="highest").reshape(shapes[name])
                    velocity[name] = momentum * velocity[name] + rates[name] / batch * change
                    known[name] = known[name] - eta * velocity[name]
                rows, past, coefficients = dict(rows), dict(past), dict(coefficients)
                for name, r in per_step.items():
                    at = (s * r, 0)
                    fresh = gradient.rows[name]
                    rows[name] = Rows(
                        *(
                            jax.lax.dynamic_update_slice(old, new, at)
                            for old, new in zip(rows[name], fresh, strict=True)
                        )
                    )
                    past[name] = jax.lax.dynamic_update_slice(momentum * past[name], jnp.ones(r, kind), (s * r,))
                    coefficients[name] = coefficients[name] - eta * rates[name] / batch * past[name]
                records = {**records, "loss": records["loss"].at[s].set(losses[0])}
                records["linear loss"] = records["linear loss"].at[s].set(losses[1])
                return known, rows, past, coefficients, velocity, linear, drive, records

            records = {
                "loss": jnp.zeros(steps, kind),
                "linear loss": jnp.zeros(steps, kind),
                "output": jnp.zeros((len(looks), probes, components), kind),
                "linear": jnp.zeros((len(looks), probes, components), kind),
                "kernel": jnp.zeros((len(looks), probes, probes), kind),
                "gradient": jnp.zeros(len(looks), kind),
                **{f"moved {name}": jnp.zeros(len(looks), kind) for name in self.features},
            }
            records = self._recorded(records, 0, before, before, linear, rates)
            carry = (weights, rows, none, none, velocity, linear, jnp.zeros_like(linear), records)

            def until(place: Any, carry: tuple[Any, ...]) -> tuple[Any, ...]:
                """Steps up to the look number ``place``, and the look."""
                carry = jax.lax.fori_loop(when[place - 1], when[place], advance, carry)
                known, rows, past, coefficients, velocity, linear, drive, records = carry
                known, now = seen_now(known, rows, coefficients)
                records = self._recorded(records, place, now, before, linear, rates)
                return known, rows, past, coefficients, velocity, linear, drive, records

            return jax.lax.fori_loop(1, len(looks), until, carry)[-1]

        return one

    def _moving(self, plain: Gradient) -> list[str]:
        return [*plain.gradient.leaves, *plain.gradient.factors]

    def _recorded(
        self,
        records: Mapping[str, Any],
        place: Any,
        now: Values,
        before: Values,
        linear: Any,
        rates: Mapping[str, float],
    ) -> dict[str, Any]:
        """``records`` with what is seen ``now`` at the look number ``place``."""
        probes = self.path.probes
        change = jax.tree.map(_first, minus(now.gradient, before.gradient))
        found = {
            "output": now.output.reshape((probes, -1)),
            "linear": linear[:probes],
            "kernel": inner(now.gradient, now.gradient, rates),
            "gradient": jnp.sqrt(jnp.maximum(inner(change, change, rates)[0, 0], 0.0)),
        }
        for name in self.features:
            found[f"moved {name}"] = jnp.sqrt(jnp.mean((now.features[name] - before.features[name]) ** 2))
        return {**records, **{name: records[name].at[place].set(value) for name, value in found.items()}}


def _joined(array: Any) -> Any:
    """The first two axes as one."""
    return array.reshape((-1, *array.shape[2:]))


def _first(array: Any) -> Any:
    return array[:1]


def sampled(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs [samples, ...] with the samples last, as graphs have them."""
    return {name: jnp.moveaxis(array, 0, -1) for name, array in inputs.items()}


def ordered(array: Any, of: Gradient) -> Any:
    """[samples, ...axes of the output] with the axes in the order of the output of ``of``."""
    place = names(of.graph.type(of.output)).index(SAMPLES)
    return jnp.moveaxis(array, 0, place)
