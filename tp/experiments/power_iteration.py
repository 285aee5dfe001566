"""Spectral norms of symmetric matrices on parameter space, by the steps of :mod:`tp.quantities.hessian`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from tp.experiments.iteration_limits import FIRST, LEARNED_STEPS, ROOM, STARTS, STEPS, TOLERANCE, vectors_asked
from tp.graph.axes import Type
from tp.graph.slot import Role, slot_of
from tp.interpret.arrays.evaluate import stepper
from tp.matrix_free.control import repeated, repeated_while, stacked
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.streams import fold, normal
from tp.quantities.hessian import HessianStep

State = dict[str, Any]
"""The iterate as a dict of factors, by the names of their inputs."""
Weights = Mapping[str, Any]


class PowerIteration:
    """Power iteration u -> Λ M u / |Λ^{1/2} M u| for the norm of Λ^{1/2} M Λ^{1/2} at width ``n``.

    ``xp`` is the namespace of the arrays. For NumPy ``draws`` may be an axis of draws made side by side: it is then the
    first one of iterates and norms, and of the inputs in ``random``.
    """

    def __init__(
        self, step: HessianStep, n: int, kind: Any, xp: Any, draws: Type = (), random: Collection[str] = ()
    ) -> None:
        self._step, self._n, self._kind, self._xp, self._draws = step, n, kind, xp, draws
        self._evaluate = stepper(
            step.graph,
            step.roots,
            n,
            kind,
            draws=draws,
            fused=xp is np,
            random={*step.inputs, *random} if draws else (),
        )
        self._lefts = [name for name in step.state if (s := slot_of(name)) is None or s.role is not Role.FREE_RIGHT]

    def start(self, key: Any) -> State:
        """A random iterate, which is not normalised; ``key`` is a tuple of streams if there is an axis of draws."""
        return {
            name: normal(fold(key, i), tuple(a.at(self._n) for a in axes), self._kind)
            for i, (name, axes) in enumerate(self._step.inputs.items())
        }

    def settle(
        self, weights: Weights, learning: Weights, inputs: Mapping[str, Any], state: State, most: Any
    ) -> tuple[State, Any, Any, dict[str, Any]]:
        """From ``state`` until the norm has settled, or for about ``most`` steps.

        Returns the last iterate, the norm, its relative change over the last ten steps, and the weights in
        ``learning`` with their new products: they keep these, and need room for them. The norm is a lower bound,
        which has converged where the change is at most TOLERANCE. An iterate beside others is left alone once it is
        settled, so its bits do not depend on them.
        """
        xp = self._xp

        def again(_: Any, carry: tuple[Any, ...]) -> tuple[Any, ...]:
            state, _, known = carry
            return self._advance(weights, known, inputs, state)

        def unfinished(carry: tuple[Any, ...]) -> Any:
            *_, change, count = carry
            return xp.any(change > TOLERANCE) & (count < most)

        def ten(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            old, before, known, moved, count = carry
            state, norm, known = repeated(xp, 0, 10, again, (old, before, known))
            change = xp.abs(norm - before) / xp.where(norm > 0, norm, 1.0)
            if self._draws:
                open_ = moved > TOLERANCE
                state = {name: xp.where(beside(open_, new), new, old[name]) for name, new in state.items()}
                norm, change = xp.where(open_, norm, before), xp.where(open_, change, moved)
            return state, norm, known, change, count + 10

        shape = tuple(a.at(self._n) for a in self._draws)
        begun = repeated(xp, 0, FIRST, again, (state, xp.zeros(shape, self._kind), dict(learning)))
        far = xp.full(shape, np.inf, self._kind)
        state, norm, known, change, _ = repeated_while(xp, unfinished, ten, (*begun, far, xp.asarray(0)))
        return state, norm, change, known

    def _advance(
        self, weights: Weights, known: Weights, inputs: Mapping[str, Any], state: State
    ) -> tuple[State, Any, dict[str, Any]]:
        step, xp = self._step, self._xp
        (squared, *parts), after = self._evaluate({**weights, **known}, {**inputs, **state})
        norm = xp.sqrt(xp.maximum(squared, 0.0))
        safe = xp.where(norm > 0, norm, 1.0)
        new = {name: xp.zeros_like(value) for name, value in state.items()}
        for name, part in zip(step.state, parts, strict=True):
            new[name] = step.fed(name, part / beside(safe, part) if name in self._lefts else part, self._draws)
        return new, norm, {name: after[name] for name in known}


def beside(numbers: Any, array: Any) -> Any:
    """One of the ``numbers`` for each draw, with axes to multiply an ``array`` [draws, ...] by."""
    return numbers.reshape((*numbers.shape, *(1 for _ in array.shape[numbers.ndim :])))


def spectral_norm(
    step: HessianStep, n: int, kind: Any, xp: Any, draws: Type = ()
) -> Callable[[Weights, Mapping[str, Any], Any], tuple[Any, Any, dict[str, Any]]]:
    """A function (weights, inputs, key) -> (norm, relative change at the end, weights) for a step that is not zero.

    The norm is the largest result of :data:`STARTS` random starts. Matrix-free weights are returned with the products
    that were drawn, and every start continues from those of the start before: all have the same matrix. ``xp`` is the
    namespace of arrays, which have the axis ``draws`` first; ``key`` is then a tuple of streams.
    """
    iteration = PowerIteration(step, n, kind, xp, draws)
    vectors = vectors_asked(step, n)

    def run(weights: Weights, inputs: Mapping[str, Any], key: Any) -> tuple[Any, Any, dict[str, Any]]:
        learning = {
            name: weight.with_room(*(k * ROOM for k in vectors[name]))
            for name, weight in weights.items()
            if name in vectors and isinstance(weight, MatrixFree) and weight.learns
        }
        most = STEPS if not learning else LEARNED_STEPS

        def one(known: dict[str, Any], number: Any) -> tuple[dict[str, Any], tuple[Any, Any]]:
            start = iteration.start(fold(key, number))
            _, norm, change, known = iteration.settle(weights, known, inputs, start, most)
            return known, (norm, change)

        learning, (norms, changes) = stacked(xp, one, learning, STARTS, len(draws))
        best = xp.argmax(norms, -1)[..., None]
        norm, change = (xp.take_along_axis(array, best, -1)[..., 0] for array in (norms, changes))
        return norm, change, {**weights, **learning}

    return run
