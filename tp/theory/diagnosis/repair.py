"""The smallest change of one exponent that restores what fails: a multiplier, an initial scale, a learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from pathlib import Path

from tp.diagnostics.span import Span
from tp.graph.axes import Scale, Width
from tp.graph.graph import Graph
from tp.primitives.traits import coefficients_of, datum_of, weight_of
from tp.theory.diagnosis.contractions import contracts
from tp.theory.diagnosis.describe import declared, listing, node_name
from tp.transform.rescale import Rescaling, rescaled

BUDGET = 600
"""The default of the most changed programs that are examined."""
LARGEST = Fraction(2)
"""The largest change that is tried."""
_FINEST = 24


@dataclass(frozen=True, slots=True)
class Change:
    """One exponent of n changed: ``n^after`` where the source has ``n^before``.

    ``kind`` is ``multiplier``, ``initial scale`` or ``learning rate``; ``program`` is the changed program. Not
    ``stated``: the source has no power of n there.
    """

    kind: str
    name: str
    span: Span | None
    before: Fraction
    after: Fraction
    stated: bool
    program: Graph = field(repr=False, compare=False)

    @property
    def size(self) -> Fraction:
        return abs(self.after - self.before)

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None

    @property
    def text(self) -> str:
        """The change as a sentence without a full stop."""
        where = f"{_where(self.span, self.program)}: " if self.span else ""
        powers = f"{_power(self.after)} instead of {_power(self.before)}"
        if self.kind == "multiplier":
            return f"{where}multiply {self.name} by {powers}"
        of = f" of {self.name}" if self.name else ""
        return f"{where}{self.kind}{of} {powers}"


@dataclass(frozen=True, slots=True)
class Repair:
    """All smallest changes that restore what was asked for; empty where no change of one exponent does.

    ``examined`` is the number of changed programs. Changes up to the size ``largest`` are tried in steps of ``step``;
    ``complete`` is False where the budget ended before that.
    """

    changes: tuple[Change, ...]
    examined: int
    step: Fraction
    largest: Fraction
    complete: bool
    needed: bool = True
    """False where everything holds as it is."""

    @property
    def text(self) -> str:
        """What was found, in a sentence without a full stop."""
        if not self.needed:
            return "nothing needs to be restored"
        if self.changes:
            return "; or ".join(change.text for change in self.changes)
        if not self.complete:
            return f"no change of one exponent was found before the search ended ({self.examined} programs)"
        return f"no change of one exponent by at most {self.largest} restores it"


def repair(program: Graph, holds: Callable[[Graph], bool], budget: int = BUDGET, largest: Fraction = LARGEST) -> Repair:
    """The smallest changes of one exponent for which ``holds`` is true of the changed program.

    Exponents that the source states come first; only where none of them helps are powers of n offered where the source
    has none. Weights and multipliers of one place in the source change together. What ``holds`` raises is passed on.
    """
    step = _step(program)
    width = _width(program)
    examined = 0
    if holds(program):
        return Repair((), 0, step, largest, True, needed=False)
    if width is None:
        return Repair((), 0, step, largest, True)
    for knobs in (list(_stated(program)), list(_unstated(program))):
        for count in range(1, int(largest / step) + 1):
            found: list[Change] = []
            for knob in knobs:
                for shift in (-count * step, count * step):
                    if examined >= budget:
                        return Repair(tuple(found), examined, step, largest, False)
                    examined += 1
                    changed = rescaled(program, knob.rescaling(Scale.of(width, shift / width.exponent)))
                    if holds(changed):
                        found.append(knob.change(shift, changed))
            if found:
                return Repair(tuple(found), examined, step, largest, True)
    return Repair((), examined, step, largest, True)


@dataclass(frozen=True, slots=True)
class _Knob:
    """One exponent of the source, and the rescaling of the program that a factor there amounts to."""

    kind: str
    name: str
    span: Span | None
    before: Fraction
    stated: bool
    rescaling: Callable[[Scale], Rescaling]

    def change(self, shift: Fraction, program: Graph) -> Change:
        return Change(self.kind, self.name, self.span, self.before, self.before + shift, self.stated, program)


def _stated(program: Graph) -> Iterable[_Knob]:
    """Multipliers with a power of n, in the order of the program, then initial scales and learning rates."""
    groups: dict[tuple[object, Fraction], list[tuple[int, int]]] = {}
    for index in _needed(program):
        node = program[index]
        for place, scale in enumerate(coefficients_of(node.operation)):
            if scale.exponent and not _number(program, node.operands[place]):
                groups.setdefault((node.span or index, scale.exponent), []).append((index, place))
    for (_, before), places in groups.items():
        name = listing(node_name(program, program[i].operands[k]) for i, k in places)
        yield _Knob(
            "multiplier", name, program[places[0][0]].span, before, True,
            lambda s, places=places: Rescaling(coefficients=dict.fromkeys(places, s)),
        )  # fmt: skip
    used = {w.name for i in _needed(program) if (w := weight_of(program[i].operation)) is not None}
    for group in declared(program, [p.name for p in program.parameters.values() if p.name in used and not p.noise]):
        first = program.parameters[group[0]]
        if first.law.scale.coefficient:
            yield _Knob(
                "initial scale", listing(group), first.span, first.law.scale.exponent, True,
                lambda s, group=group: Rescaling(laws=dict.fromkeys(group, s)),
            )  # fmt: skip
        if first.rate.coefficient:
            yield _Knob(
                "learning rate", listing(group), first.span, first.rate.exponent, True,
                lambda s, group=group: Rescaling(rates=dict.fromkeys(group, s)),
            )  # fmt: skip
    yield _Knob("learning rate", "", None, program.learning_rate.exponent, True, lambda s: Rescaling(learning_rate=s))


def _unstated(program: Graph) -> Iterable[_Knob]:
    """Sums over wide axes that no power of n multiplies."""
    multiplied = {
        program[i].operands[k]
        for i in _needed(program)
        for k, s in enumerate(coefficients_of(program[i].operation))
        if s.exponent
    }
    groups: dict[object, list[int]] = {}
    for index in _needed(program):
        if index not in multiplied and contracts(program, index):
            groups.setdefault(program[index].span or index, []).append(index)
    for group in groups.values():
        name = listing(node_name(program, i) for i in group)
        yield _Knob(
            "multiplier", name, program[group[0]].span, Fraction(0), False,
            lambda s, group=group: Rescaling(results=dict.fromkeys(group, s)),
        )  # fmt: skip


def _needed(program: Graph) -> list[int]:
    return program.needed(list(program.outputs.values()))


def _number(program: Graph, index: int) -> bool:
    """Whether a node is a number of the source: no operands, no datum, no weight."""
    node = program[index]
    return not (node.operands or datum_of(node.operation) or weight_of(node.operation))


def _width(program: Graph) -> Width | None:
    """A width whose powers stand for powers of n, n itself if possible."""
    return min(program.widths.values(), key=lambda w: (w.exponent != 1, w.factor != 1), default=None)


def _step(program: Graph) -> Fraction:
    """Half the finest grid that holds the halves, the widths' exponents and all exponents that the source states.

    A multiplier or an initial scale enters the kernel squared.
    """
    exponents = [w.exponent / 2 for w in program.widths.values()]
    for p in program.parameters.values():
        exponents += [s.exponent for s in (p.law.scale, p.rate, p.decay) if s is not None]
    exponents += [s.exponent for i in _needed(program) for s in coefficients_of(program[i].operation)]
    exponents.append(program.learning_rate.exponent)
    return Fraction(1, 2 * min(lcm(2, *(e.denominator for e in exponents)), _FINEST))


def _where(span: Span, program: Graph) -> str:
    """The line, with its file where that is not the one of the outputs."""
    home = {found.file for i in program.outputs.values() if (found := program[i].span) is not None}
    return f"line {span.line}" if span.file in home else f"{Path(span.file).name}, line {span.line}"


def _power(exponent: Fraction) -> str:
    return f"n^{exponent}" if exponent >= 0 and exponent.denominator == 1 else f"n^({exponent})"
