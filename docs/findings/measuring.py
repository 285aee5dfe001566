"""Sizes against the width for the pictures of findings: median and 99 % interval of draws, kept in a JSON file.

A script ``NAME.py`` says what is measured and calls :func:`picture`:

    python docs/findings/NAME.py            draws NAME.svg from NAME.json
    python docs/findings/NAME.py measure    adds what is missing to NAME.json first

Every width is saved as soon as it is known, so that a run that is broken off goes on where it was.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import tp

sys.path.append(str(Path(__file__).parents[1] / "figures"))
from transparent import against_width, pyplot, save

PROGRAMS = Path(__file__).parents[2] / "programs"
RESAMPLES = 2000
Draws = Callable[[int], np.ndarray[Any, Any]]
"""All draws at a width; none where it is too large."""
Summary = list[float]
"""Median, low end, high end, number of draws."""


def summary(values: np.ndarray[Any, Any]) -> Summary:
    sizes = np.abs(values)
    pick = np.random.default_rng(0).integers(sizes.size, size=(RESAMPLES, sizes.size))
    low, high = np.quantile(np.median(sizes[pick], axis=1), [0.005, 0.995])
    return [float(f"{number:.4g}") for number in (np.median(sizes), low, high, sizes.size)]


def add(data: Path, cases: Mapping[str, Draws], widths: Sequence[int]) -> None:
    """Measure what is missing in ``data``: ``cases`` have names for a legend."""
    found: dict[str, dict[str, Summary]] = json.loads(data.read_text()) if data.exists() else {}
    for n in widths:
        for name, draws in cases.items():
            by_width = found.setdefault(name, {})
            if str(n) in by_width:
                continue
            values = draws(n)
            if values.size:
                by_width[str(n)] = summary(values)
                data.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
                print(name, n, by_width[str(n)], flush=True)


def picture(
    script: str, cases: Mapping[str, Draws], exponents: Mapping[str, str], widths: Sequence[int], label: str
) -> None:
    """Measure, if the script is asked to, and draw. ``exponents`` are the predicted ones, by case."""
    data = Path(script).with_suffix(".json")
    if sys.argv[1:] == ["measure"]:
        add(data, cases, widths)
    figure, panel = pyplot().subplots(figsize=(4.8, 3.2), layout="constrained")
    against_width(panel, json.loads(data.read_text()), exponents)
    panel.set_ylabel(label)
    save(figure, data.with_suffix(".svg"))


def predicted(models: Mapping[str, tp.Model], quantity: str) -> dict[str, str]:
    """Typical exponents of ``quantity`` by case, for :func:`picture`."""
    return {name: str(m.orders([quantity]).prediction.exponents[quantity]) for name, m in models.items()}


def correlation(model: tp.Model, quantity: str, seeds: int = 256, largest: int = 10**9) -> Draws:
    """Draws of ``quantity`` at a width, up to ``largest``; half as many from n = 10^4 on, a quarter from 10^5 on."""

    def draws(n: int) -> np.ndarray[Any, Any]:
        count = seeds // (1 if n < 10**4 else 2 if n < 10**5 else 4)
        if n > largest:
            return np.zeros(0)
        return model.correlations([n], seeds=count, quantities=[quantity]).array(quantity)[0]

    return draws


def deviation(
    model: tp.Model, schedule: Any, seeds: int = 64, largest: int = 10**9, quantity: str = "F - F_lin"
) -> Draws:
    """Draws of ``quantity`` of training, after the last step of ``schedule``."""
    from tp.experiments.training.observables import recorded
    from tp.sampling.plan import Plan
    from tp.sampling.sweep import sweep
    from tp.studies.curves import values_of
    from tp.studies.linearize.deviations import after_all
    from tp.studies.train import trainer_of

    def draws(n: int) -> np.ndarray[Any, Any]:
        if n > largest:
            return np.zeros(0)
        records = recorded(sweep(trainer_of(model.program, schedule, None, "float64"), Plan((n,), seeds)).samples)
        return values_of(records, after_all(schedule, quantity))[quantity][n]

    return draws
