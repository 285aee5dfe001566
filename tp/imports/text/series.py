"""Families of the program, and what stands for their members in the body of a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tp.imports.text.declared import Assigned
from tp.imports.text.expression import Named, Node
from tp.imports.traced.equation import Place
from tp.imports.traced.sizes import Number


class Series:
    """Weights or values with one name and an index. ``first`` is that of the first member."""

    def __init__(self, members: Sequence[Named], first: int = 0) -> None:
        self.members = list(members)
        self.first = first
        self.name = ""

    def settle(self, name: str) -> None:
        """Gives all members their names."""
        self.name = name
        for place, member in enumerate(self.members):
            member.name = f"{name}[{self.first + place}]"


class Member(Named):
    """The member of a family that an iteration of a loop uses; ``place`` is the one that the first iteration uses."""

    def __init__(self, series: Series, place: int) -> None:
        super().__init__("")
        self.series = series
        self.place = place

    def settle(self, variable: str, base: int) -> None:
        """Its text, where the loop begins with ``variable`` = ``base``."""
        index = counted(variable, self.series.first + self.place - base)
        self.name = f"{self.series.name}[{index}]"


class Position(Named):
    """The index of an entry, which moves by ``step`` in each iteration, from ``first`` on."""

    def __init__(self, first: int, step: int) -> None:
        super().__init__("")
        self.first = first
        self.step = step

    def settle(self, variable: str, base: int) -> None:
        """Its text, where the loop begins with ``variable`` = ``base``."""
        rest = self.first - self.step * base
        if self.step == -1:
            self.name = f"{rest}-{variable}"
        elif self.step == 1:
            self.name = counted(variable, rest)
        else:
            sign = "-" if rest < 0 else "+"
            self.name = f"{self.step} * {variable}{f' {sign} {abs(rest)}' if rest else ''}"


def counted(variable: str, rest: int) -> str:
    """``l``, ``l+1`` or ``l-1``."""
    return f"{variable}{rest:+d}" if rest else variable


@dataclass(frozen=True, slots=True)
class Line:
    """A statement of the body of a loop."""

    member: Member
    number: Number
    node: Node
    place: Place

    @property
    def name(self) -> str:
        """The name of the value, with the index that the iteration gives it."""
        return self.member.name


@dataclass(slots=True)
class Loop:
    """Statements that are repeated.

    ``before`` are copies of values that the first iteration takes as those of the iteration before it. ``carried``
    are families that one iteration hands to the next. ``weights`` are families of weights.
    """

    count: int
    lines: list[Line]
    statements: list[list[Assigned]]
    values: list[Series]
    carried: list[Series]
    weights: list[Series]
    before: list[Assigned]
    positions: list[Position]
    members: list[Member] = field(default_factory=list[Member])
    base: int = 1

    def settle(self, variable: str) -> None:
        """The texts of indices, once all families have their names."""
        for each in (*self.members, *self.positions):
            each.settle(variable, self.base)


Item = Assigned | Loop
