"""Sign flips, the sums that break them, and how sharp they are on one axis."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from tp.orders.typical.grains import Grains

WideAxes = tuple[tuple[str, Fraction], ...]
"""Names and exponents of wide axes."""


@dataclass(frozen=True, slots=True)
class Generator:
    """One sign flip.

    At ``level`` 0 the source ``root`` itself has an index on ``axes`` (none of them for a formal variable); at level
    k it is seen through k products with matrices, whose covariance inherits its sign. ``blur`` is None for an
    exact symmetry, else the exponent (relative to no cancellation) of what remains of a mean that this flip makes
    vanish at leading order. ``cause`` names the sum that leaves it: the axis of a covariance, or the skewed weight.
    Blurs of several causes add up; with no cause named they do not.
    """

    root: str
    level: int
    axes: frozenset[str]
    blur: Fraction | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Summed:
    """That a factor has a sum over ``axis`` of what is not even in ``source``: it depends on all places of the axis.

    ``source`` lives on ``axes``; it is a generator, or the number of a skewed source. ``blur`` (in grains) is the size
    of one place of that sum relative to the sum.
    """

    source: Generator | int
    axes: frozenset[str]
    axis: str
    blur: Grains


@dataclass(frozen=True, slots=True)
class Blurs:
    """The generators on one axis by their blurs, in grains, for factors with certain sums.

    ``exact``: exact symmetries. ``by_cause``: those that are blurred, by cause, the sharpest first. ``levels``: all,
    the sharpest first. ``broken``: the mask of those on several axes that a sum over another of these breaks; they are
    in ``levels`` only. ``mixed``: whether such sums break a skewed source on this axis. ``met`` and ``met_sources``:
    all generators and skewed sources that these sums forget; nothing is known of them afterwards. ``loose``: the mask
    of those whose blur is only known from above.
    """

    exact: int = 0
    by_cause: dict[str, list[tuple[Grains, int]]] = field(default_factory=dict)
    levels: list[tuple[Grains | None, int]] = field(default_factory=list)
    broken: int = 0
    mixed: bool = False
    met: int = 0
    met_sources: frozenset[int] = frozenset()
    loose: int = 0
