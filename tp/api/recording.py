"""A recorder of sizes, for logs that ``tp coordinates`` judges: for JAX, PyTorch and whatever has arrays."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from math import isfinite
from operator import index
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol

from tp.diagnostics.diagnostic import error

if TYPE_CHECKING:
    import numpy as np

    from tp.ndarray import NDArray


WHOLE = "output"
"""The name of what has none: the output of the module that is recorded."""


class _Handle(Protocol):
    def remove(self) -> None: ...


class Module(Protocol):
    """What is asked of a PyTorch module; PyTorch itself is not imported."""

    def named_modules(self) -> Iterator[tuple[str, Any]]: ...


def recorder(
    path: str | PathLike[str], *, width: int, seed: int | str | None = None, changes: bool = False
) -> Recorder:
    """A recorder of one run at one ``width``. It appends the sizes of named values to the file ``path``.

    Args:
        path: a file of JSON lines. Runs at other widths and seeds append to the same file, in turn or at once.
        width: the width of the run: what n is in the program that predicts.
        seed: the seed of the run, a number or a text. None: it is not written, and every row counts as another run.
        changes: also record how much a value has changed since step 0. The arrays of step 0 are kept for that, and
            should be values at the same inputs as later ones.

    Raises:
        TpError: TP914 for a width that is no positive whole number, TP508 where the file cannot be written.
    """
    return Recorder(path, width, seed, changes=changes)


class Recorder:
    """Appends the sizes of named values to a log. ``step`` is the step of training that the run is at.

    The size is the root mean square over all entries, and the absolute value of a scalar. Every row is written at once,
    so a run that is killed leaves whole rows.
    """

    def __init__(self, path: str | PathLike[str], width: int, seed: int | str | None, *, changes: bool) -> None:
        try:
            n = index(width)
        except TypeError:
            n = 0
        if n < 1:
            raise error("TP914", f"the width is {width!r}, and has to be a positive whole number")
        self.step = 0
        self._run = {"width": n} | ({} if seed is None else {"seed": seed})
        self._changes = changes
        self._first: dict[str, NDArray[np.float64]] = {}
        self._calls: Counter[str] = Counter()
        self._counted = 0
        self._handles: list[_Handle] = []
        try:
            self._file: int | None = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as problem:
            raise error("TP508", f"cannot write {os.fspath(path)}: {problem.strerror or problem}") from None

    def record(self, name: str, array: Any, step: int | None = None) -> None:
        """Write the size of ``array``, a number or an array of any framework, under ``name``.

        ``step`` is the step of training (default: the ``step`` of the recorder). Raises TpError TP914 for what has no
        entries that are numbers, and for arrays that have no values yet.
        """
        values = _values(name, array)
        at = self.step if step is None else step
        self._write(name, "value", at, _size(values))
        if not self._changes:
            return
        if at == 0:
            self._first[name] = values
        elif (first := self._first.get(name)) is not None and first.shape == values.shape:
            self._write(name, "change", at, _size(values - first))

    def tree(self, prefix: str, tree: Any, step: int | None = None) -> None:
        """Record every array in ``tree``: mappings, sequences, and pytrees of JAX where it is loaded.

        Names are the ``prefix`` (may be empty) and the keys on the way, with dots between; :data:`WHOLE` without any.
        """
        for name, leaf in _leaves(prefix, tree):
            self.record(name or WHOLE, leaf, step)

    def flax(self, intermediates: Mapping[str, Any], step: int | None = None) -> None:
        """Record what Flax captured: the ``intermediates`` of Linen, or the state that ``nnx.capture`` returns.

        A module that was called once has its own name, such as ``Dense_0``; further calls are ``Dense_0.1`` and so on.
        """
        self.tree("", _called(intermediates.get("intermediates", intermediates)), step)

    def torch(self, module: Module) -> Recorder:
        """Record the outputs of all modules within a PyTorch ``module`` whenever they are called.

        Names are those of ``named_modules()``, and :data:`WHOLE` for ``module`` itself. A further call in the same step
        has a number behind its name, ``block#2``. Set ``step`` before each forward pass. ``close`` removes the hooks.
        """
        for name, part in module.named_modules():
            self._handles.append(part.register_forward_hook(self._hook(name or WHOLE)))
        return self

    def close(self) -> None:
        """Remove all hooks and close the file."""
        while self._handles:
            self._handles.pop().remove()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hook(self, name: str) -> Any:
        def hook(module: Any, inputs: Any, output: Any) -> None:
            if self._counted != self.step:
                self._calls.clear()
                self._counted = self.step
            self._calls[name] += 1
            calls = self._calls[name]
            self.tree(name if calls == 1 else f"{name}#{calls}", output)

        return hook

    def _write(self, name: str, kind: str, step: int, size: float) -> None:
        if self._file is None:
            raise error("TP914", f"{name} is recorded after the recorder was closed")
        shown = size if isfinite(size) else str(size)
        row = {"name": name, "kind": kind, **self._run, "step": step, "value": shown}
        os.write(self._file, (dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def _values(name: str, array: Any) -> NDArray[np.float64]:
    """The entries of ``array`` in double precision; absolute values of complex ones."""
    import numpy as np

    if hasattr(array, "detach"):  # a tensor of PyTorch: NumPy has neither its devices nor all of its types
        array = array.detach().cpu()
        array = array.double().numpy() if not array.is_complex() else array.numpy()
    try:
        found = np.asarray(array)
        if found.dtype.kind in "OUSmM":  # objects, texts and dates, some of which NumPy makes numbers of
            raise TypeError(found.dtype)
        found = np.abs(found) if np.iscomplexobj(found) else found.astype(np.float64)
    except Exception as problem:  # JAX has errors of its own for arrays without values
        hint = "inside jax.jit return the array, and record it outside"
        raise error("TP914", f"{name} is no array of numbers: {type(array).__name__}", hint=hint) from problem
    if not found.size:
        raise error("TP914", f"{name} has no entries")
    return found


def _size(values: NDArray[np.float64]) -> float:
    """The root mean square; squares neither overflow nor vanish."""
    import numpy as np

    largest = float(np.abs(values).max())
    if not isfinite(largest) or largest == 0:
        return largest
    return largest * float(np.sqrt(np.mean((values / largest) ** 2)))


def _leaves(name: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """The arrays in ``tree`` with their names; what is None has none."""
    if tree is None:
        return
    if isinstance(tree, Mapping):
        for key, part in tree.items():
            yield from _leaves(_joined(name, key), part)
    elif isinstance(tree, Sequence) and not isinstance(tree, str | bytes):
        for key, part in enumerate(tree):
            yield from _leaves(_joined(name, key), part)
    elif hasattr(tree, "shape") or isinstance(tree, int | float | complex):
        yield name, tree
    else:
        yield from _of_jax(name, tree)


def _of_jax(name: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """The arrays in a class that JAX knows as a pytree, such as a module of Equinox; functions are no arrays."""
    import sys

    if "jax" not in sys.modules:
        return
    from jax.tree_util import tree_flatten_with_path

    for path, leaf in tree_flatten_with_path(tree)[0]:
        if hasattr(leaf, "shape") or isinstance(leaf, int | float | complex):
            keys = (next(getattr(key, a) for a in ("name", "key", "idx") if hasattr(key, a)) for key in path)
            yield ".".join(filter(None, (name, *map(str, keys)))), leaf


def _called(tree: Any) -> Any:
    """Intermediates without the words and the tuples that Flax wraps calls in."""
    if hasattr(tree, "get_value"):  # a variable of nnx
        tree = tree.get_value()
    if isinstance(tree, tuple):
        calls = [_called(part) for part in tree]
        return calls[0] if len(calls) == 1 else {("" if k == 0 else k): part for k, part in enumerate(calls)}
    if isinstance(tree, Mapping):
        return {("" if key == "__call__" else key): _called(part) for key, part in tree.items()}
    return tree


def _joined(name: str, key: object) -> str:
    """A name and a key with a dot between, unless one is empty."""
    return ".".join(filter(None, (name, str(key))))
