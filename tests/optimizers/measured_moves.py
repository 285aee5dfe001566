"""What a few steps of training move, measured on nets that need no code of training.

A net gives weights, values and gradients; the rules of :mod:`plain_rules` move the weights. :class:`Layers` is a
perceptron written by hand in NumPy. :class:`Written` is any program in the language, through ``Model.apply``'s
evaluator and the gradient of JAX.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from tests.optimizers.plain_rules import Array, Power, Rule

if TYPE_CHECKING:
    from tp import Model

Weights = dict[str, Array]
NOTHING = Power(0.0)


class Net(Protocol):
    """``outs`` are the numbers of output axes of the weights."""

    @property
    def outs(self) -> Mapping[str, int]: ...

    def rates(self, n: int) -> Mapping[str, float]: ...

    def draw(self, n: int, seed: int) -> Weights: ...

    def inputs(self, count: int, seed: int) -> Any:
        """``count`` samples."""

    def values(self, n: int, weights: Weights, x: Any) -> tuple[Array, Mapping[str, Array]]:
        """F by sample, and features by name with samples first."""
        ...

    def gradient(self, n: int, weights: Weights, x: Any, errors: Array) -> Weights:
        """That of the mean over samples of ``errors`` times F."""
        ...


def generic(generator: np.random.Generator, count: int, shape: tuple[int, ...]) -> Array:
    """Correlated samples of root mean square one."""
    common = 0.5 + generator.standard_normal(shape)
    x = common + 0.8 * generator.standard_normal((count, *shape))
    return x / np.sqrt(np.mean(x**2, axis=tuple(range(1, x.ndim)), keepdims=True) + 1e-300)


@dataclass(frozen=True)
class Layers:
    """Two hidden layers: W = n^-a w, entries of w of deviation n^-b, rates n^-c, each for input, hidden, readout."""

    a: tuple[float, float, float]
    b: tuple[float, float, float]
    c: tuple[float, float, float]
    phi: str = "tanh"
    size: int = 8
    names: ClassVar = ("U", "W", "v")

    @property
    def outs(self) -> dict[str, int]:
        """The readout is one row."""
        return {"U": 1, "W": 1, "v": 0}

    def rates(self, n: int) -> dict[str, float]:
        return {name: float(n) ** -c for name, c in zip(self.names, self.c, strict=True)}

    def draw(self, n: int, seed: int) -> Weights:
        generator = np.random.default_rng((seed, n))
        shapes = ((n, self.size), (n, n), (n,))
        return {
            name: generator.standard_normal(shape) * float(n) ** -b
            for name, shape, b in zip(self.names, shapes, self.b, strict=True)
        }

    def inputs(self, count: int, seed: int) -> Array:
        return generic(np.random.default_rng((7, seed)), count, (self.size,))

    def _act(self, z: Array) -> Array:
        return np.tanh(z) if self.phi == "tanh" else np.maximum(z, 0)

    def _slope(self, z: Array) -> Array:
        return 1 - np.tanh(z) ** 2 if self.phi == "tanh" else (z > 0).astype(float)

    def _run(self, n: int, w: Weights, x: Array) -> tuple[Array, Array, Array]:
        act = self._act
        one = x @ w["U"].T * float(n) ** -self.a[0] / self.size**0.5
        two = act(one) @ w["W"].T * float(n) ** -self.a[1]
        return one, two, act(two) @ w["v"] * float(n) ** -self.a[2]

    def values(self, n: int, weights: Weights, x: Array) -> tuple[Array, dict[str, Array]]:
        one, two, f = self._run(n, weights, x)
        return f, {"h1": one, "h2": two}

    def gradient(self, n: int, weights: Weights, x: Array, errors: Array) -> Weights:
        one, two, _ = self._run(n, weights, x)
        act, slope = self._act, self._slope
        s = [float(n) ** -a for a in self.a]
        e = errors[:, None] / len(errors)
        back = e * s[2] * weights["v"] * slope(two)
        first = back @ weights["W"] * s[1] * slope(one)
        return {
            "U": first.T @ x * s[0] / self.size**0.5,
            "W": back.T @ act(one) * s[1],
            "v": s[2] * (e * act(two)).sum(0),
        }


class Written:
    """A program in the language. Several components of the output are one sum with generic positive weights."""

    def __init__(
        self, text: str | Model, features: Mapping[str, int] | None = None, like: Written | None = None
    ) -> None:
        """A program as text or as a model.

        ``like`` is the same program but for laws without means and for rates: its compiled functions are used.
        """
        import tp

        self.model = tp.parse(text) if isinstance(text, str) else text
        graph = self.model.graph
        self.features = dict(graph.names if features is None else features)
        self.outs = {name: len(p.outs) for name, p in graph.parameters.items()}
        self._compiled: dict[int, tuple[Any, Any]] = {} if like is None else like._compiled

    def rates(self, n: int) -> dict[str, float]:
        graph = self.model.graph
        return {name: graph.learning_rate.at(n) * p.rate.at(n) for name, p in graph.parameters.items()}

    def draw(self, n: int, seed: int) -> Weights:
        import jax

        with jax.enable_x64(True):
            drawn = self.model.init(jax.random.fold_in(jax.random.key(seed), n), n, "float64")
        return {name: np.asarray(w) for name, w in drawn.items()}

    def inputs(self, count: int, seed: int) -> dict[str, Array]:
        generator = np.random.default_rng((7, seed))
        axes = self.model.inputs.items()
        return {name: generic(generator, count, tuple(a.at(1) for a in shape)) for name, shape in axes}

    @cached_property
    def _mix(self) -> list[Any]:
        graph = self.model.graph
        generator = np.random.default_rng(5)
        return [generator.uniform(0.5, 1.5, tuple(a.at(1) for a in graph.type(i))) for i in graph.outputs.values()]

    def _functions(self, n: int) -> tuple[Any, Any]:
        if n not in self._compiled:
            import jax
            import jax.numpy as jnp

            from tp.interpret.arrays.evaluate import evaluator

            graph = self.model.graph
            roots = list(graph.outputs.values())
            run = evaluator(graph, roots + list(self.features.values()), n, jnp.float64)
            only = evaluator(graph, roots, n, jnp.float64)

            def scalar(values: list[Any]) -> Any:
                return sum(jnp.sum(m * v) for m, v in zip(self._mix, values, strict=False))

            def one(w: Any, x: Any) -> Any:
                values = run(w, x)
                return scalar(values), values[len(roots) :]

            def alone(w: Any, x: Any) -> Any:
                return scalar(only(w, x))

            def cost(w: Any, x: Any, e: Any) -> Any:
                return jnp.mean(e * jax.vmap(alone, in_axes=(None, 0))(w, x))

            self._compiled[n] = jax.jit(jax.vmap(one, in_axes=(None, 0))), jax.jit(jax.grad(cost))
        return self._compiled[n]

    def values(self, n: int, weights: Weights, x: Any) -> tuple[Array, dict[str, Array]]:
        import jax

        with jax.enable_x64(True):
            f, found = self._functions(n)[0](weights, x)
            return np.asarray(f), {k: np.asarray(v) for k, v in zip(self.features, found, strict=True)}

    def gradient(self, n: int, weights: Weights, x: Any, errors: Array) -> Weights:
        import jax

        with jax.enable_x64(True):
            found = self._functions(n)[1](weights, x, errors)
            return {k: np.asarray(v) for k, v in found.items()}


OTHERS = 8
"""Inputs that are not trained on."""


def size(values: Array) -> float:
    """The root mean square."""
    return float(np.sqrt(np.mean(values**2)))


@dataclass(frozen=True)
class Run:
    """``steps`` steps on one batch of ``batch`` samples, or on a ``fresh`` one each.

    Error signals are one, or F - y with targets y of order one (``squared``). ``rule`` may differ between weights.
    ``decay`` is decoupled: a weight shrinks by 1 - ηλ. ``clip`` bounds the norm of all gradients together.
    """

    rule: Rule | Mapping[str, Rule]
    steps: int = 1
    batch: int = 2
    eta: float = 0.1
    squared: bool = False
    fresh: bool = False
    decay: Power = NOTHING
    clip: Power | None = None
    linear: bool = field(default=False)
    """Whether the linear model is run beside it, with error signals one."""

    def measure(self, net: Net, n: int, seed: int) -> dict[str, float]:
        """Root mean squares at width ``n``: of F, of its changes on the first batch and elsewhere, of F - F_lin on the
        first batch, and of features and their moves on the first batch."""
        start = net.draw(n, seed)
        rates = net.rates(n)
        first = net.inputs(self.batch, seed)
        other = net.inputs(OTHERS, seed + 100_000)
        targets = 1 + np.random.default_rng((3, seed)).uniform(0, 1, self.batch)
        steps = {k: self._rule(k)(n, net.outs[k]) for k in start}
        along = {k: self._rule(k)(n, net.outs[k]) for k in start}
        f0, h0 = net.values(n, start, first)
        g0, _ = net.values(n, start, other)
        weights, straight = dict(start), dict(start)
        for step in range(self.steps):
            x = net.inputs(self.batch, seed + 1000 * step) if self.fresh else first
            errors = np.ones(self.batch)
            if self.squared:
                errors = net.values(n, weights, x)[0] - targets
            weights = self._moved(net, n, weights, net.gradient(n, weights, x, errors), steps, rates)
            if self.linear:
                flat = net.gradient(n, start, x, np.ones(self.batch))
                straight = self._moved(net, n, straight, flat, along, rates)
        f1, h1 = net.values(n, weights, first)
        g1, _ = net.values(n, weights, other)
        out = {"F": size(np.concatenate([f0, g0])), "change": size(f1 - f0), "elsewhere": size(g1 - g0)}
        if self.linear:
            slope = [net.gradient(n, start, first, e * self.batch) for e in np.eye(self.batch)]
            along_f = [sum(float(np.sum(one[k] * (straight[k] - start[k]))) for k in start) for one in slope]
            out["F - F_lin"] = size(f1 - f0 - np.array(along_f))
        for name, value in h0.items():
            out[f"move of {name}"] = size(h1[name] - value)
            out[f"size of {name}"] = size(value)
        return out

    def _rule(self, name: str) -> Rule:
        return self.rule[name] if isinstance(self.rule, Mapping) else self.rule

    def _moved(
        self,
        net: Net,
        n: int,
        weights: Weights,
        gradient: Weights,
        steps: Mapping[str, Any],
        rates: Mapping[str, float],
    ) -> Weights:
        if self.clip is not None:
            norm = np.sqrt(sum(float(np.sum(g**2)) for g in gradient.values()))
            gradient = {k: g * min(1.0, self.clip.at(n) / norm) for k, g in gradient.items()}
        kept = 1 - self.eta * self.decay.at(n)
        return {k: kept * w - self.eta * rates[k] * steps[k](gradient[k], w) for k, w in weights.items()}


@dataclass(frozen=True)
class Slopes:
    """Sizes by quantity, width and seed."""

    widths: tuple[int, ...]
    sizes: Mapping[str, Array]
    """[widths, seeds] by quantity."""

    def slope(self, name: str, first: int = 0) -> tuple[float, float]:
        """Slope of the mean logarithm over widths, from number ``first`` on, and its standard error."""
        logs = np.log(np.maximum(self.sizes[name][first:], 1e-300))
        x = np.log(np.array(self.widths[first:], float))
        weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
        errors = logs.std(1, ddof=1) / np.sqrt(logs.shape[1])
        return float(weights @ logs.mean(1)), float(np.sqrt(np.sum((weights * errors) ** 2)))


def slopes(net: Net, run: Run, widths: tuple[int, ...], seeds: int, start: int = 0) -> Slopes:
    """All quantities of ``run`` over ``widths``, ``seeds`` draws at each."""
    found = [[run.measure(net, n, start + seed) for seed in range(seeds)] for n in widths]
    names = found[0][0]
    return Slopes(widths, {q: np.array([[one[q] for one in row] for row in found]) for q in names})
