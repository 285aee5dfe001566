"""The code of this package as the key of what it made: the modules that a draw loads, or all files of the package.

They are read off the sources: nothing is imported for it.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The folder of the package."""
THEORY = "optimizers.rules"
"""What optimisers import in functions that only the order calculus calls: no draw loads it."""
_FINDER = "pkgutil"
"""A package that imports this module finds its own modules at run time, so all of them count."""


def loaded(start: str, root: Path = ROOT) -> dict[str, Path]:
    """The files of the module ``start`` and of all that it imports, by the name of the module, in alphabetical order.

    Imports inside functions count, imports for type checkers do not. The packages that contain a module count, too,
    except the outermost one, which only lists the public names. :data:`THEORY` does not count.
    """
    theory = f"{root.name}.{THEORY}"
    found: dict[str, Path] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        path = _file(name, root)
        if path is None or name in found or name == root.name or f"{name}.".startswith(f"{theory}."):
            continue
        found[name] = path
        named = imports(path.read_bytes())
        waiting += [name.rpartition(".")[0], *(target for target in named if target.startswith(root.name + "."))]
        if _FINDER in named:
            waiting += [f"{name}.{module.stem}" for module in path.parent.glob("*.py") if module.stem != "__init__"]
    return dict(sorted(found.items()))


@cache
def package_hash(root: Path = ROOT) -> str:
    """A hash of the names and contents of all files of the package: any edit changes it."""
    found = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read()
            found.update(f"{os.path.relpath(path, root)} {len(data)} ".encode() + data)
    return found.hexdigest()


def _file(name: str, root: Path) -> Path | None:
    """The file of the module or package ``name``; None where there is none."""
    place = root.joinpath(*name.split(".")[1:])
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@cache
def imports(source: bytes) -> tuple[str, ...]:
    """The names of the modules that ``source`` imports, and of those that it may mean: ``from a import b``.

    Statements are found by the first word of a line: to parse all sources takes ten times as long as all else here. In
    a docstring such a line counts, too, which only means that one more module is hashed.
    """
    found: list[str] = []
    for origin, names, plain in _IMPORT.findall(_FOR_TYPES.sub("", source.decode())):
        if origin:
            listed = _names(names)
            found += [origin, *(f"{origin}.{name}" for name in listed)]
        else:
            found += _names(plain)
    return tuple(found)


_FOR_TYPES = re.compile(r"^( *)if TYPE_CHECKING:.*\n(?:\1 +.*\n|\s*\n)+", re.MULTILINE)
"""A block that only type checkers read."""
_IMPORT = re.compile(r"^ *(?:from +([\w.]+) +import +(\([^)]*\)|[^(\n]*)|import +([^\n]*))", re.MULTILINE)


def _names(words: str) -> list[str]:
    """The names in a list such as ``(a as b, c)``, with comments."""
    listed = re.sub(r"#[^\n]*", "", words).strip("() \n").split(",")
    return [name.split()[0] for name in listed if name.strip()]
