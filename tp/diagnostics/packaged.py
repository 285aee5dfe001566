"""Files that come with the package: beside it in a checkout, inside it in a wheel."""

from __future__ import annotations

import os.path
from functools import cache

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Paths are texts here and in tp.syntax: importing pathlib takes longer than reading a program.


@cache
def folder(name: str) -> str:
    """The folder ``grammar`` or ``programs``. Raises FileNotFoundError when the installation is broken."""
    for candidate in (os.path.join(_PACKAGE, "_data", name), os.path.join(os.path.dirname(_PACKAGE), name)):
        if os.path.isdir(candidate):
            return candidate
    raise FileNotFoundError(f"the {name} folder is missing from this installation")


def library() -> str:
    """The folder of the packaged functions; spans call its files ``library/...``, wherever it lies."""
    return os.path.join(folder("programs"), "library")


def named(path: str, name: str) -> str:
    """The file name in spans for the file at ``path``: ``name`` if :func:`located` finds it by that, else ``path``."""
    try:
        return name if os.path.samefile(located(name), path) else path
    except OSError:
        return path


def located(file: str) -> str:
    """The path of the file that a span names: a file of the packaged library, unless there is one at ``file``."""
    first, *rest = file.split("/")
    if first == "library" and ".." not in rest and not os.path.exists(file):
        return os.path.join(library(), *rest)
    return file
