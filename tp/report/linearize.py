"""Training and linearisation as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tp.experiments.training.observables import DEVIATION, LINEAR_LOSS, LOSS
from tp.experiments.training.schedule import Schedule
from tp.optimizers import DEFAULT
from tp.report.table import table
from tp.report.text import HEADER, assumptions_text, claims_text, drawn_text, quantity_row
from tp.statistics.estimate import Estimate
from tp.studies.curves import Curve
from tp.studies.linearize.corollary_4_0_1 import Decay
from tp.studies.linearize.critical_rates import Critical
from tp.studies.linearize.linearization import Linearization
from tp.studies.linearize.theorem_3_2 import Strong
from tp.studies.train import Runs
from tp.theory.regime import Condition


def linearization_text(result: Linearization) -> str:
    """The two sides of theorem 3.1, whether they agree, and everything along the steps."""
    steps = result.schedule.steps
    lines = [f"{result.provenance.program} ({result.provenance.file})", "", "  correlations at initialisation"]
    lines += table(HEADER, [quantity_row(q) for q in result.left])
    lines += ["", f"  after {steps} steps of gradient descent"]
    lines += table(HEADER, [quantity_row(q) for q in result.right])
    sides = f"correlations decay: {_word(result.weak)}; F - F_lin and its like decay: {_word(result.linear)}"
    lines += ["", f"  {sides}; theorem 3.1, up to D = {result.examined}: {result.agreement}"]
    lines += _premises(result.premises)
    if result.hessian:
        lines += ["", "  norm of the Hessian over that of the gradient, before and after"]
        lines += table(HEADER, [quantity_row(q) for q in result.hessian])
    lines += ["", *_by_step(result.by_step, result.schedule), "", *curves_text(result.curves)]
    lines += [*diverged_text(result.diverged), "", *_critical(result.critical, result.schedule)]
    lines += ["", *_corollary(result.corollary)]
    if result.strong is not None:
        lines += ["", *_strong(result.strong)]
    if result.claims:
        lines += ["", *claims_text(result.provenance.file, result.claims)]
    lines += ["", f"  {schedule_text(result.schedule)}; {drawn_text(result.provenance)}"]
    if result.provenance.interrupted:
        lines += ["", "  interrupted: this is what was known so far"]
    return "\n".join([*lines, *assumptions_text(result.assumptions)])


def training_text(runs: Runs) -> str:
    """Losses and deviations of runs without predictions."""
    rows = [
        (str(c.n), str(step), f"{c.at[LOSS][i]:.4g}", f"{c.at[LINEAR_LOSS][i]:.4g}")
        for c in runs.curves
        for i, step in enumerate(c.steps)
        if step in {0, *(look - 1 for look in c.looks[1:])}
    ]
    losses = table(("n", "step", "loss", "loss of the linear model"), rows)
    lines = [runs.provenance.program, *losses, "", *curves_text(runs.curves)]
    if runs.provenance.interrupted:
        lines += ["", "  interrupted: this is what was known so far"]
    return "\n".join([*lines, *diverged_text(runs.diverged), "", f"  {schedule_text(runs.schedule)}"])


def schedule_text(schedule: Schedule) -> str:
    """The settings of a run in one line."""
    powers = [
        f"{name} n^({power})"
        for name, power in (("rates times", schedule.rho), ("output times", schedule.scale))
        if power
    ]
    eta, *more = schedule.optimizer.described
    if schedule.optimizer.name != DEFAULT:
        more = [f"optimiser {schedule.optimizer.name}", *more]
    batches = f"batches of {schedule.batch} out of {schedule.samples} samples"
    samples = f"{batches}, looked at: an unseen one and {schedule.probes} of them"
    return "; ".join([eta, f"{schedule.cost} cost", samples, *more, *powers])


def curves_text(curves: Sequence[Curve]) -> list[str]:
    """Medians of |F - F_lin| by width and step."""
    if not curves:
        return []
    looks = curves[0].looks[1:]
    rows = [(str(c.n), *(f"{v:.2e}" for v in c.after[DEVIATION][1:])) for c in curves]
    return ["  |F - F_lin| after steps, median over runs", *table(("n", *map(str, looks)), rows)]


def diverged_text(diverged: Mapping[int, int]) -> list[str]:
    return [f"  at n = {n} a run diverged in step {step}: no evidence for anything" for n, step in diverged.items()]


def _premises(found: Sequence[Condition]) -> list[str]:
    """Those that fail: then the sides may be compared, but no theorem says how they come out."""
    return [
        f"  not properly normalised: {c.text} fails, it is {'0' if c.exponent is None else f'n^({c.exponent})'};"
        " the theorem does not speak of this program"
        for c in found
        if not c.holds
    ]


def _by_step(found: Mapping[str, Sequence[Estimate | None]], schedule: Schedule) -> list[str]:
    rows = [(name, *map(_plus_minus, estimates)) for name, estimates in found.items()]
    return ["  exponents of n after steps, each at 99 %", *table(("quantity", *map(str, schedule.looks[1:])), rows)]


def _critical(found: Sequence[Critical], schedule: Schedule) -> list[str]:
    rows = [(str(c.n), _interval(c.the), c.binds or "", _interval(c.cor)) for c in found]
    head = f"  critical learning rates, in units of the program's (eta is {schedule.optimizer.eta:g})"
    return [head, *table(("n", "eta_the", "binds", "eta_cor"), rows)]


def _corollary(found: Sequence[Decay]) -> list[str]:
    """Corollary 4.0.1 by width."""
    rows = [
        (
            str(d.n),
            d.law.value,
            _interval(d.time),
            f"{d.curvature:.3g}",
            f"{_plus_minus(d.growth)} from step {d.between[0]} to {d.between[1]}",
            d.outcome,
        )
        for d in found
    ]
    head = "  corollary 4.0.1: does |C'| of the linear model decay as e^(-s/T), and then |F - F_lin| stay bounded?"
    return [head, *table(("n", "decay of |C'|", "T in steps", "max |C''|", "growth as s^p", "outcome"), rows)]


def _strong(found: Strong) -> list[str]:
    """Theorem 3.2 by reparametrisation."""
    rows = [
        (
            str(r.rho),
            str(r.steps),
            *quantity_row(r.deviation)[1:5],
            _power(r.power),
            "" if r.rho <= 0 else "beyond eta_the: does not count",
        )
        for r in found.rows
    ]
    head = ("rho", "steps", "F - F_lin predicted", *HEADER[2:5], "largest m", "")
    binding = f" ({found.binding} allows no more)" if found.binding else ""
    return [
        "  theorem 3.2: F - F_lin under eta -> n^rho eta, against n^rho / m",
        *table(head, rows),
        f"  correlations: m = {_power(found.power)}{binding}; linearity: m = {_power(found.linear)};"
        f" theorem 3.2: {found.agreement}",
    ]


def _power(power: Fraction | None) -> str:
    return "any" if power is None else f"n^({power})"


def _interval(found: Estimate | None) -> str:
    return "?" if found is None else f"{found.value:.3g} [{found.low:.3g}, {found.high:.3g}]"


def _plus_minus(found: Estimate | None) -> str:
    return "?" if found is None else f"{found.value:z.2f} ± {found.half_width:.2f}"


def _word(decays: bool | None) -> str:
    return "undecided" if decays is None else "yes" if decays else "no"
