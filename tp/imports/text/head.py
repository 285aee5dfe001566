"""Comments of a printed program: where it comes from, what was assumed, and where weights are in the module."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from tp.imports.text.declared import Assigned
from tp.imports.text.families import Family

WIDTH = 110
"""Comments are broken here."""


def head(name: str, statements: Sequence[Assigned], widths: Sequence[int], notes: Sequence[str]) -> list[str]:
    """The first lines of the text."""
    files = dict.fromkeys(s.place.file.rsplit("/", 1)[-1] for s in statements if s.place.line)
    source = f"`{name}`" + (f" of {', '.join(files)}" if files else "")
    said = [
        f"Imported from {source}, which was traced at n = {', '.join(map(str, widths))}. An import is printed only if "
        "values and gradients agree with those of the module.",
        *(f"Assumed: {note}." if not note.endswith(".") else f"Assumed: {note}" for note in notes),
    ]
    return [f"# {line}" for each in said for line in wrap(" ".join(each.split()), WIDTH)]


def origin(family: Family) -> str:
    """Paths of the weights of a family in the module, as a comment. Nothing for a weight that is named by its path."""
    if family.first is None:
        return ""
    paths = list(dict.fromkeys("/".join(member.weight.path) for member in family.members))
    between = ", ..., " if len(paths) > 2 else ", "
    return f"  # {between.join(dict.fromkeys((paths[0], paths[-1])))}"
