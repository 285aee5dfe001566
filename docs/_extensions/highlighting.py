"""Colours for programs: keywords from the grammar, names of laws and activations from the registries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, Text
from sphinx.application import Sphinx

from tp.activations import offered
from tp.laws import LAWS, STRUCTURES

_GRAMMAR = next((Path(__file__).parents[2] / "grammar").glob("*.lark")).read_text(encoding="utf-8")
_KEYWORDS = sorted(set(re.findall(r'"([a-z_]+)"', _GRAMMAR)))


def _claim(lexer: object, match: re.Match[str]) -> Iterator[tuple[int, Any, str]]:
    """The word ``claim`` and what is claimed of: a quantity or the word of a kind."""
    for k, kind in enumerate((Keyword, Text, Name.Class), start=1):
        yield match.start(k), kind, match[k]


class Programs(RegexLexer):
    """Programs, and lines of them."""

    name = "tp"
    aliases = ("tp",)
    tokens = {  # noqa: RUF012 the table that Pygments reads
        "root": [
            (r"#.*", Comment.Single),
            (r"(claim)(\s+)([\w\[\],.]+)", _claim),
            (words(_KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
            (words((*LAWS, *STRUCTURES), prefix=r"\b", suffix=r"(?=\s*\()"), Name.Builtin),
            (words(offered(), prefix=r"\b", suffix=r"\b"), Name.Function),
            (r"\d+(\.\d+)?(e[+-]?\d+)?", Number),
            (r"[A-Za-z_]\w*", Name),
            (r"[-+*/^@'=:~|<>]", Operator),
            (r"[()\[\]{},;.]", Punctuation),
            (r"\s+|.", Text),
        ]
    }


def _of_files(app: Sphinx, doctree: nodes.document) -> None:
    """Files .tp that a page includes are highlighted as programs without an option."""
    for block in doctree.findall(nodes.literal_block):
        if str(block.get("source", "")).endswith(".tp"):
            block["language"] = Programs.name


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", _of_files)
    app.add_lexer("tp", Programs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
