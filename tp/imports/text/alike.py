"""Whether consecutive segments of statements are iterations of one loop, and what its body is then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from tp.imports.axes.labels import Label, Labels
from tp.imports.text.declared import Assigned, DeclaredWeight
from tp.imports.text.expression import (
    Applied,
    Call,
    Chosen,
    Dot,
    Index,
    Named,
    Node,
    One,
    Power,
    Product,
    Quotient,
    Ref,
    Renamed,
    Sum,
    Total,
)
from tp.imports.text.families import numbered
from tp.imports.text.series import Line, Loop, Member, Position, Series
from tp.imports.traced.sizes import Number

T = TypeVar("T")


class Unlike(Exception):
    """The segments are no iterations of one loop."""


class Matching:
    """Compares the statements of segments, place by place, and writes the body of the loop.

    ``alike`` says whether two weights may be declared together. ``series`` has the families that earlier loops made,
    by member.
    """

    def __init__(
        self,
        segments: Sequence[Sequence[Assigned]],
        labels: Labels,
        axes: Mapping[Label, str],
        alike: Callable[[DeclaredWeight, DeclaredWeight], bool],
        series: Mapping[Named, Series],
    ) -> None:
        self._segments = segments
        self._labels = labels
        self._axes = axes
        self._alike = alike
        self._series = series
        self._where: dict[Named, tuple[int, int]] = {
            s: (k, p) for k, segment in enumerate(segments) for p, s in enumerate(segment)
        }
        self._own = [Series([segment[p] for segment in segments]) for p in range(len(segments[0]))]
        self._initial: dict[int, Named] = {}
        self._weights: dict[tuple[Named, ...], Series] = {}
        self._taken: set[Named] = set()
        self._shared: set[Named] = set()
        self._members: list[Member] = []
        self._positions: list[Position] = []

    def loop(self) -> Loop:
        """The loop. Raises Unlike."""
        lines: list[Line] = []
        for place, statements in enumerate(zip(*self._segments, strict=True)):
            self._one([s.number for s in statements])
            node = self._node([s.node for s in statements])
            lines.append(Line(self._member(self._own[place], 0), statements[0].number, node, statements[0].place))
        if self._taken & self._shared:
            raise Unlike
        before, carried = self._begun()
        weights = list(self._weights.values())
        segments = [list(segment) for segment in self._segments]
        values = [each for each in self._own if each not in carried]
        return Loop(len(segments), lines, segments, values, carried, weights, before, self._positions, self._members)

    def _begun(self) -> tuple[list[Assigned], list[Series]]:
        """What carried values are before the first iteration: a statement takes the name, anything else is copied."""
        copies: list[Assigned] = []
        carried: list[Series] = []
        used: set[Named] = set()
        for place, initial in sorted(self._initial.items()):
            series = self._own[place]
            carried.append(series)
            if not isinstance(initial, Assigned) or initial in self._series or initial in used:
                source = self._segments[0][place]
                initial = Assigned(source.wish, Number(1.0), Ref(initial), source.place)
                copies.append(initial)
            used.add(initial)
            for member in self._members:
                if member.series is series:
                    member.place += 1
            series.members.insert(0, initial)
        return copies, carried

    def _member(self, series: Series, place: int) -> Member:
        found = Member(series, place)
        self._members.append(found)
        return found

    def _one(self, values: Sequence[T]) -> T:
        if any(value != values[0] for value in values[1:]):
            raise Unlike
        return values[0]

    def _named(self, names: Sequence[Named]) -> Named:
        """What stands for these in the body."""
        first, *rest = names
        if all(each is first for each in rest):
            if first in self._where:
                raise Unlike
            self._shared.add(first)
            return first
        places = [self._where.get(each) for each in names]
        if None not in places[1:]:
            return self._value(first, [place for place in places[1:] if place is not None], places[0])
        if all(each in self._series for each in names):
            series = self._series[first]
            start = series.members.index(first)
            if series.members[start : start + len(names)] == list(names):
                return self._member(series, start)
            raise Unlike
        return self._weight(names)

    def _value(self, first: Named, later: Sequence[tuple[int, int]], begin: tuple[int, int] | None) -> Named:
        place = self._one([p for _, p in later])
        if begin == (0, place) and all(at == k + 1 for k, (at, _) in enumerate(later)):
            return self._member(self._own[place], 0)
        if begin is not None or any(at != k for k, (at, _) in enumerate(later)):
            raise Unlike
        if self._initial.setdefault(place, first) is not first:
            raise Unlike
        if isinstance(first, DeclaredWeight) and first.operator:
            raise Unlike
        return self._member(self._own[place], -1)

    def _weight(self, names: Sequence[Named]) -> Named:
        key = tuple(names)
        if key not in self._weights:
            weights = [each for each in names if isinstance(each, DeclaredWeight)]
            if len(set(names)) != len(names) or len(weights) != len(names) or self._taken & set(names):
                raise Unlike
            if any(each in self._series or not self._alike(weights[0], each) for each in weights):
                raise Unlike
            if numbered(weights) is None:  # the user could not find them again
                raise Unlike
            for each in weights[1:]:
                self._all(list(zip(weights[0].sides, each.sides, strict=True)))
            self._taken |= set(names)
            self._weights[key] = Series(names)
        return self._member(self._weights[key], 0)

    def _all(self, pairs: Sequence[tuple[Label, Label]]) -> None:
        for one, other in pairs:
            self._label([one, other])

    def _label(self, labels: Sequence[Label]) -> Label:
        """One label for all. Wide ones need the same name, finite ones are merged."""
        first, *rest = labels
        for other in rest:
            one, two = first.root(), other.root()
            if one.size.wide or two.size.wide:
                if self._axes.get(one) != self._axes.get(two):
                    raise Unlike
            elif not self._labels.merge(one, two):
                raise Unlike
        return first

    def _labels_of(self, labels: Sequence[Sequence[Label]]) -> tuple[Label, ...]:
        self._one([len(each) for each in labels])
        return tuple(self._label(each) for each in zip(*labels, strict=True))

    def _position(self, values: Sequence[int | Named | None]) -> int | Named | None:
        numbers = [each for each in values if isinstance(each, int)]
        if len(numbers) != len(values):
            return self._one(values)
        step = numbers[1] - numbers[0]
        if any(b - a != step for a, b in pairwise(numbers)):
            raise Unlike
        if not step:
            return numbers[0]
        self._positions.append(Position(numbers[0], step))
        return self._positions[-1]

    def _node(self, nodes: Sequence[Node]) -> Node:
        """The expression of the body for the expressions of all iterations."""
        self._one([type(node) for node in nodes])
        self._one([len(node.parts()) for node in nodes])
        parts = [self._node(each) for each in zip(*(node.parts() for node in nodes), strict=True)]
        match nodes[0]:
            case Ref():
                return Ref(self._named([node.named for node in nodes if isinstance(node, Ref)]))
            case Applied() as first:
                same = [node for node in nodes if isinstance(node, Applied)]
                self._one([node.transposed for node in same])
                return replace(first, weight=self._named([node.weight for node in same]), node=parts[0])
            case One() as first:
                return first
            case Sum():
                numbers = self._one([[n for n, _ in node.terms] for node in nodes if isinstance(node, Sum)])
                return Sum(tuple(zip(numbers, parts, strict=True)))
            case Product():
                return Product(tuple(parts))
            case Quotient():
                return Quotient(*parts)
            case Power():
                return Power(parts[0], self._one([node.exponent for node in nodes if isinstance(node, Power)]))
            case Total():
                return Total(parts[0], self._labels_of([n.labels for n in nodes if isinstance(n, Total)]))
            case Dot():
                return Dot(parts[0], parts[1], self._labels_of([n.labels for n in nodes if isinstance(n, Dot)]))
            case Renamed():
                same = [node for node in nodes if isinstance(node, Renamed)]
                return Renamed(parts[0], self._label([n.old for n in same]), self._label([n.new for n in same]))
            case Index():
                return self._index([node for node in nodes if isinstance(node, Index)], parts[0])
            case Chosen():
                return Chosen(*parts)
            case Call():
                return self._call([node for node in nodes if isinstance(node, Call)], parts)
            case _:
                raise Unlike

    def _index(self, nodes: Sequence[Index], inner: Node) -> Node:
        label = self._label([node.label for node in nodes])
        first, last = self._position([n.first for n in nodes]), self._position([n.last for n in nodes])
        assert first is not None
        return Index(inner, label, first, last, self._one([node.step for node in nodes]))

    def _call(self, nodes: Sequence[Call], parts: Sequence[Node]) -> Node:
        function = self._one([node.function for node in nodes])
        labels = self._labels_of([node.labels for node in nodes])
        pairs = tuple(
            (self._label([a for a, _ in pair]), self._either([b for _, b in pair]))
            for pair in zip(*(node.pairs for node in nodes), strict=True)
        )
        settings = tuple(
            (self._one([key for key, _ in setting]), self._either([v for _, v in setting]))
            for setting in zip(*(node.settings for node in nodes), strict=True)
        )
        return Call(function, tuple(parts), labels, self._one([node.words for node in nodes]), pairs, settings)

    def _either(self, values: Sequence[T | Label]) -> T | Label:
        labels = [value for value in values if isinstance(value, Label)]
        return self._label(labels) if len(labels) == len(values) else self._one(values)
