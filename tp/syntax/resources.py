"""Where the grammar and the packaged programs lie: beside the package in a checkout, inside it in a wheel."""

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


def grammar() -> str:
    """The text of the grammar."""
    return (folder("grammar") / "tp.lark").read_text(encoding="utf-8")


def library() -> Path:
    """Where imported modules are looked for after the importing file's own folder."""
    return folder("programs") / "library"
