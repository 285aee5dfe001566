"""Claims about training beside everything that one run measured."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from fakes import claim
from test_claims_table import data

from tp.answer import Answer
from tp.claims.evidence import Training
from tp.claims.inequality import Order
from tp.statistics.verdict_of_fit import judge
from tp.studies.claims.evaluate import ClaimResult, evaluate
from tp.studies.claims.support import Measured

ONE = Fraction(1)
LAZY = Training("lazy", "F - F_lin is of order n^(-1)", None, Order(-ONE))
LEARNING = Training("feature learning", "training moves h by Θ(1)", None, Order(Fraction(0)))
UNSTABLE = Training("unstable", "training moves h by n^(1)", None, Order(ONE))


class Run:
    """Theory with this ``training`` and these ``orders`` by row."""

    def __init__(self, training: Training, orders: Mapping[str, Fraction | None]) -> None:
        self.training = training
        self.orders = {"F - F_lin": training.deviation.exponent, **orders}

    def order(self, quantity: str) -> Order | None:
        return Order(self.orders[quantity]) if quantity in self.orders else None

    def strength(self, kind: str, exponent: Fraction) -> tuple[Answer, str] | None:
        return Answer.YES, "for all orders"


def outcome(training: Training, kind: str, rows: Mapping[str, tuple[int, str]], negated: bool = False) -> ClaimResult:
    """``rows``: by name what is predicted, and what was measured."""
    run = Run(training, {name: Fraction(p) for name, (p, _) in rows.items()})
    seen = {name: Measured(data(d), judge(Fraction(p), data(d))) for name, (p, d) in rows.items()}
    power = ONE if kind == "linearizes" else None
    return evaluate(claim(kind, exponent=power, negated=negated), run, seen, "f")


def word(found: ClaimResult) -> str:
    return "confirmed" if found.confirmed else found.outcome


ROWS = {
    "nothing": {},
    "as predicted": {"F - F_lin": (-1, "like n^-1"), "moved h": (-1, "like n^-1")},
    "a refuted move": {"F - F_lin": (-1, "like n^-1"), "moved h": (-2, "like n^-1")},
    "a refuted correlation": {"F - F_lin": (-1, "like n^-1"), "C[0,2]": (-1, "like n^0")},
    "a smaller correlation": {"F - F_lin": (-1, "like n^-1"), "C[0,2]": (-1, "like n^-2")},
    "F - F_lin does not fall": {"F - F_lin": (-1, "like n^0"), "moved h": (-1, "like n^-1")},
    "F - F_lin falls slower": {"F - F_lin": (-2, "like n^-1")},
    "too few widths": {"F - F_lin": (-1, "few")},
}


@pytest.mark.parametrize(
    ("rows", "lazy", "stable", "linearizes", "learns"),
    [
        ("nothing", "holds", "holds", "holds", "fails"),
        ("as predicted", "confirmed", "holds", "confirmed", "fails"),
        ("a refuted move", "undecided", "undecided", "undecided", "fails"),
        ("a refuted correlation", "undecided", "undecided", "undecided", "fails"),
        ("a smaller correlation", "confirmed", "holds", "confirmed", "fails"),
        ("F - F_lin does not fall", "fails", "undecided", "fails", "undecided"),
        ("F - F_lin falls slower", "undecided", "undecided", "undecided", "undecided"),
        ("too few widths", "holds", "holds", "holds", "fails"),
    ],
)
def test_a_lazy_program(rows: str, lazy: str, stable: str, linearizes: str, learns: str) -> None:
    kinds = ("lazy", "stable", "linearizes", "feature_learning")
    assert [word(outcome(LAZY, kind, ROWS[rows])) for kind in kinds] == [lazy, stable, linearizes, learns]


@pytest.mark.parametrize("kind", ["lazy", "stable", "linearizes", "feature_learning"])
@pytest.mark.parametrize("rows", ROWS)
def test_not_gives_the_opposite(rows: str, kind: str) -> None:
    plain, negated = (outcome(LAZY, kind, ROWS[rows], negated) for negated in (False, True))
    assert negated.answer is ~plain.answer


@pytest.mark.parametrize(
    ("measured", "expected"), [("like n^0", "confirmed"), ("like n^-1", "undecided"), ("few", "holds")]
)
def test_feature_learning_rests_on_a_size(measured: str, expected: str) -> None:
    assert word(outcome(LEARNING, "feature_learning", {"F - F_lin": (0, measured)})) == expected


def test_what_grows_is_not_stable_whatever_theory_says() -> None:
    grows = {"F - F_lin": (-2, "like n^0"), "moved h": (-1, "like n^0")}
    assert outcome(LAZY, "lazy", grows).answer is Answer.NO
    assert outcome(UNSTABLE, "stable", {}).answer is Answer.NO
    assert outcome(UNSTABLE, "stable", {"moved h": (1, "like n^0")}).answer is Answer.UNDECIDED


def test_linearisation_needs_no_normalisation() -> None:
    """F - F_lin = O(1/m) is all that the claim says."""
    training = Training("ill-normalised", "h vanishes", "kernel = Θ(1) fails, it is n^(-1)", Order(-ONE))
    assert outcome(training, "linearizes", {}).answer is Answer.YES


def test_all_orders_are_undecided_beside_another_refuted_correlation() -> None:
    run = Run(LAZY, {f"C[{D},{d}]": Fraction(-2) for D, d in [(0, 2), (0, 3), (0, 4), (0, 5), (1, 1), (1, 2), (1, 3)]})
    weak = claim("weakly_correlated", exponent=1)
    refuted = {"C[0,6]": Measured(data("like n^0"), judge(-ONE, data("like n^0")))}
    assert evaluate(weak, run, {}, "f").answer is Answer.YES
    assert evaluate(weak, run, refuted, "f").answer is Answer.UNDECIDED
