"""Python functions that programs call as maps. Graphs contain the key of a function, which names its source.

Keys of equal functions are equal in every process; those of functions that hold what cannot be compared are random, so
that nothing stored is taken for theirs.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tp.diagnostics.diagnostic import TpError, error

MapFunction = Callable[[Any], Any]
"""A JAX function of one array with the axes of the operand, to an array with the axes of the result."""
DIGITS = 16
"""Digits of a key after the name."""

_FUNCTIONS: dict[str, MapFunction] = {}
_FILES: dict[str, str] = {}
"""By key the file of a function that can be loaded in another process."""
_IMPORT = re.compile(rb"^\s*(?:from\s+(\.*[\w.]*)\s+import|import\s+([\w., ]+))", re.MULTILINE)


def known(name: str, function: MapFunction) -> str:
    """The key of ``function`` as the map ``name``, under which :func:`find` returns it. Raises TpError TP625."""
    if not callable(function):
        raise error("TP625", f"what is given for the map {name} is {type(function).__name__}, not a function")
    key = f"{name}@{_digest(function)}"
    _FUNCTIONS[key] = function
    file = _file(function)
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


# keys ------------------------------------------------------------------------------------------------


def _file(function: Any) -> str | None:
    """The file with the source of ``function`` or of its type, None where there is none."""
    for thing in (inspect.unwrap(function), type(function)):
        try:
            found = inspect.getsourcefile(thing)
        except (TypeError, OSError):
            continue
        if found is not None and os.path.isfile(found):
            return found
    return None


def _digest(function: MapFunction) -> str:
    found = hashlib.sha256()
    for part in _content(function, set()):
        found.update(part)
        found.update(b"\0")
    return found.hexdigest()[:DIGITS]


def _content(value: Any, seen: set[int]) -> Iterator[bytes]:
    """What ``value`` is made of: files of source, captured values, numbers."""
    if id(value) in seen:
        return
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        yield repr(value).encode()
        return
    seen.add(id(value))
    if isinstance(value, tuple | list):
        for one in value:
            yield from _content(one, seen)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _content(key, seen)
            yield from _content(one, seen)
    elif isinstance(value, CodeType):
        yield value.co_code
        yield from _content(value.co_names, seen)
        yield from _content(value.co_consts, seen)
    elif isinstance(value, ModuleType):
        yield value.__name__.encode()
    elif hasattr(value, "__array__") and hasattr(value, "dtype"):
        import numpy

        array = numpy.asarray(value)
        yield f"{array.dtype} {array.shape}".encode()
        yield array.tobytes()
    elif callable(value):
        yield from _of_callable(value, seen)
    else:
        yield secrets.token_bytes()


def _of_callable(function: Any, seen: set[int]) -> Iterator[bytes]:
    yield str(getattr(function, "__qualname__", type(function).__qualname__)).encode()
    for name in ("func", "args", "keywords", "__self__", "__wrapped__", "fun", "jvp"):
        if (held := getattr(function, name, None)) is not None and not isinstance(held, ModuleType):
            yield from _content(held, seen)
    file = _file(function)
    if file is not None:
        yield from _sources(Path(file), set())
    code = getattr(function, "__code__", None)
    if code is None:
        if file is None:
            yield secrets.token_bytes()
        return
    if file is None:
        yield from _content(code, seen)
    for cell in function.__closure__ or ():
        try:
            yield from _content(cell.cell_contents, seen)
        except ValueError:
            yield b"empty"
    yield from _content(function.__defaults__, seen)
    for name in code.co_names:
        held = function.__globals__.get(name)
        if held is not None and not isinstance(held, ModuleType | type) and (file is None or not callable(held)):
            yield from _content(held, seen)


def _sources(file: Path, seen: set[Path]) -> Iterator[bytes]:
    """The text of ``file`` and of the modules beside it that it imports."""
    if file in seen or not file.is_file():
        return
    seen.add(file)
    text = file.read_bytes()
    yield text
    if "site-packages" in file.parts:
        return
    for origin, plain in _IMPORT.findall(text):
        for word in (origin or plain).decode().replace(",", " ").split():
            first = word.strip(".").split(".")[0]
            if first:
                yield from _sources(file.parent / f"{first}.py", seen)
                yield from _sources(file.parent / first / "__init__.py", seen)
