"""How far all learning rates may be raised: exact powers of n, bounds where only these are known."""

from __future__ import annotations

from fractions import Fraction

import pytest

import tp
from tp.graph.axes import Scale
from tp.optimizers import SGD, Groups, Optimizer
from tp.optimizers.amount import LIMIT
from tp.theory.stable_rate import MOST, NEAR, StableRate, last, simplest, stable_rate

DEEP = """program deep {{ width n
  {rate}
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, n^(-1/2)) rate {hidden}
  param v : [n] ~ normal(0, {readout}) rate {last}
  output f = dot(v, tanh(W @ tanh(U @ x / sqrt(d)))) }}"""


def deep(readout: str = "n^(-1/2)", rate: str = "", hidden: str = "1", last: str = "1") -> str:
    return DEEP.format(readout=readout, rate=rate, hidden=hidden, last=last)


def of(text: str, optimizer: Optimizer | None = None) -> StableRate:
    return stable_rate(tp.parse(text).graph, optimizer)


@pytest.mark.parametrize(
    ("text", "power"),
    [
        (deep(), "-1"),  # standard parametrization
        (deep(rate="learning_rate 1/n"), "0"),
        (deep(rate="learning_rate n^(-1/3)"), "-2/3"),
        (deep(readout="1/n"), "-1"),
        (deep(readout="1/n", rate="learning_rate n", hidden="1/n", last="n^(-2)"), "0"),  # maximal updates
        (deep(readout="n^(-1/2)", hidden="1/n", last="1/n"), "0"),
        (deep(readout="1/n", hidden="0", last="0"), "1"),  # U moves by n^rho / n, and F with it
    ],
)
def test_the_largest_stable_rate(text: str, power: str) -> None:
    found = of(text)
    assert found.exponent == Fraction(power)
    assert found.onset == Fraction(power)
    assert found.steps == 1


TABLE = """program table {{ width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1) rate {0}
  param W : [n, n] ~ normal(0, n^(-1/2)) rate {1}
  param v : [n] ~ normal(0, {3}) rate {2}
  output f = dot(v, tanh(W @ tanh(U @ x))) }}"""


@pytest.mark.parametrize(
    ("optimizer", "rates", "power"),
    [
        ("adam", ("1", "1/n", "1/n", "1/n"), "0"),
        ("adam", ("1", "1/n", "1/n", "n^(-1/2)"), "-1/2"),
        ("muon", ("n^(1/2)", "1", "n^(-1/2)", "n^(-1/2)"), "-1/2"),
    ],
)
def test_the_largest_stable_rate_of_other_optimisers(optimizer: str, rates: tuple[str, ...], power: str) -> None:
    """The unstable rows of the table become stable where all rates are divided by n^(1/2): F moved by that."""
    assert of(TABLE.format(*rates), tp.make_optimizer(optimizer)).exponent == Fraction(power)


def test_rates_that_are_stable_may_be_trivial_up_to_the_last() -> None:
    """With decay in the gradient, rates above n^(-1/3) times these make the weights shrink too fast."""
    text = "program p { width n; learning_rate n^(1/3); input x : [d=4]; param U : [n, d] ~ normal(0, 1)\n"
    text += "param v : [n] ~ normal(0, 1)\noutput f = dot(v, tanh(U @ x)) / n }"
    found = of(text, SGD(decay=0.1, coupled=True))
    assert found.exponent == Fraction(-1, 3)
    assert found.idle
    assert found.onset is None


@pytest.mark.parametrize(
    ("optimizer", "power"),
    [
        (SGD(decay=0.1), "-1"),
        (SGD(decay=Scale.of(LIMIT, Fraction(3, 2))), "-3/2"),
        (SGD(decays={"W": 0.1}, power=Fraction(2)), "-2"),
        (Groups(groups=((("W",), SGD(decay=Scale.of(LIMIT, Fraction(3, 2)))),)), "-3/2"),
    ],
)
def test_decay_beside_the_gradient_grows_with_the_rates(optimizer: Optimizer, power: str) -> None:
    """A step takes ηλ of a weight, and so F moves from n^(-1) on as without decay, or where ηλ is of order 1."""
    found = of(deep(), optimizer)
    assert found.exponent == Fraction(power)
    assert found.onset == Fraction(power)


def test_decay_that_the_program_declares_grows_with_the_rates() -> None:
    found = of(deep(hidden="1 decay n^(3/2)"))
    assert found.exponent == Fraction(-3, 2)


def test_decay_inside_of_a_trust_ratio_does_not() -> None:
    optimizer = tp.make_optimizer("lamb", {"decay": 0.1})
    rates = Scale.of(LIMIT, Fraction(1))
    assert optimizer.raised(rates).share("W") is None
    assert stable_rate(tp.parse(deep()).graph, optimizer) == stable_rate(
        tp.parse(deep()).graph, tp.make_optimizer("lamb")
    )


def test_nothing_is_said_where_f_grows() -> None:
    found = of(deep(readout="1"))
    assert found.exponent is None
    assert "F is of order n^(1/2)" in found.reason


@pytest.mark.parametrize("place", [Fraction(0), Fraction(-3, 2), Fraction(7, 3), Fraction(-5, 12), Fraction(11, 7)])
@pytest.mark.parametrize("slopes", [(1,), (1, 2), (2, 5), (0, 3)])
def test_the_place_is_exact_for_piecewise_linear_exponents(place: Fraction, slopes: tuple[int, ...]) -> None:
    """Terms a + k rho, each 0 at ``place`` or later; one that is always 0 does not change it."""
    asked: list[Fraction] = []

    def excess(rho: Fraction) -> Fraction:
        return max(k * (rho - place - (Fraction(i, 5) if i else 0)) for i, k in enumerate(slopes) if k or rho <= place)

    def holds(rho: Fraction) -> bool:
        asked.append(rho)
        return excess(rho) <= 0 if slopes[0] else rho <= place + Fraction(1, 5)

    expected = place if slopes[0] else place + Fraction(1, 5)
    assert last(holds, excess) == expected
    assert len(set(asked)) < 40


def test_a_place_beyond_all_that_are_looked_at() -> None:
    assert last(lambda rho: True, lambda rho: None) == MOST
    assert last(lambda rho: False, lambda rho: None) is None


def test_bounds_leave_room_between_what_is_surely_stable_and_what_is_surely_not() -> None:
    """A bound that passes 0 at -1/2, and a part that surely does at 1/4."""
    stable = last(lambda rho: rho <= Fraction(-1, 2), lambda rho: rho + Fraction(1, 2))
    unstable = last(lambda rho: rho <= Fraction(1, 4), lambda rho: rho + Fraction(1, 2))
    assert stable == Fraction(-1, 2)
    assert unstable == Fraction(1, 4)
    assert StableRate(stable, unstable).exponent is None


def test_the_simplest_fraction() -> None:
    assert simplest(Fraction(-1, 3), Fraction(1, 5)) == 0
    assert simplest(Fraction(1, 3) - NEAR, Fraction(1, 3) + NEAR) == Fraction(1, 3)
    assert simplest(Fraction(-8, 3), Fraction(-5, 2)) == Fraction(-5, 2)
