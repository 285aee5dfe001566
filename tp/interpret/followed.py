"""Following a graph through lines: every application of a rule that a node asks for is looked up.

The rules of the primitives ask. Nothing is known here of derivatives or of networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

from tp.orders.bounds.recorder import Line, Motion, NormCalculus
from tp.orders.proof.derivation import Derivation
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.rules import Rules


class Lines(Protocol):
    """Where lines are looked up: in a replay, or in one that grows by what is asked for."""

    @property
    def rules(self) -> Rules: ...

    def find(self, rule: str, arguments: tuple[Any, ...], premises: tuple[Derivation[Any], ...]) -> Derivation[Any]:
        """The line that applies ``rule`` to ``premises``. Raises Rejected where there is none."""
        ...


class FollowedCalculus(Calculus):
    """A calculus that looks lines up."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        super().__init__((), lines.rules)

    def line(self, rule: str, arguments: tuple[Any, ...], premises: tuple[Derived, ...]) -> Derived:
        return self._lines.find(rule, arguments, premises)


class FollowedNorms(NormCalculus):
    """A norm calculus that looks lines up."""

    lines: Lines

    def line(self, rule: str, arguments: tuple[Any, ...], *premises: Line) -> Line:
        return self.lines.find(rule, arguments, premises)

    def form(self, arguments: tuple[Any, ...], output: Line) -> Derivation[tuple[Fraction, Fraction, Fraction] | None]:
        return self.lines.find("norm.form", arguments, (output,))


class Following:
    """Makes norm calculi that follow ``lines``, and collects the ``reasons`` that these give."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._made: list[FollowedNorms] = []

    def __call__(
        self,
        grain: int,
        light: bool,
        along: int = 0,
        free: int | None = 0,
        motions: Mapping[str, Motion] | None = None,
    ) -> NormCalculus:
        calculus = FollowedNorms(grain, light, along, free, motions or {})
        calculus.lines = self._lines
        self._made.append(calculus)
        return calculus

    @property
    def reasons(self) -> tuple[str, ...]:
        """The assumptions of the bounds that were followed, each once."""
        return tuple(dict.fromkeys(reason for calculus in self._made for reason in calculus.reasons))
