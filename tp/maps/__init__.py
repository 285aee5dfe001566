"""Python functions that programs call as maps. Graphs contain the key of a function, see :mod:`tp.maps.keys`."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from tp.diagnostics.diagnostic import TpError, error
from tp.maps.keys import DIGITS, digest, source_file

MapFunction = Callable[[Any], Any]
"""A JAX function of one array with the axes of the operand, to an array with the axes of the result."""

_FUNCTIONS: dict[str, MapFunction] = {}
_FILES: dict[str, str] = {}
"""By key the file of a function that can be loaded in another process."""


def known(name: str, function: MapFunction) -> str:
    """The key of ``function`` as the map ``name``, under which :func:`find` returns it. Raises TpError TP625."""
    if not callable(function):
        raise error("TP625", f"what is given for the map {name} is {type(function).__name__}, not a function")
    key = f"{name}@{digest(function)}"
    _FUNCTIONS[key] = function
    file = source_file(function)
    if file is not None and getattr(function, "__qualname__", "") == name:
        _FILES[key] = file
    return key


def find(key: str) -> MapFunction:
    """The function with this key. Raises KeyError where this process has none."""
    return _FUNCTIONS[key]


def files(keys: Iterable[str]) -> dict[str, str]:
    """The files from which the functions with these ``keys`` can be loaded, by key."""
    return {key: _FILES[key] for key in keys if key in _FILES}


def restore(places: Mapping[str, str]) -> None:
    """Load functions that this process does not have from the files at ``places``, by key."""
    for key, file in places.items():
        if key not in _FUNCTIONS:
            module = loaded(file)
            name = key.partition("@")[0]
            if known(name, getattr(module, name)) != key:
                raise error("TP622", f"{file} was changed while it was in use", hint="run the same command again")


def loaded(file: str) -> ModuleType:
    """The module that the Python file is: this runs it. Raises TpError TP622 where that fails."""
    place = os.path.realpath(file)
    name = "tp_maps_" + hashlib.sha256(place.encode()).hexdigest()[:DIGITS]
    spec = importlib.util.spec_from_file_location(name, place)
    if spec is None or spec.loader is None:
        raise error("TP622", f"{file} is no Python file", hint="name it something.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = os.path.dirname(place)
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        del sys.modules[name]
        raise error("TP622", f"{file} cannot be run: {said(problem)}") from problem
    finally:
        sys.path.remove(folder)
    return module


def functions(file: str) -> Mapping[str, MapFunction]:
    """The functions that a Python file defines, by name. Raises TpError TP622."""
    module = loaded(file)
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }


def checked(name: str, function: MapFunction | None, shape: Sequence[int]) -> MapFunction:
    """``function``, None where there is none, with results that have ``shape``.

    Its calls raise TpError: TP621 without a function, TP623 where it fails, TP624 for a wrong result.
    """
    if function is None:
        hint = f"define {name} in the file of --maps, or give it with tp.load(file, maps={{...}}) in Python"
        raise error("TP621", f"there is no Python function for the map {name}", hint=hint)

    def called(x: Any) -> Any:
        import jax.numpy as jnp

        try:
            made = function(x)
        except TpError:
            raise
        except Exception as problem:
            hint = "write it with jax.numpy in place of numpy" if _concrete(problem) else None
            raise error("TP623", f"the function of the map {name} fails: {said(problem)}", hint=hint) from problem
        found = getattr(made, "shape", None)
        if found != tuple(shape):
            returned = f"a {type(made).__name__}" if found is None else f"an array of shape {_written(found)}"
            message = f"the function of the map {name} returns {returned}, not one of shape {_written(shape)}"
            raise error("TP624", message, hint=f"its operand has shape {_written(x.shape)} here")
        if not jnp.issubdtype(made.dtype, jnp.floating):
            raise error("TP624", f"the function of the map {name} returns {made.dtype}, not real numbers")
        return made.astype(x.dtype)

    return called


def said(problem: BaseException) -> str:
    """The last line of the traceback of ``problem``."""
    first = str(problem).strip().split("\n")[0][:200]
    return f"{type(problem).__name__}: {first}" if first else type(problem).__name__


def _concrete(problem: BaseException) -> bool:
    """Whether something asked for the numbers of an array that JAX is tracing, as NumPy does."""
    return any(
        kind.__name__ in ("TracerArrayConversionError", "ConcretizationTypeError") for kind in type(problem).__mro__
    )


def _written(shape: Sequence[int]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"
