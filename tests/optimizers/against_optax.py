"""Updates of an optimiser and of optax, step by step, with the same random gradients.

Gradients have sizes from 1e-6 to 1e3, and zeros: single entries, single weights and whole steps. Every weight has a
learning rate Λ of its own, and an optimiser of optax of its own: ``theirs`` makes that from Λ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tp.interpret.arrays.backend import precision
from tp.optimizers import Optimizer
from tp.optimizers.sides import Sides

Theirs = Callable[[float], optax.GradientTransformation]
"""From Λ of a weight to its optimiser, with the learning rate ηΛ."""
Arrays = Mapping[str, Any]

SHAPES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "W": ((4,), (5,)),
    "tall": ((6,), (2,)),
    "kernel": ((3,), (2, 2)),
    "gain": ((4,), ()),
    "scalar": ((), ()),
}
"""By weight: the sizes of its output and of its input axes."""
RATES = {"W": 0.5, "tall": 2.0, "kernel": 1.0, "gain": 0.1, "scalar": 3.0}
STEPS = 20


def agrees(
    optimizer: Optimizer,
    theirs: Theirs | Mapping[str, Theirs],
    weights: tuple[str, ...] = tuple(SHAPES),
    whole: optax.GradientTransformation | None = None,
    steps: int = STEPS,
    rtol: float = 1e-9,
) -> None:
    """Asserts that updates in NumPy, for two draws side by side and in JAX are those of optax, in double precision.

    ``theirs`` may also be by weight. ``whole`` is applied to the gradients of all weights together, before.
    """
    bound = bound_to(optimizer, weights)
    with precision("float64"):
        expected = list(_theirs(theirs, whole, weights, steps))
        one, other = (_numpy(bound, _started(weights, d), _gradients(weights, d, steps)) for d in (1, 2))
        _compare(one, expected, rtol)
        _compare(_jax(bound, _started(weights, 1), _gradients(weights, 1, steps)), expected, rtol)
        both = _numpy(bound, _both(*(_started(weights, d) for d in (1, 2))), _pairs(weights, steps))
        for draw, alone in enumerate((one, other)):
            _compare([{w: u[draw] for w, u in updates.items()} for updates in both], alone, rtol)


def bound_to(optimizer: Optimizer, weights: tuple[str, ...] = tuple(SHAPES)) -> Optimizer:
    """``optimizer`` with the sides of these ``weights``."""
    return replace(optimizer, sides=tuple((w, Sides(*map(len, SHAPES[w]))) for w in weights))


def keeps_single_precision(optimizer: Optimizer, weights: tuple[str, ...] = tuple(SHAPES)) -> None:
    """Asserts that weights in single precision get updates in single precision, in NumPy and in JAX."""
    bound = bound_to(optimizer, weights)
    single = {w: a.astype(np.float32) for w, a in _started(weights, 1).items()}
    gradients = [{w: a.astype(np.float32) for w, a in g.items()} for g in _gradients(weights, 1, 3)]
    for updates in _numpy(bound, single, gradients):
        assert {w: a.dtype for w, a in updates.items()} == dict.fromkeys(weights, np.dtype(np.float32))
        assert all(np.isfinite(a).all() for a in updates.values())
    with precision("float64"):
        state = bound.init(jax.tree.map(jnp.asarray, single))
        shapes = jax.eval_shape(lambda s: bound.step(gradients[0], state, single, _rates(single), s)[0], 0)
    assert {w: a.dtype for w, a in shapes.items()} == dict.fromkeys(weights, np.dtype(np.float32))


def _compare(found: list[Arrays], expected: list[Arrays], rtol: float) -> None:
    for step, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        assert set(ours) == set(theirs)
        for name, update in theirs.items():
            size = float(np.abs(update).max())
            assert np.isfinite(size)
            np.testing.assert_allclose(ours[name], update, rtol, rtol * size, err_msg=f"{name}, step {step}")


def _started(weights: tuple[str, ...], draw: int) -> dict[str, Any]:
    """Initial weights; the last one is zero in the first draw."""
    random = np.random.default_rng([0, draw])
    found = {w: random.standard_normal([*SHAPES[w][0], *SHAPES[w][1]]) for w in weights}
    return found if draw > 1 else {**found, weights[-1]: np.zeros_like(found[weights[-1]])}


def _gradients(weights: tuple[str, ...], draw: int, steps: int) -> list[dict[str, Any]]:
    random = np.random.default_rng([1, draw])
    found: list[dict[str, Any]] = []
    for step in range(steps):
        size = 10 ** random.uniform(-6, 3)
        gradients = {w: size * random.standard_normal([*SHAPES[w][0], *SHAPES[w][1]]) for w in weights}
        gradients = {w: np.asarray(g * (random.random(g.shape) > 0.2)) for w, g in gradients.items()}
        nothing = weights if step % 9 == 4 else [weights[step % len(weights)]] if step % 5 == 0 else []
        found.append({**gradients, **{w: np.zeros_like(gradients[w]) for w in nothing}})
    return found


def _both(one: Arrays, other: Arrays) -> dict[str, Any]:
    return {w: np.stack([one[w], other[w]]) for w in one}


def _pairs(weights: tuple[str, ...], steps: int) -> list[dict[str, Any]]:
    return [_both(*pair) for pair in zip(*(_gradients(weights, d, steps) for d in (1, 2)), strict=True)]


def _rates(weights: Arrays) -> dict[str, float]:
    return {w: RATES[w] for w in weights}


def _numpy(optimizer: Optimizer, weights: Arrays, gradients: list[dict[str, Any]]) -> list[Arrays]:
    state, found = optimizer.init(weights), list[Arrays]()
    for s, g in enumerate(gradients):
        updates, state = optimizer.step(g, state, weights, _rates(weights), s)
        assert all(isinstance(a, np.ndarray | np.generic) for a in updates.values())
        weights = {w: a + updates[w] for w, a in weights.items()}
        found.append(updates)
    return found


def _jax(optimizer: Optimizer, weights: Arrays, gradients: list[dict[str, Any]]) -> list[Arrays]:
    rates, found = _rates(weights), list[Arrays]()
    weights = jax.tree.map(jnp.asarray, weights)
    step = jax.jit(lambda g, state, weights, s: optimizer.step(g, state, weights, rates, s))
    state = optimizer.init(weights)
    for s, g in enumerate(gradients):
        updates, state = step(jax.tree.map(jnp.asarray, g), state, weights, s)
        weights = {w: a + updates[w] for w, a in weights.items()}
        found.append({w: np.asarray(a) for w, a in updates.items()})
    return found


def _theirs(
    theirs: Theirs | Mapping[str, Theirs],
    whole: optax.GradientTransformation | None,
    names: tuple[str, ...],
    steps: int,
) -> Iterator[Arrays]:
    weights = jax.tree.map(jnp.asarray, _started(names, 1))
    each = {w: (theirs[w] if isinstance(theirs, Mapping) else theirs)(RATES[w]) for w in names}
    before = optax.identity() if whole is None else whole
    first, states = before.init(weights), {w: each[w].init(weights[w]) for w in names}
    for given in _gradients(names, 1, steps):
        gradients, first = before.update(jax.tree.map(jnp.asarray, given), first, weights)
        found = {w: each[w].update(gradients[w], states[w], weights[w]) for w in names}
        states = {w: state for w, (_, state) in found.items()}
        weights = {w: a + found[w][0] for w, a in weights.items()}
        yield {w: np.asarray(update) for w, (update, _) in found.items()}
