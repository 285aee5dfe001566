"""Which modules of this package a draw loads, read off their sources: nothing is imported for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The folder of the package."""
_FINDER = "pkgutil"
"""A package that imports this module finds its own modules at run time, so all of them count."""


def loaded(start: str, root: Path = ROOT) -> dict[str, Path]:
    """The files of the module ``start`` and of all that it imports, by the name of the module, in alphabetical order.

    Imports inside functions count, imports for type checkers do not. The packages that contain a module count, too,
    except the outermost one, which only lists the public names.
    """
    found: dict[str, Path] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        path = _file(name, root)
        if path is None or name in found or name == root.name:
            continue
        found[name] = path
        imports = _imports(path.read_bytes())
        waiting += [name.rpartition(".")[0], *(target for target in imports if target.startswith(root.name + "."))]
        if _FINDER in imports:
            waiting += [f"{name}.{module.stem}" for module in path.parent.glob("*.py") if module.stem != "__init__"]
    return dict(sorted(found.items()))


def _file(name: str, root: Path) -> Path | None:
    """The file of the module or package ``name``; None where there is none."""
    place = root.joinpath(*name.split(".")[1:])
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@cache
def _imports(source: bytes) -> tuple[str, ...]:
    """The names of the modules that ``source`` imports, and of those that it may mean."""
    return tuple(_imported(ast.parse(source).body))


def _imported(body: list[ast.stmt]) -> Iterator[str]:
    """The imports among statements and inside them; ``from a import b`` may mean a module a.b."""
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield from (statement.module or "", *(f"{statement.module}.{alias.name}" for alias in statement.names))
        elif not _for_types(statement):
            for inner in ("body", "orelse", "finalbody"):
                yield from _imported(getattr(statement, inner, []))
            for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                yield from _imported(part.body)


def _for_types(statement: ast.stmt) -> bool:
    """Is it a block that only type checkers read?"""
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"
