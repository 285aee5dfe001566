"""Names in the text: of axes, weights, tables and values. Every name is given once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from tp.imports.axes.labels import Label, Labels
from tp.imports.traced.sizes import Size

RESERVED = frozenset({
    "import", "from", "program", "def", "width", "axis", "input", "param", "table", "map", "odd", "even",
    "value", "norms", "degree", "rate", "decay", "instance", "for", "in", "output", "return", "learning_rate",
    "optimizer", "claim", "not", "except", "by",
})  # fmt: skip
"""Words of the language, which are no names."""

WIDE = ("m", "k", "p", "q", "r", "u", "w")
"""Names of wide axes, the first that is free."""
_FINITE = ("t", "s", "i", "j", "a", "b", "c", "e", "g", "o")


class Names:
    """Names that are taken, and new ones."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*RESERVED, *taken}

    def new(self, wish: str) -> str:
        """``wish``, or ``wish_2`` and so on where it is taken."""
        base = name_of(wish)
        found, count = base, 1
        while found in self._taken:
            count += 1
            found = f"{base}_{count}"
        self._taken.add(found)
        return found

    def first(self, wishes: Sequence[str]) -> str:
        """The first of ``wishes`` that is free, else the last with a number."""
        return next((self.new(w) for w in wishes if w not in self._taken), None) or self.new(wishes[-1])


def name_of(wish: str) -> str:
    """A name of the language that is as near to ``wish`` as possible."""
    found = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_") or "z"
    return f"_{found}" if found[0].isdigit() else found


def name_wide_axes(labels: Labels, used: Iterable[Label], names: Names) -> tuple[dict[Label, str], dict[str, Size]]:
    """Names of wide labels by root, and sizes by name: those of one size share a name unless a value has both."""
    found: dict[Label, str] = {}
    widths: dict[str, Size] = {"n": Size(Fraction(1), Fraction(1))}
    held: dict[str, set[int]] = {"n": set()}
    groups = _groups(labels)
    for label in dict.fromkeys(each.root() for each in used):
        if not label.size.wide:
            continue
        mine = groups.get(label, set())
        name = next((w for w, size in widths.items() if size == label.size and not held[w] & mine), None)
        if name is None:
            name = names.first([label.wish or "m", *WIDE])
            widths[name] = label.size
            held[name] = set()
        held[name] |= mine
        found[label] = name
    return found, widths


def _groups(labels: Labels) -> dict[Label, set[int]]:
    """The groups of labels that occur together, by root."""
    found: dict[Label, set[int]] = {}
    for number, members in enumerate(labels.groups):
        for member in members:
            found.setdefault(member.root(), set()).add(number)
    return found


def name_finite_axes(used: Iterable[Label], names: Names, shared: Mapping[Label, Label]) -> dict[Label, str]:
    """A name for every finite label, by root. Those of ``shared`` have the name of another label."""
    found: dict[Label, str] = {}
    for label in dict.fromkeys(each.root() for each in used):
        if not label.size.wide and label not in shared:
            found[label] = names.first([label.wish, *_FINITE] if label.wish else _FINITE)
    return found | {label: found[other] for label, other in shared.items()}
