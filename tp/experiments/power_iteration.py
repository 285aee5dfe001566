"""Spectral norms of symmetric matrices on parameter space, by the steps of :mod:`tp.quantities.hessian`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from tp.experiments.iteration_limits import FIRST, LEARNED_STEPS, ROOM, STARTS, STEPS, TOLERANCE, vectors_asked
from tp.graph.slot import Role, slot_of
from tp.interpret.arrays.conditioned_matrix import Gaussian
from tp.interpret.arrays.evaluate import stepper
from tp.quantities.hessian import HessianStep

State = dict[str, Any]
"""The iterate as a dict of factors, by the names of their inputs."""
Weights = Mapping[str, Any]


class PowerIteration:
    """Power iteration u -> Λ M u / |Λ^{1/2} M u| for the norm of Λ^{1/2} M Λ^{1/2} at width ``n``."""

    def __init__(self, step: HessianStep, n: int, kind: Any) -> None:
        self._step, self._n, self._kind = step, n, kind
        self._evaluate = stepper(step.graph, step.roots, n, kind)
        self._lefts = [name for name in step.state if (s := slot_of(name)) is None or s.role is not Role.FREE_RIGHT]

    def start(self, key: Any) -> State:
        """A random iterate, which is not normalised."""
        return {
            name: jax.random.normal(jax.random.fold_in(key, i), [a.at(self._n) for a in axes], self._kind)
            for i, (name, axes) in enumerate(self._step.inputs.items())
        }

    def settle(
        self, weights: Weights, learning: Weights, inputs: Mapping[str, Any], state: State, most: Any
    ) -> tuple[State, Any, Any, dict[str, Any]]:
        """From ``state`` until the norm has settled, or for about ``most`` steps.

        Returns the last iterate, the norm, its relative change over the last ten steps, and the weights in
        ``learning`` with their new products: they are matrix-free and need room for these. The norm is a lower bound,
        which has converged where the change is at most TOLERANCE.
        """

        def again(_: Any, carry: tuple[Any, ...]) -> tuple[Any, ...]:
            state, _, known = carry
            return self._advance(weights, known, inputs, state)

        def unfinished(carry: tuple[Any, ...]) -> Any:
            _, _, _, change, count = carry
            return (change > TOLERANCE) & (count < most)

        def ten(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            state, before, known, _, count = carry
            state, norm, known = jax.lax.fori_loop(0, 10, again, (state, before, known))
            change = jnp.abs(norm - before) / jnp.where(norm > 0, norm, 1.0)
            return state, norm, known, change, count + 10

        begun = jax.lax.fori_loop(0, FIRST, again, (state, jnp.zeros((), self._kind), dict(learning)))
        state, norm, known, change, _ = jax.lax.while_loop(
            unfinished, ten, (*begun, jnp.asarray(jnp.inf, self._kind), jnp.asarray(0))
        )
        return state, norm, change, known

    def _advance(
        self, weights: Weights, known: Weights, inputs: Mapping[str, Any], state: State
    ) -> tuple[State, Any, dict[str, Any]]:
        step = self._step
        (squared, *parts), after = self._evaluate({**weights, **known}, {**inputs, **state})
        norm = jnp.sqrt(jnp.maximum(squared, 0.0))
        safe = jnp.where(norm > 0, norm, 1.0)
        new = {name: jnp.zeros_like(value) for name, value in state.items()}
        for name, part in zip(step.state, parts, strict=True):
            new[name] = step.fed(name, part / safe if name in self._lefts else part)
        return new, norm, {name: after[name] for name in known}


def spectral_norm(
    step: HessianStep, n: int, kind: Any
) -> Callable[[Weights, Mapping[str, Any], Any], tuple[Any, Any, dict[str, Any]]]:
    """A JAX function (weights, inputs, key) -> (norm, relative change at the end, weights) for a step that is not zero.

    The norm is the largest result of :data:`STARTS` random starts. Matrix-free weights are returned with the products
    that were drawn, and every start continues from those of the start before: all have the same matrix.
    """
    iteration = PowerIteration(step, n, kind)
    vectors = vectors_asked(step, n)

    def run(weights: Weights, inputs: Mapping[str, Any], key: Any) -> tuple[Any, Any, dict[str, Any]]:
        learning = {
            name: weight.with_room(*(k * ROOM for k in vectors[name]))
            for name, weight in weights.items()
            if name in vectors and isinstance(weight, Gaussian)
        }
        most = STEPS if not learning else LEARNED_STEPS

        def one(known: dict[str, Any], key: Any) -> tuple[dict[str, Any], tuple[Any, Any]]:
            _, norm, change, known = iteration.settle(weights, known, inputs, iteration.start(key), most)
            return known, (norm, change)

        learning, (norms, changes) = jax.lax.scan(one, learning, jax.random.split(key, STARTS))
        best = jnp.argmax(norms)
        return norms[best], changes[best], {**weights, **learning}

    return run
