"""Settings that may have powers of widths, and settings that are words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import pytest

from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Scale, Width
from tp.optimizers import SGD, Amount, Optimizer, Range, as_number, as_scale, setting
from tp.optimizers.amount import read_amount
from tp.optimizers.optimizer import Weights
from tp.written import parse_power

N = Width("n")


@dataclass(frozen=True, repr=False)
class Still(Optimizer):
    name: ClassVar[str] = "still"

    eps: Amount = setting(1e-8, "A number.", within=Range(0, 1), amount=True)
    adjust: str = setting("none", "A word.", words=("none", "spectral"))
    iterations: int = setting(5, "A whole number.", within=Range(0))

    def init(self, params: Weights) -> Any:
        return ()

    def update(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Any]:
        return {name: 0 * gradient for name, gradient in gradients.items()}, state


@pytest.mark.parametrize(
    ("text", "coefficient", "power"),
    [
        ("1e-8", 1e-8, 0),
        ("1/n", 1, -1),
        ("0.1*n^(-1/2)", 0.1, Fraction(-1, 2)),
        ("n^-1", 1, -1),
        (" 2 * n ^ 2 / n ", 2, 1),
        ("n/n", 1, 0),
        ("3/4", 0.75, 0),
        ("0*n", 0, 0),
        ("n^(-0.5)/2", 0.5, Fraction(-1, 2)),
    ],
)
def test_amounts_are_read(text: str, coefficient: float, power: Fraction | int) -> None:
    found = as_scale(read_amount(text))
    assert (found.coefficient, found.exponent) == (coefficient, power)
    assert isinstance(read_amount(text), Scale) == bool(power)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("n^-1/2", "brackets"),
        ("n^1/2", "brackets"),
        ("m", "such as"),
        ("1/0", "divides by zero"),
        ("1e400", "out of range"),
        ("", "such as"),
        ("1*", "such as"),
        ("n+1", "such as"),
        ("nan", "such as"),
        ("n^(1/0)", "no number"),
        ("1/1e-320", "out of range"),
        ("n^100000000", "within -1000..1000"),
        ("n^600*n^600", "within -1000..1000"),
        ("n^(1/2000)", "denominators up to 1000"),
        ("__import__('os')", "such as"),
    ],
)
def test_other_texts_are_not(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_amount(text)


def test_a_width_makes_numbers_of_amounts() -> None:
    still = Still(eps=Scale.of(N, Fraction(-1)))
    assert as_scale(still.eps).exponent == -1
    with pytest.raises(ValueError, match="depends on a width"):
        as_number(still.eps)
    at = still.at(100)
    assert isinstance(at, Still)
    assert as_number(at.eps) == 0.01
    assert Still().at(100) == Still()
    assert Still(eps=Scale(0.5)).eps == 0.5


def test_they_are_shown_and_kept_apart() -> None:
    still = Still(eps=Scale(2.0, ((N, Fraction(-1)),)), adjust="spectral")
    assert still.described[1:] == ["eps 2.0*n^(-1)", "adjust spectral"]
    assert (still.json["eps"], still.json["adjust"]) == ("2.0*n^(-1)", "spectral")
    assert still.identity != Still(eps=2.0 / 100, adjust="spectral").identity


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"eps": -1}, "eps must be a number, at least 0 and below 1, not -1"),
        ({"eps": Scale(-1.0, ((N, Fraction(-1)),))}, "eps must be at least 0 and below 1, not -1.0"),
        ({"eps": "1/n"}, "eps must be a number"),
        ({"adjust": "other"}, "adjust is one of none, spectral, not 'other'"),
        ({"iterations": 2.0}, "iterations must be a whole number, at least 0, not 2.0"),
        ({"iterations": True}, "iterations must be a whole number"),
        ({"iterations": -1}, "iterations must be a whole number, at least 0, not -1"),
        ({"adjust": 1}, "adjust is one of none, spectral, not 1"),
        ({"eta": True}, "eta must be a number, more than 0, not True"),
        ({"eta": 10**400}, "eta must be a number, more than 0, and this one is out of range"),
        ({"clip": Fraction(10**400)}, "clip must be a number"),
        ({"iterations": 10**400}, "iterations must be a whole number"),
    ],
)
def test_what_is_out_of_range(given: dict[str, Any], message: str) -> None:
    with pytest.raises(TpError, match="TP513") as problem:
        Still(**given)
    assert message in str(problem.value)


def test_a_power_of_n_may_exceed_the_bound_at_small_n() -> None:
    assert as_scale(Still(eps=Scale.of(N, Fraction(-1))).eps).exponent == -1
    assert as_scale(Still(eps=Scale(3.0, ((N, Fraction(-1)),))).eps).coefficient == 3


@pytest.mark.parametrize("amount", [Scale.of(N, Fraction(1000)), Scale(1e300, ((N, Fraction(10)),))])
def test_an_amount_beyond_floats_is_a_diagnostic(amount: Scale) -> None:
    with pytest.raises(TpError, match=r"TP513.*too large for a number at n = 64"):
        Still(clip=amount).at(64)


def test_a_power_is_a_short_rational_number() -> None:
    power = next(s for s in SGD.settings() if s.name == "power")
    assert power.read("-1/2") == Fraction(-1, 2)
    assert power.read(" 0.25 ") == Fraction(1, 4)
    for text in ("1e5", "1/0", "1_0", "9" * 200, ""):
        with pytest.raises(ValueError, match="a rational number such as"):
            power.read(text)


@pytest.mark.parametrize("text", ["1e5", "9" * 200])
def test_so_is_that_of_rates(text: str) -> None:
    with pytest.raises(TpError, match="TP513"):
        parse_power("--rho", text)
