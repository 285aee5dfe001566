"""How large learning rates may be: the powers of n with which all of them may be multiplied.

All learning rates times n^rho is a program of its own, with a regime of its own (:mod:`tp.theory.regime`). Decoupled
weight decay takes the share ηλ of a weight in a step, so it is multiplied with n^rho, too. The exponents of moves are
piecewise linear in rho and rise with it, with slopes of 1 at least: every part of a move has a rate in it. So the rho
where the largest of them passes 0 is found by a few steps along straight lines, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from tp.exponent import in_words, largest
from tp.graph.axes import Scale
from tp.graph.graph import Graph
from tp.optimizers import SGD, Optimizer
from tp.theory.analysis import Analysis
from tp.theory.regime import Kind, Regime
from tp.transform.rescale import Rescaling, rescaled

MOST = Fraction(8)
"""The largest absolute value of rho that is looked at."""
NEAR = Fraction(1, 4096)
"""Places where exponents pass 0 are fractions with small denominators, so no two are as close as this."""
SLOPES = (1, 2, 3, 4)
"""Slopes of exponents in rho that are tried first."""
TRIES = 60
"""The most regimes that one search asks for."""

Holds = Callable[[Fraction], bool]
Excess = Callable[[Fraction], Fraction | None]


@dataclass(frozen=True, slots=True)
class StableRate:
    """Powers rho of n with which all learning rates may be multiplied.

    Training is stable up to ``stable``, and unstable beyond ``unstable``. It is trivial, so that F does not move, below
    ``trivial``, and surely not trivial from ``learns`` up to ``stable``. ``stable == MOST``: stable at all rho that are
    examined. None: at none. ``stable == unstable`` and ``trivial == learns`` unless only bounds are known. ``idle``:
    training is surely trivial wherever it is stable. ``reason`` says why nothing is known at all. Rates beyond
    ``unstable`` are so from step number ``steps``, counted from 1.
    """

    stable: Fraction | None = None
    unstable: Fraction | None = None
    trivial: Fraction | None = None
    learns: Fraction | None = None
    idle: bool = False
    steps: int = 0
    reason: str = ""

    @property
    def exponent(self) -> Fraction | None:
        """The largest rho at which training is stable; None where only bounds are known."""
        return self.stable if self.stable == self.unstable else None

    @property
    def onset(self) -> Fraction | None:
        """The smallest rho at which training is not trivial; None where only bounds are known, or it is unstable."""
        return self.learns if self.learns == self.trivial else None


def stable_rate(program: Graph, optimizer: Optimizer | None = None) -> StableRate:
    """How far all learning rates of ``program`` may be raised under the ``optimizer`` (None: SGD).

    Raises TpError TP514 where no orders of training are known.
    """
    if not program.widths:
        return StableRate(reason="nothing in the program is wide")
    width, mover = next(iter(program.widths.values())), optimizer or SGD()

    @cache
    def at(rho: Fraction) -> Regime:
        rate = Scale.of(width, rho / width.exponent)
        changed = rescaled(program, Rescaling(learning_rate=rate)) if rho else program
        return Analysis(changed, optimizer=mover.raised(rate)).regime

    if reason := unfit(at(Fraction(0))):
        return StableRate(reason=reason)
    stable = last(lambda rho: surely_stable(at(rho)), lambda rho: moved(at(rho)))
    unstable = _first_above(stable, lambda rho: surely_unstable(at(rho)), lambda rho: moved(at(rho)))
    steps = 0 if unstable is None or unstable == MOST else at(unstable + NEAR).unstable_from or 0
    if stable is None:
        return StableRate(unstable=unstable, steps=steps, reason="" if unstable else "the regime is undecided")
    if surely_trivial(at(stable)):
        return StableRate(stable, unstable, stable, idle=True, steps=steps)
    trivial = last(lambda rho: surely_trivial(at(rho)), lambda rho: step(at(rho)), strict=True)
    learns = trivial
    if trivial is None:
        learns = -MOST if surely_learns(at(-MOST)) else None
    elif trivial <= stable and not surely_learns(at(trivial)):
        learns = _first_above(trivial, lambda rho: surely_learns(at(rho)), lambda rho: step(at(rho)))
        learns = None if learns is None or learns > stable else learns
    return StableRate(stable, unstable, trivial, learns, steps=steps)


def unfit(regime: Regime) -> str:
    """Why rates do not decide what becomes of the program; empty where they do.

    Error signals are of order 1 only where F is O(1) at initialisation.
    """
    initial = regime.conditions[0]
    if initial.holds is not True:
        return f"F is {in_words(initial.exponent, initial.exact)} at initialisation"
    for f in regime.features:
        if f.initial is not None and f.initial > 0:
            return f"{f.name} is {in_words(f.initial, f.exact)} at initialisation"
    return ""


def moved(regime: Regime) -> Fraction | None:
    """The largest exponent of a move of F or of an argument of an activation; None where nothing moves."""
    return largest(step(regime), *(f.moved for f in regime.features))


def step(regime: Regime) -> Fraction | None:
    """The exponent of the move of F."""
    return regime.conditions[2].exponent


def surely_unstable(regime: Regime) -> bool:
    """Whether something surely moves by a positive power of n."""
    return regime.kind is Kind.UNSTABLE or (regime.kind is Kind.ILL_NORMALISED and regime.unstable_from is not None)


def surely_stable(regime: Regime) -> bool:
    """Whether nothing moves by a positive power of n in any number of steps: a bound is enough."""
    power = moved(regime)
    return not surely_unstable(regime) and regime.settled and (power is None or power <= 0)


def surely_trivial(regime: Regime) -> bool:
    """Whether F does not move by Θ(1) in any number of steps: a bound is enough."""
    power = step(regime)
    return not surely_unstable(regime) and regime.settled and (power is None or power < 0)


def surely_learns(regime: Regime) -> bool:
    """Whether F surely moves by Θ(1) or more."""
    power = step(regime)
    return regime.conditions[2].exact and power is not None and power >= 0


def last(holds: Holds, excess: Excess, *, strict: bool = False) -> Fraction | None:
    """The largest rho for which ``holds``, which holds up to some place; None where it holds nowhere.

    It is :data:`MOST` where it holds everywhere. ``excess`` is an exponent that passes 0 at the place. ``strict``: it
    holds only below the place, which is returned.
    """
    low, high = _bracket(holds, excess)
    if low is None or high is None:
        return None if low is None else MOST
    if strict and high - low <= NEAR and excess(high) == 0:
        return high
    place = _within(low, high)
    return place if holds(place) else low


def _first_above(from_: Fraction | None, holds: Holds, excess: Excess) -> Fraction | None:
    """The place from which ``holds``, which does not at ``from_`` or below; None where there is none."""
    if from_ is not None and abs(from_) + NEAR <= MOST and holds(from_ + NEAR):
        return from_
    low, high = _bracket(lambda rho: not holds(rho), excess)
    return None if low is None or high is None else _within(low, high)


def _within(low: Fraction, high: Fraction) -> Fraction:
    """The place between ``low`` and ``high``: the fraction with the smallest denominator."""
    return low if high - low > NEAR else simplest(low, high)


def _bracket(holds: Holds, excess: Excess) -> tuple[Fraction | None, Fraction | None]:
    """The largest rho found for which ``holds``, and the smallest for which it does not."""
    low: Fraction | None = None
    high: Fraction | None = None
    asked: set[Fraction] = set()
    rho: Fraction | None = Fraction(0)
    for _ in range(TRIES):
        if rho is None:
            break
        asked.add(rho)
        if holds(rho):
            low = rho if low is None else max(low, rho)
        else:
            high = rho if high is None else min(high, rho)
        if low is not None and high is not None and high - low <= NEAR:
            break
        rho = next((r for r in _next(low, high, excess, asked) if r not in asked and abs(r) <= MOST), None)
    return low, high


def _next(
    low: Fraction | None, high: Fraction | None, excess: Excess, asked: Collection[Fraction]
) -> Iterator[Fraction]:
    """Where to look next, the most promising place first. An exponent may stay at 0."""
    places: list[Fraction] = []
    if low is not None and (power := excess(low)) is not None:
        places += [low - power] if power else [low + NEAR] if low - NEAR not in asked else []
    if high is not None and (power := excess(high)) is not None:
        places += [high - power / slope for slope in SLOPES if power > 0]
        places += [high - NEAR] if power == 0 and high + NEAR not in asked else []
    for place in places:
        if (low is None or low < place) and (high is None or place < high):
            yield place
    if low is not None and high is not None:
        quarter = (high - low) / 4
        yield simplest(low + quarter, high - quarter)
        return
    sign, start = (1, low) if low is not None else (-1, high)
    assert start is not None
    step = Fraction(1, 4)
    while abs(start + sign * step) < MOST:
        yield start + sign * step
        step *= 2
    yield sign * MOST


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction in [``low``, ``high``] with the smallest denominator, the one nearest to 0 of several."""
    if low <= 0 <= high:
        return Fraction(0)
    if high < 0:
        return -simplest(-high, -low)
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return Fraction(whole)
    floor = whole - 1
    return floor + 1 / simplest(1 / (high - floor), 1 / (low - floor))
