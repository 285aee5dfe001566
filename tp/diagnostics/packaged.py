"""Files that come with the package: beside it in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def folder(name: str) -> Path:
    """The folder ``grammar`` or ``programs``. Raises FileNotFoundError when the installation is broken."""
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the {name} folder is missing from this installation")


def library() -> Path:
    """The folder of the packaged functions; spans call its files ``library/...``, wherever it lies."""
    return folder("programs") / "library"


def named(path: Path, name: str) -> str:
    """What spans call the file at ``path``: ``name`` where that leads back to it, else the path itself."""
    try:
        return name if located(name).samefile(path) else str(path)
    except OSError:
        return str(path)


def located(file: str) -> Path:
    """The path of the file that a span names: a file of the packaged library, unless there is one at ``file``."""
    path = Path(file)
    if path.parts[:1] == ("library",) and ".." not in path.parts and not path.exists():
        return library().joinpath(*path.parts[1:])
    return path
