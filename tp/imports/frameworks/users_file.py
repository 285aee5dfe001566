"""The user's Python, which an import runs: a file or a module of the search path, and a function in it."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.frameworks.blame import blamed

USUAL = "make"
"""The name of the function where none is given."""


@contextmanager
def searched(word: str) -> Generator[None]:
    """Modules beside the user's file, or in the working folder, can be imported while this is entered."""
    file = word.rpartition(":")[0] or word
    folder = os.path.dirname(os.path.realpath(file)) if file.endswith(".py") else os.getcwd()
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def function(word: str) -> tuple[Any, Any]:
    """The function that ``word`` names, and what its module defines as ``inputs`` (None: nothing).

    Args:
        word: ``module.py:make`` or ``package.module:make``. This runs the module.

    Raises:
        TpError: TP507 for a file that does not exist, TP905 and TP906 where it cannot be run, and TP904 where it does
            not define the function.
    """
    place, colon, name = word.rpartition(":")
    if not colon:
        place, name = word, USUAL
    module = _run(place)
    found = getattr(module, name, None)
    if not callable(found):
        others = [key for key, value in vars(module).items() if _defined(value, module) and not key.startswith("_")]
        hint = f"it defines {', '.join(others[:6])}" if others else "define a function that builds the model at width n"
        what = f"defines no function {name}" if found is None else f"defines {name}, which is no function"
        raise error("TP904", f"{place} {what}", hint=hint)
    return found, getattr(module, "inputs", None)


def _run(place: str) -> ModuleType:
    """The module at ``place``, run."""
    if not place.endswith(".py"):
        if os.path.exists(place) or os.sep in place:
            raise error("TP507", f"{place} is no Python file", hint="write module.py:make or package.module:make")
        with blamed(place):
            return importlib.import_module(place)
    if not os.path.isfile(place):
        raise error("TP507", f"no such file: {place}")
    file = os.path.realpath(place)
    name = "tp_import_" + hashlib.sha256(file.encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and the like look their module up
    with blamed(place):
        spec.loader.exec_module(module)
    return module


def _defined(value: Any, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__
