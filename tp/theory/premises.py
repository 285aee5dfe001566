"""The paper's premise on activations, for each use of one: eq. 23, φ^{(k)} = O((k+1)!) uniformly in k.

The theorems on linearisation (3.1, 3.2) need it in addition to weak correlations: F is then analytic in its parameters,
and its Taylor series converges for the moves that training makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from math import inf, pi
from pathlib import PurePath
from typing import Any

from tp.activations import Smoothness, find
from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Operation
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import NO_ORDER, GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.joint_normal import JointNormal
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.read import Read
from tp.primitives.remainder import Remainder
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.switched import Switched
from tp.primitives.traits import function_of
from tp.primitives.variable import Variable
from tp.theory.scales import scales
from tp.theory.softmax import exponentials, is_denominator


class Extent(Enum):
    """Where eq. 23 holds for φ(β z) as a function of z, the values of scale 1 that it is applied to."""

    EVERYWHERE = "everywhere"
    BOUNDED = "on a bounded domain"
    AWAY_FROM_ZERO = "away from zero"
    NOWHERE = "nowhere"
    UNKNOWN = "not known where"


@dataclass(frozen=True, slots=True)
class Premise:
    """One use of an activation.

    ``scale`` is β, ``radius`` the smallest radius of convergence in z over the real line: R/β, 0 where there is no
    Taylor series at some point, inf for entire functions. ``place`` is the place in the source (``line 7``), ``reason``
    says why eq. 23 holds or not.
    """

    name: str
    spans: tuple[Span, ...]
    scale: float
    radius: float
    extent: Extent
    place: str
    reason: str

    @property
    def span(self) -> Span | None:
        """Where it stands in the source; the first place of several."""
        return self.spans[0] if self.spans else None

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None

    @property
    def holds(self) -> bool:
        """Whether eq. 23 holds on all of the line, or wherever the function is meant to be used."""
        return self.extent in (Extent.EVERYWHERE, Extent.AWAY_FROM_ZERO)

    @property
    def text(self) -> str:
        """One sentence for people."""
        return _sentence(self.name, self.place, self.reason)


def premises(program: Graph) -> tuple[Premise, ...]:
    """One premise for each place and scale at which an output depends on an activation, softmax or maximum.

    Quotients and roots, of which norms are made too, are together in a last one.
    """
    return (*dict.fromkeys(_uses(program)), *_powers(program))


def summary(program: Graph, found: Iterable[Premise]) -> tuple[str, ...]:
    """The sentences of ``found``, one for all places with the same name and reason."""
    places: dict[tuple[str, str], list[Span]] = {}
    for premise in found:
        places.setdefault((premise.name, premise.reason), []).extend(premise.spans)
    return tuple(_sentence(name, _place(program, spans), reason) for (name, reason), spans in places.items())


def _sentence(name: str, place: str, reason: str) -> str:
    return f"{name}{f' ({place})' if place else ''}: {reason}"


@dataclass(frozen=True, slots=True)
class _Use:
    """A node with its place in the source, the scale of its argument, and whether it is part of a softmax."""

    spans: tuple[Span, ...]
    place: str
    scale: float
    softmax: bool


_premises: Interpretation[Callable[[Any, _Use], Premise | None]] = Interpretation("premises")
"""``rule(operation, use)``: what eq. 23 says of the operation; None where it applies no function."""


def _uses(program: Graph) -> Iterable[Premise]:
    beta = [float(f"{scale:.9g}") for scale in scales(program)]  # rounding must not make two uses of one
    found = exponentials(program)
    for index in _differentiated(program):
        node = program[index]
        spans = () if node.span is None else (node.span,)
        scale = beta[node.operands[0]] if node.operands else 1.0
        use = _Use(spans, _place(program, spans), scale, index in found)
        premise = _premises.of(node.operation)(node.operation, use)
        if premise is not None:
            yield premise


@_premises.rule(Largest)
def maximum(_: Largest, use: _Use) -> Premise:
    return Premise("max", use.spans, 1.0, 0.0, Extent.NOWHERE, use.place, _KINKED)


@_premises.rule(Pointwise, Remainder)
def function(operation: Pointwise | Remainder, use: _Use) -> Premise | None:
    if use.softmax:
        # Moves of the scores below π/2 leave every exponential in the right half of the complex plane.
        return _analytic("softmax", use.spans, use.scale, pi / 2, use.place, "; its denominator is positive")
    phi = find(operation.activation)
    match phi.smoothness:
        case Smoothness.PIECEWISE_LINEAR | Smoothness.PIECEWISE_POLYNOMIAL:
            return Premise(phi.name, use.spans, use.scale, 0.0, Extent.NOWHERE, use.place, _KINKED)
        case Smoothness.ANALYTIC:
            local = " on every bounded domain" if phi.bound() is None else ""
            return _analytic(phi.name, use.spans, use.scale, phi.radius, use.place, local)
        case Smoothness.SINGULAR_AT_ZERO:
            return None  # quotients and roots are together in a last premise


@_premises.rule(Mapped, MapRemainder)
def of_a_map(operation: Mapped | MapRemainder, use: _Use) -> Premise:
    if operation.ends:
        return Premise(operation.name, use.spans, 1.0, inf, Extent.EVERYWHERE, use.place, "entire; eq. 23 holds")
    reason = "a map; of each derivative alone a size is declared, so that eq. 23 is taken for granted"
    return Premise(operation.name, use.spans, 1.0, 0.0, Extent.UNKNOWN, use.place, reason)


@_premises.rule(Rank)
def order(_: Rank, use: _Use) -> Premise:
    return Premise("rank", use.spans, 1.0, 0.0, Extent.NOWHERE, use.place, _KINKED)


@_premises.rule(Apply, Broadcast, Concat, Constant, Detach, ErrorSignal, Gather, Generic, Input, Linear)
@_premises.rule(Peak, Permuted, Repermuted, Reranked)
@_premises.rule(Product, Read, Rename, Scatter, Sum, Switched, Variable)
def polynomial(_: Operation, use: _Use) -> None:
    return None


_KINKED = (
    "piecewise linear, not analytic: eq. 23 fails and the theorems on linearisation do not apply; "
    "derivatives hold almost everywhere"
)


def _analytic(name: str, spans: tuple[Span, ...], scale: float, radius: float, place: str, besides: str) -> Premise:
    """The premise of φ(β z) for a function with smallest radius of convergence ``radius``."""
    if radius == inf:
        return Premise(name, spans, scale, inf, Extent.EVERYWHERE, place, f"entire; eq. 23 holds{besides}")
    ratio = radius / scale if scale else inf
    found = f"radius of convergence {radius:.3g}"
    if scale not in (0.0, 1.0):
        found = f"radius of convergence {radius:.3g}/{scale:.3g} = {ratio:.3g} for an argument of scale {scale:.3g}"
    if ratio >= 1.0:
        return Premise(name, spans, scale, ratio, Extent.EVERYWHERE, place, f"analytic, {found}; eq. 23 holds{besides}")
    reason = (
        f"analytic, {found}; below 1, so eq. 23 holds on a bounded domain only, and series in training moves "
        f"converge for moves below {ratio:.3g} of that scale"
    )
    return Premise(name, spans, scale, ratio, Extent.BOUNDED, place, reason + besides)


def _powers(program: Graph) -> Iterable[Premise]:
    """Quotients and roots in one sentence, without the denominators of softmax."""
    softmax = exponentials(program)
    singular: list[tuple[int, str]] = []
    for index in _differentiated(program):
        found = function_of(program[index].operation)
        if found is None or is_denominator(program, index, softmax):
            continue
        if find(found.activation).smoothness is Smoothness.SINGULAR_AT_ZERO:
            singular.append((index, found.activation))
    if singular:
        spans = tuple(s for i, _ in singular if (s := program[i].span) is not None)
        name = ", ".join(dict.fromkeys(activation for _, activation in singular))
        reason = "analytic away from 0; arguments are supposed to stay away from it, and eq. 23 holds where they do"
        yield Premise(name, spans, 1.0, 0.0, Extent.AWAY_FROM_ZERO, _place(program, spans), reason)


def _differentiated(program: Graph) -> list[int]:
    """The nodes that outputs depend on other than through Detach, in order."""
    seen: set[int] = set()
    stack = list(program.outputs.values())
    while stack:
        index = stack.pop()
        if index not in seen and not isinstance(program[index].operation, Detach):
            seen.add(index)
            stack.extend(program[index].operands)
    return sorted(seen)


def _place(program: Graph, spans: Iterable[Span]) -> str:
    """``line 7``, ``lines 7, 9``, or with the file where that is not the one of the outputs."""
    home = {s.file for node in program.outputs.values() if (s := program[node].span) is not None}
    lines: dict[str, dict[int, None]] = {}
    for span in spans:
        lines.setdefault(span.file, {})[span.line] = None
    parts: list[str] = []
    for file, found in lines.items():
        of = "" if file in home else f" of {PurePath(file).name}"
        parts.append(f"line{'s' if len(found) > 1 else ''} {', '.join(map(str, found))}{of}")
    return ", ".join(parts)


_premises.refuse(GaussianMean, JointNormal, reason=NO_ORDER)
