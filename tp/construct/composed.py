"""Activations that are made of others, as programs: their orders follow from those of their parts.

Each has a kink in a derivative at 0, where its Taylor series fails, so it is no single function of the calculus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tp.activations import offered as simple
from tp.construct.construction import Combination, Construction, single
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale

Composed: TypeAlias = Callable[[Construction, Combination, Span | None], Combination]

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
"""The constants of Klambauer et al. (2017): zero mean and variance 1 are a fixed point."""


def elu(build: Construction, x: Combination, span: Span | None) -> Combination:
    """relu(x) + exp(-relu(-x)) - 1: x for positive x, exp(x) - 1 for negative x."""
    return build.sum([_positive(build, x, span), *_below(build, x, span)], span)


def selu(build: Construction, x: Combination, span: Span | None) -> Combination:
    """A multiple of relu(x) + alpha (exp(-relu(-x)) - 1)."""
    parts = [_positive(build, x, span), *(build.scaled(part, Scale(SELU_ALPHA)) for part in _below(build, x, span))]
    return build.scaled(build.sum(parts, span), Scale(SELU_SCALE))


def softsign(build: Construction, x: Combination, span: Span | None) -> Combination:
    """x / (1 + |x|)."""
    below = build.sum([build.constant(ONE), build.activation("abs", x, span)], span)
    return build.product(x, build.activation("power(-1)", below, span), span)


def _positive(build: Construction, x: Combination, span: Span | None) -> Combination:
    return build.activation("relu", x, span)


def _below(build: Construction, x: Combination, span: Span | None) -> tuple[Combination, Combination]:
    """exp(-relu(-x)) and -1."""
    negative = build.activation("relu", build.scaled(x, -ONE), span)
    return build.activation("exp", build.scaled(negative, -ONE), span), build.constant(-ONE)


COMPOSED: dict[str, Composed] = {"elu": elu, "selu": selu, "softsign": softsign}


def composed(build: Construction, name: str, value: Combination, span: Span | None) -> Combination:
    """The activation ``name`` of :data:`COMPOSED`, applied to ``value``."""
    return COMPOSED[name](build, single(build.node(value)), span)


def offered() -> tuple[str, ...]:
    """The names of all activations that a program can use, composed ones included."""
    return tuple(sorted((*simple(), *COMPOSED)))
