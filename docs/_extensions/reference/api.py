"""A page for every public name of ``tp``, which autodoc fills from docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

import tp
from reference.entry import Entry, Kind
from reference.prose import inline


def entries() -> Iterable[Entry]:
    for name in sorted(tp.__all__, key=str.lower):
        if name.startswith("_"):
            continue
        found = getattr(tp, name)
        first = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
        yield Entry(name, inline(first), _directive(name, found), title=f"`tp.{name}`")


def _directive(name: str, found: object) -> str:
    kind = "class" if isinstance(found, type) else "function"
    options = ["   :members:", "   :undoc-members:"] if isinstance(found, type) else []
    if isinstance(found, type) and issubclass(found, Exception):
        kind = "exception"
    lines = [f".. auto{kind}:: tp.{name}", *options]
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```"


KIND = Kind("api", "Library", "Every public name of `import tp`, from its docstring.", entries)
