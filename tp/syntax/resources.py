"""What the language needs from the files of the package."""

from __future__ import annotations

from tp.diagnostics.packaged import folder, library

__all__ = ["folder", "grammar", "library"]


def grammar() -> str:
    """The text of the grammar."""
    return (folder("grammar") / "tp.lark").read_text(encoding="utf-8")
