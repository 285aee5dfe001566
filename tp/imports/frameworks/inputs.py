"""The inputs of a module: the arguments of its call, of which arrays become inputs of the program."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from tp.diagnostics.diagnostic import error

_SEED = 17


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call: trees of arrays, and settings such as ``train=False``, which stay as they are.

    Fields:
        arrays: the inputs by name, in order.
        places: where they stand among the leaves of ``rest``.
        rest: all leaves of (positional arguments, arguments by keyword).
        tree: the structure of these leaves.
    """

    arrays: Mapping[str, Any]
    places: tuple[int, ...]
    rest: tuple[Any, ...]
    tree: Any

    def call(self, function: Callable[..., Any], *before: Any, arrays: tuple[Any, ...] | None = None) -> Any:
        """``function`` of ``before`` and the arguments. ``arrays`` stand in for the inputs, in order.

        Inputs of its own are copies: JAX keeps what a constant was converted to at one precision, and takes it for the
        same array at another one.
        """
        import jax

        leaves = list(self.rest)
        own = [np.array(array) for array in self.arrays.values()]
        for place, array in zip(self.places, own if arrays is None else arrays, strict=True):
            leaves[place] = array
        positional, by_keyword = jax.tree.unflatten(self.tree, leaves)
        return function(*before, *positional, **by_keyword)


def arguments(inputs: Any, function: Callable[..., Any], skipped: int) -> Arguments:
    """The arguments that ``inputs`` stands for: one array, a tuple of arguments, or a mapping from keywords to them.

    Args:
        inputs: as above. An argument may be a tree of arrays. ``jax.ShapeDtypeStruct`` in place of an array stands for
            generic numbers (zeros where they are whole). What is no array is a setting of the call.
        function: what is called with them; inputs are called by the names of its parameters.
        skipped: how many parameters come before them.

    Raises:
        TpError: TP904 where there is no array, or where an array holds neither real nor whole numbers.
    """
    import jax

    if isinstance(inputs, Mapping):
        given = ((), dict(cast("Mapping[str, Any]", inputs)))
    else:
        given = (tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,), dict[str, Any]())
    leaves, tree = jax.tree_util.tree_flatten_with_path(given)
    names = _parameters(function, skipped)
    arrays: dict[str, Any] = {}
    places: list[int] = []
    rest: list[Any] = []
    for place, (path, leaf) in enumerate(leaves):
        rest.append(leaf)
        if hasattr(leaf, "shape") and hasattr(leaf, "dtype"):
            name = _fresh(_name(path, names, single=len(leaves) == 1), arrays)
            arrays[name] = _array(leaf, name, place)
            places.append(place)
    if not arrays:
        kind = type(inputs).__name__
        hint = "give an array, a tuple of arrays, a mapping from names to arrays, or jax.ShapeDtypeStruct"
        raise error("TP904", f"the inputs hold no array: they are of type {kind}", hint=hint)
    return Arguments(arrays, tuple(places), tuple(rest), tree)


def _array(given: Any, name: str, place: int) -> Any:
    """``given`` as an array of NumPy, with generic numbers where it is a shape alone."""
    import jax

    real = jax.numpy.issubdtype(given.dtype, np.floating)
    if not real and not any(jax.numpy.issubdtype(given.dtype, kind) for kind in (np.integer, np.bool_)):
        hint = "inputs are real numbers, whole numbers such as tokens, or truth values such as masks"
        raise error("TP904", f"the input {name} is an array of {given.dtype}", hint=hint)
    if not isinstance(given, jax.ShapeDtypeStruct):
        return np.asarray(given)
    kind = np.dtype(given.dtype)
    if not real:
        return (np.ones if kind.kind == "b" else np.zeros)(given.shape, kind)
    return np.random.default_rng((_SEED, place)).standard_normal(given.shape).astype(kind)


def _parameters(function: Callable[..., Any], skipped: int) -> list[str]:
    """The names of the parameters of ``function`` that may be given by place, after the first ``skipped``."""
    try:
        every = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in every if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][skipped:]


def _name(path: tuple[Any, ...], names: list[str], single: bool) -> str:
    """A name for the array at ``path``: of its parameter, then of keys inside a tree."""
    by_place = path[0].idx == 0
    head, *inner = (key(k) for k in path[1:])
    if by_place:
        number = int(head)
        head = names[number] if number < len(names) else "x" if single else f"x{number}"
    return re.sub(r"\W", "_", "_".join([head, *inner]))


def key(entry: Any) -> str:
    """One key of a path in a tree of JAX, as text."""
    for attribute in ("key", "name", "idx"):
        if hasattr(entry, attribute):
            return str(getattr(entry, attribute))
    return str(entry)


def _fresh(name: str, taken: Mapping[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name
