"""The compiled programs of one experiment, each of which makes many draws in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Lock
from typing import Any

import numpy as np

from tp.experiments.at import At
from tp.experiments.experiment import Floats
from tp.ndarray import NDArray

SEEDS = 64
"""The most draws of one call of a compiled program: a loop in it reuses its memory."""
Data = Mapping[str, NDArray[Any]]
"""Inputs by name."""
One = Callable[[Any, Mapping[str, Any]], dict[str, Any]]
"""A JAX function from the number of a draw and the inputs to values by name."""


class Compiled:
    """The compiled programs of one experiment, one for each :class:`At`. They are not pickled.

    In all methods ``make`` returns the function of one draw for a JAX dtype, and ``memory`` how many bytes that takes
    at once. Both are called once for each ``at``, unless that fails.
    """

    def __init__(self) -> None:
        self._runs: dict[At, Future[Callable[..., dict[str, Any]]]] = {}
        self._lock = Lock()

    def draw(
        self,
        at: At,
        first: int,
        count: int,
        data: Data,
        make: Callable[[Any], One],
        memory: Callable[[], int],
    ) -> dict[str, Floats]:
        """The values [count, ...] of draws number ``first``, ``first`` + 1, ..., for the inputs ``data``."""
        import jax
        import jax.numpy as jnp

        from tp.interpret.arrays.backend import precision

        run = self.prepared(at, data, make, memory)
        with precision(at.dtype) as kind:
            placed = {name: jnp.asarray(array, kind) for name, array in data.items()}
            parts = [
                jax.device_get(run(jnp.asarray(first + i, jnp.uint32), min(SEEDS, count - i), placed))
                for i in range(0, count, SEEDS)
            ]
        return {name: np.concatenate([np.asarray(p[name], np.float64) for p in parts])[:count] for name in parts[0]}

    def prepared(
        self, at: At, data: Data, make: Callable[[Any], One], memory: Callable[[], int]
    ) -> Callable[..., dict[str, Any]]:
        """The compiled program for ``at``: the first thread that asks compiles it, others wait.

        Where that fails, the next one that asks tries again.
        """
        with self._lock:
            mine = at not in self._runs
            found = self._runs.setdefault(at, Future())
        if mine:
            try:
                found.set_result(_compiled(at, data, make, memory))
            except BaseException as problem:
                with self._lock:
                    del self._runs[at]
                found.set_exception(problem)
                raise
        return found.result()

    def __reduce__(self) -> tuple[type[Compiled], tuple[()]]:
        return Compiled, ()


def _compiled(
    at: At, data: Data, make: Callable[[Any], One], memory: Callable[[], int]
) -> Callable[..., dict[str, Any]]:
    import jax
    import jax.numpy as jnp

    from tp.interpret.arrays.backend import lanes, precision

    with precision(at.dtype) as kind:
        placed = {name: jax.ShapeDtypeStruct(array.shape, kind) for name, array in data.items()}
        run = jax.jit(several(make(kind), lanes(memory(), SEEDS)))
        return run.lower(jax.ShapeDtypeStruct((), jnp.uint32), SEEDS, placed).compile()


def several(one: One, lanes: int) -> Callable[..., dict[str, Any]]:
    """A function (first, count, data) of draws number first, first + 1, ...: arrays [:data:`SEEDS`, ...] by name.

    Rows after the first ``count`` (at most :data:`SEEDS`) have no meaning. Draws are made in groups of
    ``lanes`` side by side, one group after another.
    """
    import jax
    import jax.numpy as jnp

    def all_of_them(start: Any, count: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        def step(i: Any, out: dict[str, Any]) -> dict[str, Any]:
            numbers = start + (i * lanes + jnp.arange(lanes)).astype(jnp.uint32)
            if lanes == 1:
                found = {name: value[None] for name, value in one(numbers[0], data).items()}
            else:
                found = jax.vmap(one, (0, None))(numbers, data)
            return {
                name: jax.lax.dynamic_update_slice_in_dim(out[name], value, i * lanes, 0)
                for name, value in found.items()
            }

        shapes = jax.eval_shape(one, start, data)
        empty = {name: jnp.zeros((SEEDS, *shape.shape), shape.dtype) for name, shape in shapes.items()}
        return jax.lax.fori_loop(0, (count + lanes - 1) // lanes, step, empty)

    return all_of_them
