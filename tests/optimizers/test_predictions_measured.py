"""Orders that the calculus predicts for an optimiser, against the slopes of plain runs.

Networks of :mod:`architectures` have random deviations, rates and readouts; runs have 1 to 3 steps and batches of 1, 2
or 4 samples, the same or fresh ones. F, its change, F - F_lin and the moves of all features are compared. In doubt,
there are more draws and one more width. What stays undecided then counts as no disagreement: a power that only shows
beyond these widths.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
from threadpoolctl import threadpool_limits

from tests.marks import exhaustive, slow
from tests.optimizers.architectures import ARCHITECTURES, Natural, drawn
from tests.optimizers.comparing import compared, predicted
from tests.optimizers.measured_moves import Layers, Net, Run, Written
from tests.optimizers.plain_rules import Power, Rule, adafactor, adam, lamb, lion, muon, sgd, shampoo, sign
from tests.random_programs.measuring import Outcome
from tp.diagnostics.diagnostic import TpError
from tp.optimizers import chosen
from tp.syntax import parse

ETA = 0.3
WRONG = {Outcome.LARGER, Outcome.SMALLER}
DOUBTFUL = {*WRONG, Outcome.UNDECIDED}


@dataclass(frozen=True)
class Case:
    """An optimiser as programs choose it, the same rule written plainly, and what kind of rates suits it."""

    statement: str
    family: Natural
    rule: Rule | Mapping[str, Rule]
    decay: Power = field(default=Power(0.0))
    clip: Power | None = None
    known: int = 3
    """The steps after which orders are known."""


MAIN = (
    Case("optimizer sgd()", "gradient", sgd()),
    Case("optimizer sign()", "entries", sign()),
    Case("optimizer lion(decay = 0)", "entries", lion()),
    Case("optimizer adam(eps = 0)", "entries", adam()),
    Case("optimizer adafactor()", "entries", adafactor()),
    Case("optimizer lamb(eps = 0)", "ratio", lamb()),
    Case("optimizer muon()", "polar", muon()),
    Case("optimizer muon(iterations = 0)", "polar", muon(iterations=0), known=1),
    Case("optimizer shampoo()", "polar", shampoo(), known=1),
)
SETTINGS = (
    *(Case(f"optimizer adam(eps = n^({p}))", "entries", adam(eps=Power(1.0, float(p)))) for p in (-2, -1, 0)),
    Case("optimizer adam(eps = n^(-1/2))", "entries", adam(eps=Power(1.0, -0.5))),
    Case("optimizer adam(eps = 0, decay = 0.5/n)", "entries", adam(decay=Power(0.5, -1.0))),
    Case("optimizer adamw(eps = 0, decay = 0.5)", "entries", adam(), Power(0.5)),
    Case("optimizer adamw(eps = 0, decay = 0.5*n^(-1/2))", "entries", adam(), Power(0.5, -0.5)),
    Case("optimizer sign(decay = 0.5)", "entries", sign(), Power(0.5)),
    Case("optimizer muon(decay = 0.5)", "polar", muon(), Power(0.5)),
    Case("optimizer sgd(decay = 0.5)", "gradient", sgd(), Power(0.5)),
    Case("optimizer sgd(momentum = 0.9)", "gradient", sgd(0.9)),
    Case("optimizer sgd(momentum = 0.9, nesterov = true)", "gradient", sgd(0.9, nesterov=True)),
    *(Case(f"optimizer sgd(clip = n^({p}))", "gradient", sgd(), clip=Power(1.0, p)) for p in (-1, 0, 1)),
    Case("optimizer muon(iterations = 0, momentum = 0)", "polar", muon(0.0, iterations=0)),
    *(
        Case(f"optimizer muon(adjust = {a})", "polar", muon(adjust=a))
        for a in ("spectral", "original", "match_rms_adamw")
    ),
    Case("optimizer shampoo(beta = 0.9)", "polar", shampoo(averaged=0.9), known=1),
    Case("optimizer shampoo(eps = 1)", "polar", shampoo(eps=Power(1.0))),
)
GROUPS = Case(
    "optimizer muon() for matrices\noptimizer adam(eps = 0)",
    "entries",
    {"U": adam(), "W": muon(), "v": adam()},
)


NETS: dict[tuple[str, tuple[str, ...]], Written] = {}
"""By architecture and features: what was compiled."""


KNOWN = {
    (
        "mlp",
        "optimizer muon(adjust = match_rms_adamw)",
        2,
        "F - F_lin",
    ): "the last step saturates: slopes 2.0, 1.6, 1.4",
}
"""Powers that show at larger widths only, by architecture, optimiser, seed and quantity."""


def disagreements(name: str, case: Case, seed: int, by_hand: bool = False) -> Iterator[str]:
    """What differs between prediction and measurement for one network, in words. ``by_hand``: it is the perceptron.

    Nothing where the orders are said to be unknown, which those of the perceptron are not.
    """
    architecture = ARCHITECTURES[name]
    text, powers = drawn(architecture, case.family, seed)
    pick = random.Random(7 * seed + 1)
    steps, batch, fresh = pick.choice((1, 2, 3)), pick.choice((1, 2, 4)), pick.random() < 0.3
    steps = min(steps, case.known)
    program = parse(text.rstrip("}\n ") + f"\n{case.statement}\n}}")
    try:
        prediction = predicted(text, chosen(program.optimizers), steps)
    except TpError as refused:
        if by_hand or refused.diagnostics[0].code != "TP514":
            raise
        return
    if prediction.found.unstable_from is not None:
        steps = min(steps, prediction.found.steps)
    run = Run(case.rule, steps, batch, ETA, fresh=fresh, decay=case.decay, clip=case.clip, linear=True)
    net: Net
    if by_hand:
        sizes, rates = zip(*((-float(p), -float(r)) for p, r in powers.values() if p is not None), strict=True)
        net = Layers((0.0, 0.0, 0.0), sizes, rates)
    else:
        key = name, tuple(prediction.features)
        net = Written(text, prediction.features, NETS.get(key))
        NETS.setdefault(key, net)
    few = (64, 256) if by_hand else architecture.widths
    many, seeds = ((32, 128, 512), 8) if by_hand else ((*few, 2 * few[-1]), 15)
    with threadpool_limits(1):
        found = compared(prediction, net, run, few, 5)
        if any(outcome in DOUBTFUL for outcome, *_ in found.values()):
            found = compared(prediction, net, run, many, seeds)
    for quantity, (outcome, exponent, _, points) in found.items():
        if outcome in WRONG and (name, case.statement, seed, quantity) not in KNOWN:
            slope = "zero" if points is None else "{:.2f} ({:.2f})".format(*points.slope())
            yield f"{name}, {case.statement}, seed {seed}, {steps} x {batch}: {quantity} is n^{exponent}, not {slope}"


def random_perceptron(case: Case, number: int) -> list[str]:
    """Disagreements for the perceptron by hand, with random rates."""
    return list(disagreements("mlp", case, PERCEPTRONS[number], by_hand=True))


PERCEPTRONS = [seed for seed in range(40) if drawn(ARCHITECTURES["mlp"], "entries", seed)[1]["v"][0] is not None]
"""Seeds whose readout does not start at zero."""


@pytest.mark.parametrize("case", MAIN, ids=lambda case: case.statement)
def test_a_random_perceptron(case: Case) -> None:
    assert not random_perceptron(case, MAIN.index(case))


SWAPPED = [("optimizer sgd()", MAIN[3]), ("optimizer sign()", MAIN[7]), ("optimizer adam(eps = 1)", MAIN[1])]


@pytest.mark.parametrize(("statement", "case"), slow(SWAPPED, but=SWAPPED[:1]))
def test_a_wrong_prediction_is_noticed(statement: str, case: Case) -> None:
    wrong = replace(case, statement=statement)
    assert any(random_perceptron(wrong, number) for number in range(3))


EVERY = [
    ("mlp", GROUPS, 4),
    *((name, case, 2) for case in MAIN for name in ARCHITECTURES),
    *((name, case, 4) for case in SETTINGS for name in ("mlp", "biases", "layer norm")),
]
USUAL = [("mlp", MAIN[3], 2), ("biases", MAIN[7], 2), ("tied embedding", MAIN[5], 2)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "case", "count"),
    exhaustive(EVERY, but=USUAL),
    ids=lambda v: v.statement if isinstance(v, Case) else v if isinstance(v, str) else "",
)
def test_predictions_are_measured(name: str, case: Case, count: int) -> None:
    wrong = [line for seed in range(count) for line in disagreements(name, case, seed)]
    assert not wrong, "\n".join(wrong)
