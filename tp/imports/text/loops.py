"""Finds statements that repeat, as layers and steps in time do, and makes loops of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tp.imports.axes.labels import Label, Labels
from tp.imports.text.alike import Matching, Unlike
from tp.imports.text.declared import Assigned, DeclaredWeight
from tp.imports.text.expression import Named, within
from tp.imports.text.series import Item, Loop, Series
from tp.imports.text.signature import of_statement

MOST = 600
"""Blocks of more statements are not looked for."""
TRIES = 400
"""Segmentations that are compared in one search."""
OVERHEAD = 8
"""What a loop costs beside its body, in parts of expressions."""


@dataclass(frozen=True, slots=True)
class Run:
    """From statement ``start`` on, ``count`` blocks of ``length`` statements, and ``more`` that go on alike."""

    start: int
    length: int
    count: int
    more: int


class Rolling:
    """Statements with loops. ``alike`` says whether two weights may be declared together."""

    def __init__(
        self, labels: Labels, axes: Mapping[Label, str], alike: Callable[[DeclaredWeight, DeclaredWeight], bool]
    ) -> None:
        self._labels = labels
        self._axes = axes
        self._alike = alike
        self.series: dict[Named, Series] = {}
        """Families that loops made, by member."""

    def rolled(self, statements: Sequence[Assigned]) -> list[Item]:
        """The same statements, with loops for those that repeat."""
        numbers: dict[object, int] = {}
        forms = [numbers.setdefault(of_statement(s, self._axes), len(numbers)) for s in statements]
        sizes = [sum(1 for _ in within(s.node)) + 2 for s in statements]
        return self._within(statements, forms, sizes)

    def _within(self, statements: Sequence[Assigned], forms: Sequence[int], sizes: Sequence[int]) -> list[Item]:
        found = self._best(statements, forms, sizes)
        if found is None:
            return list(statements)
        start, length, loop = found
        stop = start + length * loop.count
        before = self._within(statements[:start], forms[:start], sizes[:start])
        # What an earlier loop holds has a name already, so that the first value of this one is a copy.
        again = self._loop(statements, start, length, loop.count) or loop
        self._keep(again)
        after = self._within(statements[stop:], forms[stop:], sizes[stop:])
        return [*before, *again.before, again, *after]

    def _keep(self, loop: Loop) -> None:
        for series in (*loop.carried, *loop.values, *loop.weights):
            for member in series.members:
                self.series[member] = series

    def _best(
        self, statements: Sequence[Assigned], forms: Sequence[int], sizes: Sequence[int]
    ) -> tuple[int, int, Loop] | None:
        """The loop that shortens the text most: where it starts, and how long its body is."""
        best: tuple[int, int, Loop] | None = None
        least = 0
        tries = 0
        runs = sorted(_runs(forms), key=lambda run: -_gain(run.start, run.length, run.count, sizes))
        for run in runs:
            for shift in range(min(run.more, run.length) + 1):
                start = run.start + shift
                count = run.count if shift <= run.more % run.length or run.count == 2 else run.count - 1
                if _gain(start, run.length, count, sizes) <= least or tries > TRIES:
                    break
                tries += 1
                loop = self._longest(statements, start, run.length, count)
                if loop is None:
                    continue
                gain = _gain(start, run.length, loop.count, sizes) - _cost(loop)
                if gain > least:
                    best, least = (start, run.length, loop), gain
        return best

    def _longest(self, statements: Sequence[Assigned], start: int, length: int, count: int) -> Loop | None:
        """The loop of as many iterations as are alike from ``start`` on."""
        found = self._loop(statements, start, length, count)
        if found is not None or count == 2:
            return found
        for fewer in range(2, count):
            longer = self._loop(statements, start, length, fewer)
            if longer is None:
                return found
            found = longer
        return found

    def _loop(self, statements: Sequence[Assigned], start: int, length: int, count: int) -> Loop | None:
        segments = [statements[start + k * length : start + (k + 1) * length] for k in range(count)]
        if len(segments[-1]) < length:
            return None
        try:
            return Matching(segments, self._labels, self._axes, self._alike, self.series).loop()
        except Unlike:
            return None


def _runs(forms: Sequence[int]) -> Iterator[Run]:
    """Everything that repeats in form. Blocks of one statement need three of them."""
    for length in range(1, min(MOST, len(forms) // 2) + 1):
        same = 0
        for place in range(len(forms) - length + 1):
            if place < len(forms) - length and forms[place] == forms[place + length]:
                same += 1
                continue
            if same >= length and (length > 1 or same > 1):
                count = same // length + 1
                yield Run(place - same, length, count, same - (count - 1) * length)
            same = 0


def _gain(start: int, length: int, count: int, sizes: Sequence[int]) -> int:
    return sum(sizes[start + length : start + length * count]) - OVERHEAD


def _cost(loop: Loop) -> int:
    return 3 * len(loop.carried) + 6 * len(loop.before)
