"""Orders of training under every optimiser: the table of (a, b, c) parametrizations, and powers of n in settings.

Two hidden layers, W = n^-a w, w of deviation n^-b, learning rates n^-c for input, hidden layer and readout. The numbers
were measured, see ``test_measured_table``.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.marks import slow
from tp.diagnostics.diagnostic import TpError
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.graph.axes import Scale, Width
from tp.optimizers import SGD, Optimizer
from tp.optimizers.adafactor import Adafactor
from tp.optimizers.adam import Adam
from tp.optimizers.adamw import AdamW
from tp.optimizers.groups import Groups
from tp.optimizers.lamb import Lamb
from tp.optimizers.lion import Lion
from tp.optimizers.muon import Muon
from tp.optimizers.shampoo import Shampoo
from tp.optimizers.sign import Sign
from tp.syntax import load, parse
from tp.theory.analysis import Analysis
from tp.theory.regime import Kind, Regime

H = Fraction(1, 2)
PROGRAMS = Path(__file__).parents[2] / "programs"
N = Width("n")
Three = tuple[Fraction | int, Fraction | int, Fraction | int]

ENTRYWISE: list[Optimizer] = [Adam(), Sign(), Lion(decay=0.0), Adafactor()]
POLAR: list[Optimizer] = [Muon(), Muon(momentum=0.0, iterations=0)]

TABLE: list[tuple[list[Optimizer], Three, Three, Three, list[Fraction | int], Kind]] = [
    ([SGD()], (0, 0, 0), (0, H, H), (0, 1, 1), [0, 0, -H, -H], Kind.LAZY),
    ([SGD()], (-H, 0, H), (H, H, H), (0, 0, 0), [-H, 0, 0, 0], Kind.FEATURE_LEARNING),
    (ENTRYWISE, (0, 0, 0), (0, H, 1), (0, 1, 1), [-H, 0, 0, 0], Kind.FEATURE_LEARNING),
    (ENTRYWISE, (0, 0, 0), (0, H, H), (0, 1, 1), [0, H, 0, 0], Kind.UNSTABLE),
    (ENTRYWISE, (0, 0, 0), (0, H, H), (H, 3 * H, 1), [0, 0, -H, -H], Kind.LAZY),
    (POLAR, (0, 0, 0), (0, H, 1), (-H, 0, H), [-H, 0, 0, 0], Kind.FEATURE_LEARNING),
    (POLAR, (0, 0, 0), (0, H, H), (-H, 0, H), [0, H, 0, 0], Kind.UNSTABLE),
]


def trained(
    optimizer: Optimizer,
    a: Three,
    b: Three,
    c: Three,
    activation: str = "tanh",
    decay: str = "",
    steps: int | None = None,
) -> Regime:
    """The regime; with ``steps`` that after so many."""
    text = f"""program p {{
        width n
        input x : [d=3]
        param U : [n | d] ~ normal(0, n^({-b[0]})) rate n^({-c[0]})
        param W : [n | n] ~ normal(0, n^({-b[1]})) rate n^({-c[1]}) {decay}
        param v : [n] ~ normal(0, n^({-b[2]})) rate n^({-c[2]})
        h1 = n^({-a[0]}) * (U @ x)
        h2 = n^({-a[1]}) * (W @ {activation}(h1))
        output f = n^({-a[2]}) * dot(v, {activation}(h2))
    }}"""
    analysis = Analysis(parse(text).graph, optimizer=optimizer)
    return analysis.regime if steps is None else analysis.regime_after(steps)


def moves(found: Regime) -> list[Fraction | None]:
    """The exponents of F, its change, and the moves of both hidden layers."""
    initial, _, step = found.conditions
    return [initial.exponent, step.exponent, *(f.moved for f in found.features)]


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0][0].name} {row[5].value} {row[4]}")
def test_the_table(
    row: tuple[list[Optimizer], Three, Three, Three, list[Fraction | int], Kind], activation: str
) -> None:
    optimizers, a, b, c, exponents, kind = row
    for optimizer in optimizers:
        found = trained(optimizer, a, b, c, activation)
        assert (moves(found), found.kind) == (exponents, kind), optimizer


@pytest.mark.parametrize("row", [row for row in TABLE if row[0] is POLAR], ids=lambda row: row[5].value)
def test_the_first_step_of_shampoo_and_of_means_is_that_of_polar_factors(
    row: tuple[list[Optimizer], Three, Three, Three, list[Fraction | int], Kind],
) -> None:
    _, a, b, c, exponents, _ = row
    without = Muon(momentum=0.0, iterations=0)
    one, other, polar = (trained(o, a, b, c, steps=1) for o in (Shampoo(), Muon(iterations=0), without))
    assert moves(one) == moves(other) == moves(polar) == exponents
    assert one.deviation == other.deviation == polar.deviation


def usual(optimizer: Optimizer, rho: int = 0) -> Analysis:
    """A perceptron in NTK parametrization, whose gradients have norms of order 1, with rates times n^rho."""
    program = reparametrized(load(PROGRAMS / "mlp.tp", {"depth": "2"}), Schedule(rho=Fraction(rho)))
    return Analysis(program.graph, optimizer=optimizer)


@pytest.mark.parametrize("optimizer", [Shampoo(), Shampoo(beta=0.9), Shampoo(eps=Scale.of(N, Fraction(-1)))])
def test_orders_of_shampoo_are_not_known_once_a_sample_is_used_again(optimizer: Shampoo) -> None:
    """F - F_lin of one hidden layer falls as n^-1, n^-3/4 and about n^-1/2 after 1, 2 and 8 steps on one sample."""
    analysis = usual(optimizer)
    assert analysis.regime_after(1).deviation == -1
    with pytest.raises(
        TpError, match=r"a sample that is used again adds small new directions.*number of steps"
    ) as found:
        analysis.regime_after(2)
    assert found.value.only("TP514")
    assert analysis.known_regime is None
    assert "the orders of the updates of U are not known" in analysis.unknown


def test_orders_of_exact_polar_factors_of_means_are_not_known_once_a_sample_is_used_again() -> None:
    """F - F_lin of two hidden layers falls as n^-1 after 1 and 2 steps on one sample, and no more after 3."""
    analysis = usual(Muon(iterations=0))
    assert analysis.regime_after(1).deviation == -1
    with pytest.raises(TpError, match=r"updates of W\[2\] are.*adds small new directions to the mean") as found:
        analysis.regime_after(2)
    assert found.value.only("TP514")
    assert analysis.known_regime is None
    for known in (Muon(), Muon(iterations=0, momentum=0.0)):
        assert usual(known).regime.deviation == -1


def test_exact_polar_factors_of_means_that_change_on_one_side_are_known() -> None:
    """Those of a weight that is applied to the input, and of one with a single output."""
    shallow = load(PROGRAMS / "mlp.tp", {"depth": "1"})
    assert Analysis(shallow.graph, optimizer=Muon(iterations=0)).regime.deviation == -1
    row = """program p {
        width n
        input x : [d=3]
        param U : [n | d] ~ normal(0, 1)
        param v : [ | n] ~ normal(0, 1)
        output f = tanh(n^(-1/2) * (v @ tanh(U @ x)))
    }"""
    analyses = [Analysis(parse(row).graph, optimizer=Muon(iterations=i)) for i in (0, 5)]
    assert len({(a.regime.kind, a.regime.deviation) for a in analyses}) == 1


def test_what_is_unstable_in_the_first_step_of_shampoo_is_unstable() -> None:
    found = trained(Shampoo(), (0, 0, 0), (0, H, H), (-H, 0, H))
    assert (found.kind, found.unstable_from) == (Kind.UNSTABLE, 1)


@pytest.mark.parametrize("power", [0, 2])
def test_an_eps_of_the_size_of_squared_gradients_makes_roots_smooth(power: int) -> None:
    """A larger one divides gradients by its root."""
    eps = Scale.of(N, Fraction(power)) if power else Scale(1.0)
    found, plain = usual(Shampoo(eps=eps), power // 2).regime, usual(SGD()).regime
    assert (found.kind, found.deviation, moves(found)) == (Kind.LAZY, plain.deviation, moves(plain))


def test_gradients_that_stay_as_they_are_have_known_roots() -> None:
    """That of a readout, if nothing else is trained."""
    text = (PROGRAMS / "mlp.tp").read_text(encoding="utf-8").replace("normal(0, 1)\n", "normal(0, 1) rate 0\n", 2)
    found = Analysis(parse(text, settings={"depth": "2"}).graph, optimizer=Shampoo())
    assert (found.regime.kind, found.regime.deviation) == (Kind.LAZY, None)


@pytest.mark.parametrize(
    ("adjust", "most"),
    [("spectral", ["maximally"] * 3), ("original", ["maximally", "maximally", "too much"])],
)
def test_the_factors_of_muon(adjust: str, most: list[str]) -> None:
    found = trained(Muon(adjust=adjust), (0, 0, 0), (0, H, 1), (0, 0, 0))
    assert [mover.verdict for mover in found.movers] == most


def test_the_factor_of_muon_that_is_that_of_adam() -> None:
    found = trained(Muon(adjust="match_rms_adamw"), (0, 0, 0), (0, H, 1), (0, 0, 0))
    assert [mover.lead for mover in found.movers] == [0, H, 1]


@pytest.mark.parametrize("power", [-2, -1, 0])
def test_eps_is_lost_or_dominates(power: int) -> None:
    """In muP the gradient of W is of order n^-1: below it eps is lost, and far above it steps are those of SGD."""
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, 1), (0, 1, 1)
    eps = Scale.of(N, Fraction(power)) if power else Scale(1.0)
    found = trained(Adam(eps=eps), *layout)
    usual, plain = trained(Adam(), *layout), trained(SGD(), *layout)
    hidden = next(f for f in found.movers if f.name == "W")
    assert hidden.moved == (0 if power < 0 else next(f for f in plain.movers if f.name == "W").moved)
    assert (moves(found) == moves(usual)) is (power < 0)


def test_clipping_makes_a_rate_that_is_too_large_stable() -> None:
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, H), (-1, 0, 0)
    assert trained(SGD(), *layout).kind is Kind.UNSTABLE
    # The norm of the gradient of all weights is n^(1/2): each rate is divided by it.
    clipped = trained(SGD(clip=1.0), *layout)
    slower = trained(SGD(), *((0, 0, 0), (0, H, H), (-H, H, H)))
    assert moves(clipped) == moves(slower)
    assert moves(trained(Sign(clip=1.0), *layout)) == moves(trained(Sign(), *layout))


def test_warm_up_over_a_power_of_n_steps_is_a_smaller_rate() -> None:
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, H), (0, 1, 1)
    assert moves(trained(SGD(warmup=5.0), *layout)) == moves(trained(SGD(), *layout))
    slow = trained(SGD(warmup=Scale.of(N, H)), *layout)
    assert moves(slow) == moves(trained(SGD(), (0, 0, 0), (0, H, H), (H, 3 * H, 3 * H)))


def test_decay_of_a_fixed_share_changes_the_limit() -> None:
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, H), (H, 3 * H, 1)
    fixed, falling = trained(AdamW(decay=0.1), *layout), trained(AdamW(decay=Scale.of(N, Fraction(-1))), *layout)
    assert fixed.deviation == 0
    assert falling.kind is Kind.LAZY


def test_decay_inside_of_an_entrywise_update() -> None:
    """λW of the size of the gradient of W is as much of a move as the gradient; a larger one has no known orders."""
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, 1), (0, 1, 1)
    small = trained(Adam(decay=Scale.of(N, Fraction(-1))), *layout)
    assert moves(small) == moves(trained(Adam(), *layout))
    with pytest.raises(TpError, match="TP514"):
        trained(Adam(decay=0.1), *layout)


def test_groups_have_the_rules_of_their_members() -> None:
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, 1), (0, 0, 1)
    mixed = trained(Groups(groups=((("W",), Muon()),), rest=Adam()), *layout)
    assert [mover.verdict for mover in mixed.movers] == ["maximally"] * 3
    assert trained(Adam(), *layout).kind is Kind.UNSTABLE


@pytest.mark.parametrize(
    "name", ["cnn", "cnn_flatten", "rnn", "attention", *slow(["gru", "lstm", "transformer_block"])]
)
def test_signs_of_gradients_change_at_few_places(name: str) -> None:
    """With rates that are n^-1 times those of the NTK parametrization Adam is lazy: F - F_lin is n^(-1/2) at most."""
    program = load(PROGRAMS / f"{name}.tp")
    slower = reparametrized(program, Schedule(rho=Fraction(-1)))
    found = Analysis(slower.graph, optimizer=Adam()).regime
    assert found.kind is Kind.LAZY
    assert found.deviation == -H


def test_decay_beside_updates_is_warmed_up_too() -> None:
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, H), (0, 1, 1)
    slow = trained(SGD(decay=0.1, warmup=Scale.of(N, Fraction(1))), *layout)
    layout = (0, 0, 0), (0, H, H), (1, 2, 2)
    assert moves(slow) == moves(trained(SGD(decay=Scale(0.1, ((N, Fraction(-1)),))), *layout))


def test_to_clip_twice_is_to_clip_at_the_smaller_norm() -> None:
    layout: tuple[Three, Three, Three] = (0, 0, 0), (0, H, H), (0, 1, 1)
    small, large = Scale.of(N, Fraction(-1)), Scale.of(N, Fraction(-H))
    both = trained(Groups(clip=large, rest=SGD(clip=small)), *layout)
    assert moves(both) == moves(trained(SGD(clip=small), *layout))


def test_decay_that_is_larger_than_an_update_of_lamb_has_no_orders() -> None:
    with pytest.raises(TpError, match="TP514"):
        trained(Lamb(decay=Scale.of(N)), (0, 0, 0), (0, H, 1), (0, 1, 1))


def test_an_eps_that_slowly_falling_gradients_reach_at_no_width_is_not_mentioned() -> None:
    found = trained(Adam(), (0, 0, Fraction(1, 100)), (0, H, 1), (0, 1, 1))
    assert not any("e+" in remark for remark in found.remarks if "gradient of v" in remark)
