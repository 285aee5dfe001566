"""Training and linearisation as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tp.experiments.training.schedule import Schedule
from tp.report.json import Json, engines_json, number, quantity_json
from tp.report.orders import claim_json
from tp.statistics.estimate import Estimate
from tp.studies.curves import Curve
from tp.studies.linearize.corollary_4_0_1 import Decay
from tp.studies.linearize.critical_rates import Critical
from tp.studies.linearize.linearization import Linearization
from tp.studies.linearize.theorem_3_2 import Strong
from tp.studies.train import Runs


def linearization_json(result: Linearization) -> Json:
    return {
        "program": result.provenance.program,
        "file": result.provenance.file,
        "schedule": schedule_json(result.schedule),
        "correlations": [quantity_json(q) for q in result.left],
        "deviations": [quantity_json(q) for q in result.right],
        "hessian_over_gradient": [quantity_json(q) for q in result.hessian],
        "premises": [
            {"text": c.text, "exponent": None if c.exponent is None else str(c.exponent), "holds": c.holds}
            for c in result.premises
        ],
        "correlations_decay": result.weak,
        "deviations_decay": result.linear,
        "agreement": result.agreement,
        "examined_up_to_D": result.examined,
        "exponents_by_step": {
            "looks": list(result.schedule.looks[1:]),
            **{name: [estimate_json(e) for e in found] for name, found in result.by_step.items()},
        },
        "curves": [curve_json(c) for c in result.curves],
        "critical_rates": [_critical(c) for c in result.critical],
        "corollary": [_decay(d) for d in result.corollary],
        "strong": None if result.strong is None else _strong(result.strong),
        "claims": [claim_json(c) for c in result.claims],
        "diverged": {str(n): step for n, step in result.diverged.items()},
        "assumptions": list(result.assumptions),
        "widths": list(result.provenance.widths),
        "dtype": result.provenance.dtype,
        "engines": engines_json(result.provenance.engines),
        "cells": {"all": result.provenance.cells, "stored": result.provenance.stored},
        "interrupted": result.provenance.interrupted,
        "exit_code": result.exit_code,
    }


def training_json(runs: Runs) -> Json:
    return {
        "program": runs.provenance.program,
        "schedule": schedule_json(runs.schedule),
        "curves": [curve_json(c) for c in runs.curves],
        "diverged": {str(n): step for n, step in runs.diverged.items()},
        "interrupted": runs.provenance.interrupted,
    }


def curve_json(curve: Curve) -> Json:
    """Medians over runs: by quantity after ``looks`` steps, and before the steps ``steps``."""
    return {
        "n": curve.n,
        "looks": list(curve.looks),
        "after": {name: _numbers(values) for name, values in curve.after.items()},
        "steps": list(curve.steps),
        "at": {name: _numbers(values) for name, values in curve.at.items()},
    }


def schedule_json(schedule: Schedule) -> Json:
    return {
        "steps": schedule.steps,
        **schedule.optimizer.json,
        "cost": schedule.cost,
        "batch": schedule.batch,
        "samples": schedule.samples,
        "probes": schedule.probes,
        "rho": str(schedule.rho),
        "scale": str(schedule.scale),
    }


def estimate_json(found: Estimate | None) -> Json | None:
    if found is None:
        return None
    return {"value": number(found.value), "low": number(found.low), "high": number(found.high)}


def _critical(found: Critical) -> Json:
    the, cor = estimate_json(found.the), estimate_json(found.cor)
    return {"n": found.n, "eta_the": the, "binds": found.binds, "eta_cor": cor}


def _decay(found: Decay) -> Json:
    return {
        "n": found.n,
        "law": found.law.value,
        "time": estimate_json(found.time),
        "curvature": number(found.curvature),
        "growth": estimate_json(found.growth),
        "between": list(found.between),
        "outcome": found.outcome,
    }


def _strong(found: Strong) -> Json:
    return {
        "power": _power(found.power),
        "binding": found.binding,
        "linear": _power(found.linear),
        "agreement": found.agreement,
        "rows": [{"rho": str(r.rho), "steps": r.steps, "deviation": quantity_json(r.deviation)} for r in found.rows],
    }


def _power(power: Fraction | None) -> str:
    return "inf" if power is None else str(power)


def _numbers(values: Sequence[float]) -> list[float | str]:
    return [number(v) for v in values]
