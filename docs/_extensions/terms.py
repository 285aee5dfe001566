"""Emphasised words that the glossary explains become links to it, the first time on each page.

Headings of columns, the last group of the glossary, are left out: they are common words.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import glossary, pending_xref
from sphinx.application import Sphinx


@cache
def _terms(path: Path) -> frozenset[str]:
    """The terms of all groups of the glossary but the last, in small letters."""
    groups = re.findall(r"^```\{glossary\}\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    return frozenset(line.lower() for group in groups[:-1] for line in group.splitlines() if line[:1].strip())


def _link(app: Sphinx, doctree: nodes.document) -> None:
    if any(doctree.findall(glossary)):
        return
    left = set(_terms(Path(app.srcdir) / "glossary.md"))
    for node in [*doctree.findall(nodes.emphasis), *doctree.findall(nodes.strong)]:
        word = node.astext()
        if word.lower() not in left or isinstance(node.parent, nodes.reference | pending_xref):
            continue
        left.remove(word.lower())
        link = pending_xref(
            "", refdomain="std", reftype="term", reftarget=word, refdoc=app.env.docname, refexplicit=True, refwarn=True
        )
        node.replace_self(link)
        link += node


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", _link)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
