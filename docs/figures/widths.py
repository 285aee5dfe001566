"""The picture of the README: correlations of three programs against the width, over five decades.

Needs the extra `plot`:

    python docs/figures/widths.py measure    adds what is missing to widths.json (about an hour on two cores)
    python docs/figures/widths.py draw       draws widths.svg from widths.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

import tp

HERE = Path(__file__).parent
PROGRAMS = HERE.parents[1] / "programs"
DATA = HERE / "widths.json"
CASES: dict[str, dict[str, object]] = {"mlp": {}, "attention_sqrt": {"t": 4}, "mean_field": {}}
TITLES = {
    "mlp": "mlp: linearises",
    "attention_sqrt": "one attention head, scores q·k/√n",
    "mean_field": "mean field: learns features",
}
QUANTITIES = ("C[0,2]", "C[0,3]")
COLOURS = {"C[0,2]": "#1f5fa8", "C[0,3]": "#c2571a"}
SEEDS = (
    dict.fromkeys((10, 32, 100), 1024)
    | dict.fromkeys((316, 1000), 512)
    | dict.fromkeys((3162, 10_000, 31_623), 256)
    | {100_000: 192, 316_228: 128, 1_000_000: 96}
)
FEWER = {"attention_sqrt": {316_228: 96, 1_000_000: 48}}
"""Draws at the widths where they take seconds."""
RESAMPLES = 2000


def measure() -> None:
    """Medians with 99 % bootstrap intervals; every width is saved as soon as it is known."""
    found: dict[str, dict[str, dict[str, list[float]]]] = json.loads(DATA.read_text()) if DATA.exists() else {}
    for n, seeds in SEEDS.items():
        for name, settings in CASES.items():
            by_width = found.setdefault(name, {})
            if str(n) in by_width:
                continue
            model = tp.load(PROGRAMS / f"{name}.tp", **settings)
            numbers = model.correlations([n], seeds=FEWER.get(name, {}).get(n, seeds), quantities=QUANTITIES)
            by_width[str(n)] = {q: summary(numbers.array(q)[0]) for q in QUANTITIES}
            DATA.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(name, n, by_width[str(n)], flush=True)


def summary(values: np.ndarray[Any, Any]) -> list[float]:
    """[median, low, high, seeds]."""
    pick = np.random.default_rng(0).integers(values.size, size=(RESAMPLES, values.size))
    low, high = np.quantile(np.median(values[pick], axis=1), [0.005, 0.995])
    return [float(np.median(values)), float(low), float(high), float(values.size)]


def draw() -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "tp", "svg.fonttype": "path", "font.size": 9})
    from matplotlib import pyplot

    found = json.loads(DATA.read_text())
    figure, panels = pyplot.subplots(1, len(CASES), figsize=(9.6, 3.3), layout="constrained")
    for panel, name in zip(panels, CASES, strict=True):
        widths = sorted(map(int, found[name]))
        predicted = tp.load(PROGRAMS / f"{name}.tp", **CASES[name]).orders(QUANTITIES).prediction.exponents
        for quantity in QUANTITIES:
            rows = np.array([found[name][str(n)][quantity] for n in widths])
            middle, low, high = rows[:, 0], rows[:, 1], rows[:, 2]
            colour = COLOURS[quantity]
            exponent = predicted[quantity]
            label = f"{label_of(quantity)}, predicted $n^{{{exponent}}}$"
            bars = [middle - low, high - middle]
            panel.errorbar(widths, middle, bars, fmt="o", ms=3, lw=1, color=colour, label=label)
            anchor = middle[-1] / float(widths[-1]) ** float(exponent or 0)
            panel.plot(widths, [anchor * float(n) ** float(exponent or 0) for n in widths], "--", lw=0.8, color=colour)
        panel.set(xscale="log", yscale="log", xlabel="width n", title=TITLES[name])
        panel.title.set_size(9)
        panel.grid(alpha=0.25, lw=0.5)
        panel.legend(fontsize=8, frameon=False, loc="best")
    panels[0].set_ylabel("median over draws, 99 % intervals")
    figure.savefig(HERE / "widths.svg", metadata={"Date": None})


def label_of(quantity: str) -> str:
    return "$C^{0," + quantity[4] + "}$"


if __name__ == "__main__":
    {"measure": measure, "draw": draw}[sys.argv[1]]()
