"""Which modules of this package a draw loads, read off their sources: nothing is imported for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The folder of the package."""
_FINDERS = "pkgutil"
"""A package that imports this one finds its modules by itself: all of them count."""


def loaded(start: str, root: Path = ROOT) -> dict[str, Path]:
    """The files of the module ``start`` and of all that it imports, by the names of the modules, in their order.

    Imports inside functions count, those for type checkers do not. Packages count with the modules in them, but for the
    outermost, which only says what the library offers.
    """
    found: dict[str, Path] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        path = _file(name, root)
        if path is None or name in found or name == root.name:
            continue
        found[name] = path
        tree = ast.parse(path.read_bytes())
        waiting.append(name.rpartition(".")[0])
        imports = list(_imports(tree))
        waiting += [target for target in imports if target.startswith(root.name + ".")]
        if _FINDERS in imports:
            waiting += [f"{name}.{module.stem}" for module in path.parent.glob("*.py") if module.stem != "__init__"]
    return dict(sorted(found.items()))


def _file(name: str, root: Path) -> Path | None:
    """The file of the module or package ``name``; None where there is none."""
    place = root.joinpath(*name.split(".")[1:])
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _imports(tree: ast.AST) -> Iterator[str]:
    """The names of what is imported, inside functions too; ``from a import b`` may mean a module a.b."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not _for_types(node):
            yield from _imports(node)


def _for_types(node: ast.AST) -> bool:
    """Is it a block that type checkers alone see?"""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
