"""The line of the user's code that an equation comes from."""

from __future__ import annotations

import ast
import linecache
import sysconfig
from functools import cache
from pathlib import Path

from tp.diagnostics.span import Span
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.equation import Place
from tp.imports.traced.flat_equation import Source

_LIBRARIES = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
_OURS = str(Path(__file__).parents[2])
_FRAMEWORKS = ("/jax/", "/jaxlib/", "/flax/", "/haiku/", "/equinox/", "/optax/")


@cache
def is_users(file: str) -> bool:
    """Whether a file is the user's own: in no library, and not of this package."""
    if not file or file.startswith("<frozen"):
        return False
    inside = any(file.startswith(f"{folder}/") for folder in (*_LIBRARIES, _OURS))
    return not inside and "/site-packages/" not in file and "/dist-packages/" not in file


@cache
def _is_foreign(file: str) -> bool:
    """Whether a file is of a library, but of none that models are written with."""
    inside = file.startswith(f"{_OURS}/") or any(name in file for name in _FRAMEWORKS)
    return not inside and ("/site-packages/" in file or "/dist-packages/" in file)


def place_of(source: Source) -> Place:
    """The innermost line of the user's own code; else the innermost that is outside of JAX and its frameworks."""
    chain = [source]
    while (outer := chain[-1].outer) is not None:
        chain.append(outer)
    scope = tuple(name for one in reversed(chain) for name in internals.scope(one.info))
    usable = [internals.frames(one.info) for one in chain if one.own]
    for accepted in (is_users, _is_foreign):
        for stack in usable:
            for frame in stack:
                if accepted(frame.file):
                    return place_at(frame.file, frame.line, scope)
    return Place("<unknown>", 0, "", None, scope)


@cache
def place_at(file: str, line: int, scope: tuple[str, ...] = ()) -> Place:
    """A line of a file, with the variable that its statement assigns."""
    return Place(file, line, linecache.getline(file, line).strip(), _assigned(file).get(line), scope)


def span_of(place: Place) -> Span | None:
    """Where to point in a message."""
    if not place.line:
        return None
    text = linecache.getline(place.file, place.line).rstrip()
    column = len(text) - len(text.lstrip()) + 1
    return Span(place.line, column, place.line, max(len(text), column) + 1, place.file)


def forget() -> None:
    """Read files again: they may have changed."""
    linecache.checkcache()
    place_at.cache_clear()
    _assigned.cache_clear()


@cache
def _assigned(file: str) -> dict[int, str]:
    """The variable that a statement assigns, by each of its lines."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return {}
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            target = node.target
        else:
            continue
        if isinstance(target, ast.Name):
            found.update(dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), target.id))
    return found
