"""Weights that differ by a number in their path only, such as those of layers: they are declared as one family."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from tp.imports.axes.labels import Labels
from tp.imports.text.declared import DeclaredWeight
from tp.imports.text.series import Series

_NUMBERED = re.compile(r"^(.*?)_?(\d+)$")


@dataclass(frozen=True, slots=True)
class Family:
    """Weights with one declaration. ``first`` is the index of the first member; None for a single weight.

    ``natural`` says that indices are those of the user. ``series`` is what a loop knows them as.
    """

    name: str
    members: tuple[DeclaredWeight, ...]
    first: int | None
    natural: bool = True
    series: Series | None = None


def of_loop(series: Series) -> Family:
    """The weights of the iterations of a loop, with the numbers that the user gives them.

    A loop may take every second one, such as ``Dense_0`` and ``Dense_2``. These have indices of their own, from
    ``series.first`` on.
    """
    members = tuple(member for member in series.members if isinstance(member, DeclaredWeight))
    found = numbered(members)
    assert found is not None
    words, numbers = found
    natural = all(number == numbers[0] + k for k, number in enumerate(numbers))
    return Family("_".join(words), members, numbers[0] if natural else series.first, natural, series)


def numbered(members: Sequence[DeclaredWeight]) -> tuple[list[str], list[int]] | None:
    """What paths have in common, and the first number that differs. None where they differ by more than numbers.

    The first of several may have no number, such as ``linear`` before ``linear_1``: it counts as 0.
    """
    paths = [_components(member) for member in members]
    if len({len(path) for path in paths}) > 1:
        return None
    words: list[str] = []
    numbers: list[int] = []
    for each in zip(*paths, strict=True):
        if len(set(each)) == 1:
            words.append(each[0])
            continue
        matches = [_NUMBERED.match(word) for word in each]
        stems = {word if match is None else match[1] for word, match in zip(each, matches, strict=True)}
        if len(stems) > 1:
            return None
        numbers = numbers or [0 if match is None else int(match[2]) for match in matches]
        words += [stem for stem in stems if stem]
    return words, numbers


Key = Callable[[DeclaredWeight], Hashable]


class Families:
    """Puts weights into families. ``key`` says what members share beside sizes of axes: names of wide ones, laws."""

    def __init__(self, weights: Sequence[DeclaredWeight], labels: Labels, key: Key) -> None:
        self._weights = weights
        self._labels = labels
        self._key = key
        self._paths = {weight: _components(weight) for weight in weights}

    def found(self) -> list[Family]:
        """All weights, those of one family together, in the order of first members. Labels of members are merged."""
        left = list(self._weights)
        found: list[Family] = []
        while left:
            family = self._family(left[0], left) or Family("_".join(self._paths[left[0]]), (left[0],), None)
            left = [weight for weight in left if weight not in family.members]
            found.append(family)
        return found

    def _family(self, weight: DeclaredWeight, left: Sequence[DeclaredWeight]) -> Family | None:
        """The weights whose paths differ from that of ``weight`` by one number, without gaps from the least on."""
        own = self._paths[weight]
        for place, word in enumerate(own):
            match = _NUMBERED.match(word)
            if match is None:
                continue
            members = self._members(own, place, match[1], left)
            numbers = sorted(members)
            kept = [members[number] for k, number in enumerate(numbers) if number == numbers[0] + k]
            if len(kept) > 1 and weight in kept and all(self.alike(kept[0], each) for each in kept[1:]):
                for each in kept[1:]:
                    for mine, other in zip(kept[0].sides, each.sides, strict=True):
                        self._labels.merge(mine, other)
                words = [*own[:place], *([match[1]] if match[1] else []), *own[place + 1 :]]
                return Family("_".join(words), tuple(kept), numbers[0])
        return None

    def _members(
        self, own: tuple[str, ...], place: int, word: str, left: Sequence[DeclaredWeight]
    ) -> dict[int, DeclaredWeight]:
        """Weights by the number at ``place``, where all else is as in ``own``."""
        found: dict[int, DeclaredWeight] = {}
        for other in left:
            theirs = self._paths[other]
            if len(theirs) == len(own) and theirs[:place] == own[:place] and theirs[place + 1 :] == own[place + 1 :]:
                match = _NUMBERED.match(theirs[place])
                if match is not None and match[1] == word:
                    found[int(match[2])] = other
        return found

    def alike(self, one: DeclaredWeight, other: DeclaredWeight) -> bool:
        """Whether one declaration fits both. Wide axes are compared by name."""
        same = len(one.outs or ()) == len(other.outs or ()) and len(one.ins) == len(other.ins)
        return (
            same
            and self._key(one) == self._key(other)
            and all(
                a.root().size == b.root().size and (a.root().size.wide or self._labels.can_merge(a, b))
                for a, b in zip(one.sides, other.sides, strict=True)
            )
        )


def _components(weight: DeclaredWeight) -> tuple[str, ...]:
    """The path, with the number of a part at the end."""
    part = weight.weight.part
    return (*weight.path, str(part)) if part else weight.path
