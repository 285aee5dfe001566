"""An optimiser of optax, run on chosen gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.module import Module
from tp.imports.rates.calculated import calculated
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.tracing import Path, path_of
from tp.ndarray import NDArray

Array = NDArray[np.float64]
Arrays = dict[Path, Array]
Make = Callable[[Path, tuple[int, ...]], Array]


class Probe:
    """The optimiser of a module at one width. Use it in double precision."""

    def __init__(self, module: Module) -> None:
        import jax
        import jax.numpy as jnp

        tree = jax.eval_shape(module.init, jax.random.key(0))
        leaves, self._form = jax.tree_util.tree_flatten_with_path(tree)
        self._avals = [leaf for _, leaf in leaves]
        self._paths = [path_of(keys) for keys, _ in leaves]
        self._optimizer = module.optimizer
        self._traced: tuple[Any, Any] | None = None
        self._started: tuple[Any, Any] | None = None
        self.shapes: dict[Path, tuple[int, ...]] = {
            path: tuple(leaf.shape)
            for path, leaf in zip(self._paths, self._avals, strict=True)
            if jnp.issubdtype(leaf.dtype, jnp.floating) and not module.frozen(path)
        }

    def arrays(self, make: Make) -> Arrays:
        """An array for every weight that is trained, by its path and shape."""
        return {path: make(path, shape) for path, shape in self.shapes.items()}

    def run(self, gradients: Sequence[Arrays], weights: Sequence[Arrays]) -> list[Arrays]:
        """The updates of a run from its start, with these ``gradients`` and ``weights`` in each step."""
        return self._run(gradients, weights, None)

    def late(self, gradients: Arrays, count: int) -> Arrays:
        """The second update with the same ``gradients`` and weights that are zero, where counters are at ``count``."""
        zeros = self.arrays(lambda path, shape: np.zeros(shape))
        return self._run([gradients] * 2, [zeros] * 2, count)[1]

    def _run(self, gradients: Sequence[Arrays], weights: Sequence[Arrays], count: int | None) -> list[Arrays]:
        """The same; after the first step, whole numbers in the state are ``count`` if it is given."""
        try:
            state = self._start(self._tree(weights[0]))
            found: list[Arrays] = []
            for step, (gradient, weight) in enumerate(zip(gradients, weights, strict=True)):
                if step == 1 and count is not None:
                    state = _counted(state, count)
                moved, state = self._update(self._tree(gradient), state, self._tree(weight))
                found.append(self._flat(moved))
        except Exception as problem:
            said = str(problem).strip().split("\n")[0]
            hint = "give rates as a dictionary, or name an optimiser of the language with --optimizer"
            raise error(
                "TP908", f"the optimiser cannot be tried: {type(problem).__name__}: {said}", hint=hint
            ) from problem
        return found

    def _start(self, weights: Any) -> Any:
        """The state before the first step."""
        if self._started is None:
            self._started = internals.jaxpr_of(self._optimizer.init, [weights])
        return _called(*self._started, weights)

    def _update(self, *trees: Any) -> Any:
        """Gradients, a state and weights to moves and a state."""
        if self._traced is None:
            self._traced = internals.jaxpr_of(self._optimizer.update, trees)
        return _called(*self._traced, trees)

    def _tree(self, arrays: Arrays) -> Any:
        import jax

        leaves = [
            np.asarray(arrays[path], float) if path in arrays else np.zeros(leaf.shape, leaf.dtype)
            for path, leaf in zip(self._paths, self._avals, strict=True)
        ]
        return jax.tree_util.tree_unflatten(self._form, leaves)

    def _flat(self, tree: Any) -> Arrays:
        import jax

        leaves = {path_of(keys): leaf for keys, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]}
        return {path: np.asarray(leaves[path], float) for path in self.shapes}


def _counted(state: Any, count: int) -> Any:
    """``state`` with ``count`` in place of all whole numbers."""
    import jax

    def put(leaf: Any) -> Any:
        return np.full_like(leaf, count) if np.asarray(leaf).dtype.kind in "iu" else leaf

    return jax.tree_util.tree_map(put, state)


def _called(closed: Any, results: Any, arguments: Any) -> Any:
    """The results of a closed jaxpr for a tree of ``arguments``, in the form of ``results``."""
    import jax

    found = calculated(*internals.opened(closed), jax.tree_util.tree_leaves(arguments))
    return jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(results), found)
