"""Words that a page emphasises and the glossary explains become links to it, the first time on each page."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.addnodes import glossary, pending_xref
from sphinx.application import Sphinx

_LONGEST = 40
"""Characters of a term; longer emphasis is a sentence."""


def _link(app: Sphinx, doctree: nodes.document) -> None:
    if any(doctree.findall(glossary)):
        return
    seen: set[str] = set()
    for node in [*doctree.findall(nodes.emphasis), *doctree.findall(nodes.strong)]:
        word = node.astext()
        if len(word) > _LONGEST or word.lower() in seen or isinstance(node.parent, nodes.reference | pending_xref):
            continue
        seen.add(word.lower())
        link = pending_xref(
            "", refdomain="std", reftype="term", reftarget=word, refdoc=app.env.docname, refexplicit=True, refwarn=False
        )
        node.replace_self(link)
        link += node


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", _link)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
