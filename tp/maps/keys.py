"""Keys of Python functions: hashes of their source and of what they hold, equal in every process."""

from __future__ import annotations

import hashlib
import inspect
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

DIGITS = 16
"""Digits of a hash."""

_IMPORT = re.compile(rb"^\s*(?:from\s+(\.*[\w.]*)\s+import|import\s+([\w., ]+))", re.MULTILINE)


def digest(function: Callable[..., Any]) -> str:
    """A hash of all that the results of ``function`` depend on.

    It is random for a function that holds what cannot be compared, so that nothing stored is taken for its results.
    """
    found = hashlib.sha256()
    for part in _content(function, set()):
        found.update(part)
        found.update(b"\0")
    return found.hexdigest()[:DIGITS]


def source_file(function: Any) -> str | None:
    """The file with the source of ``function``, or of its type; None where there is none."""
    for thing in (inspect.unwrap(function), type(function)):
        try:
            found = inspect.getsourcefile(thing)
        except (TypeError, OSError):
            continue
        if found is not None and os.path.isfile(found):
            return found
    return None


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
    file = source_file(function)
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
