"""The reference, written from the registries of the package before pages are read, and docstrings for autodoc."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reference.files import pages, write
from reference.plot import STYLE
from sphinx.application import Sphinx
from sphinx.config import Config


def _write(app: Sphinx, config: Config) -> None:
    folder = Path(app.srcdir) / "reference"
    write(folder, pages())
    style = folder / "_static" / "charts.css"
    style.parent.mkdir(exist_ok=True)
    if not style.exists() or style.read_text(encoding="utf-8") != STYLE:
        style.write_text(STYLE, encoding="utf-8")


_ATTRIBUTES = ("attribute", "property", "data")
_plain: dict[str, list[str]] = {}
"""Docstrings of attributes by name, as they were before sections were made of them."""


def _escape(app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]) -> None:
    """Bars of absolute values, which reStructuredText would read as substitutions."""
    for number, line in enumerate(lines):
        parts = line.split("``")  # every other one is code
        lines[number] = "``".join(p if k % 2 else p.replace("|", "\\|") for k, p in enumerate(parts))
    if what in _ATTRIBUTES:
        _plain[name] = list(lines)


def _restore(app: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]) -> None:
    """Docstrings of attributes have no sections: what stands before a colon in their first line is no type."""
    if what in _ATTRIBUTES:
        lines[:] = _plain.pop(name)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("config-inited", _write, priority=400)  # before the folders of static files are looked for
    app.connect("autodoc-process-docstring", _escape, priority=400)  # before sections are made of them
    app.connect("autodoc-process-docstring", _restore, priority=600)  # after that
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
