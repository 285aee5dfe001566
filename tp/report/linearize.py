"""Training and linearisation as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tp.measure.linearize import Linearization
from tp.measure.runs import Curve, Schedule
from tp.report.json import Json, engines_json, number, quantity_json
from tp.report.table import table
from tp.report.text import HEADER, assumptions_text, engines_text, quantity_row


def linearization_text(result: Linearization) -> str:
    """The two sides of theorem 3.1, whether they agree, and |F - F_lin| along the steps."""
    lines = [f"{result.program} ({result.file})", "", "  correlations at initialisation"]
    lines += table(HEADER, [quantity_row(q) for q in result.left])
    lines += ["", f"  after {result.schedule.steps} steps of gradient descent"]
    lines += table(HEADER, [quantity_row(q) for q in result.right])
    sides = f"correlations decay: {_word(result.weak)}; F - F_lin and its like decay: {_word(result.linear)}"
    lines += ["", f"  {sides}; theorem 3.1: {result.agreement}"]
    lines += ["", *curves_text(result.curves), *diverged_text(result.diverged)]
    lines += ["", f"  {schedule_text(result.schedule)}; {result.dtype}; {engines_text(result.engines)}"]
    if result.interrupted:
        lines += ["", "  interrupted: this is what was known so far"]
    return "\n".join([*lines, *assumptions_text(result.assumptions)])


def training_text(name: str, curves: Sequence[Curve], diverged: Mapping[int, int], schedule: Schedule) -> str:
    """Losses and deviations of runs without predictions."""
    rows = [
        (str(c.n), str(step), f"{c.loss[step]:.4g}", f"{c.linear_loss[step]:.4g}")
        for c in curves
        for step in sorted({0, *(look - 1 for look in c.looks[1:])})
    ]
    lines = [name, *table(("n", "step", "loss", "loss of the linear model"), rows), "", *curves_text(curves)]
    return "\n".join([*lines, *diverged_text(diverged), "", f"  {schedule_text(schedule)}"])


def linearization_json(result: Linearization) -> Json:
    return {
        "program": result.program,
        "file": result.file,
        "schedule": schedule_json(result.schedule),
        "correlations": [quantity_json(q) for q in result.left],
        "deviations": [quantity_json(q) for q in result.right],
        "correlations_decay": result.weak,
        "deviations_decay": result.linear,
        "agreement": result.agreement,
        "curves": [curve_json(c) for c in result.curves],
        "diverged": {str(n): step for n, step in result.diverged.items()},
        "assumptions": list(result.assumptions),
        "widths": list(result.widths),
        "dtype": result.dtype,
        "engines": engines_json(result.engines),
        "interrupted": result.interrupted,
        "exit_code": result.exit_code,
    }


def curve_json(curve: Curve) -> Json:
    return {
        "n": curve.n,
        "looks": list(curve.looks),
        "deviation": [number(v) for v in curve.deviation],
        "loss": [number(v) for v in curve.loss],
        "linear_loss": [number(v) for v in curve.linear_loss],
    }


def schedule_json(schedule: Schedule) -> Json:
    return {
        "steps": schedule.steps,
        "eta": schedule.eta,
        "cost": schedule.cost,
        "momentum": schedule.momentum,
        "batch": schedule.batch,
        "samples": schedule.samples,
        "probes": schedule.probes,
        "rho": str(schedule.rho),
        "scale": str(schedule.scale),
    }


def schedule_text(schedule: Schedule) -> str:
    """The settings of a run in one line."""
    powers = [
        f"{name} n^({power})"
        for name, power in (("rates times", schedule.rho), ("output times", schedule.scale))
        if power
    ]
    momentum = [f"momentum {schedule.momentum:g}"] if schedule.momentum else []
    samples = f"batches of {schedule.batch} out of {schedule.samples} samples"
    return "; ".join([f"eta {schedule.eta:g}", f"{schedule.cost} cost", samples, *momentum, *powers])


def curves_text(curves: Sequence[Curve]) -> list[str]:
    """Medians of |F - F_lin| by width and step."""
    if not curves:
        return []
    looks = curves[0].looks[1:]
    rows = [(str(c.n), *(f"{v:.2e}" for v in c.deviation[1:])) for c in curves]
    return ["  |F - F_lin| after steps, median over runs", *table(("n", *map(str, looks)), rows)]


def diverged_text(diverged: Mapping[int, int]) -> list[str]:
    return [f"  at n = {n} a run diverged in step {step + 1}: no evidence for anything" for n, step in diverged.items()]


def _word(decays: bool | None) -> str:
    return "undecided" if decays is None else "yes" if decays else "no"
