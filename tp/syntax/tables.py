"""The parser, from ready-made tables where they fit the grammar.

Working out LALR tables takes longer than everything else that ``tp check`` does, so they lie beside the grammar as
``tables.json``. They hold the digest of the grammar and the version of lark; when either differs they are ignored
and the tables are worked out afresh. ``python -m tp.syntax.tables`` writes the file, and a test compares it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from tp.syntax import resources


def path() -> Path:
    return resources.folder("grammar") / "tables.json"


def fresh(postlex: Any = None, strict: bool = False) -> lark.Lark:
    """The parser, worked out from the grammar. ``strict`` proves that it has no conflicts."""
    return lark.Lark(
        resources.grammar(),
        parser="lalr",
        strict=strict,
        propagate_positions=True,
        maybe_placeholders=True,
        postlex=postlex,
    )


def stored(postlex: Any) -> lark.Lark | None:
    """The parser from the file; None when that is missing or belongs to another grammar or lark."""
    try:
        found = json.loads(path().read_text(encoding="utf-8"), object_pairs_hook=_numbered)
    except (OSError, ValueError):
        return None
    if found.get("key") != key():
        return None
    make: Any = lark.Lark
    return make._load_from_dict(found["data"], found["memo"], postlex=postlex)


def key() -> str:
    """What the tables depend on."""
    return f"{lark.__version__} {hashlib.sha256(resources.grammar().encode()).hexdigest()}"


def text() -> str:
    """The contents of the file."""
    made: Any = fresh()
    data, memo = made.memo_serialize([TerminalDef, Rule])
    return json.dumps({"key": key(), "data": data, "memo": memo}, separators=(",", ":")) + "\n"


def _numbered(pairs: list[tuple[str, Any]]) -> dict[int | str, Any]:
    """JSON has no numbers as keys; the tables do."""
    return {int(k) if k.isdigit() else k: v for k, v in pairs}


if __name__ == "__main__":
    path().write_text(text(), encoding="utf-8")
