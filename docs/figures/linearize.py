"""The picture of docs/training.md: four programs learn the digits 0 and 1, beside their linear models.

Needs the extra `plot`:

    python docs/figures/linearize.py    prints both sides of theorem 3.1, and draws linearize.svg (some minutes)
"""

from __future__ import annotations

from pathlib import Path

import tp
from tp.experiments.training.observables import DEVIATION
from tp.experiments.training.schedule import Schedule
from tp.studies.linearize.linearization import Linearization

HERE = Path(__file__).parent
PROGRAMS = HERE.parents[1] / "programs"
CASES: dict[str, dict[str, object]] = {"mlp": {"d": 64}, "cnn": {}, "rnn": {}, "attention": {}}
BUDGETS = {"rnn": "6m", "cnn": "5m"}
"""Of drawing, where two minutes leave something open: many steps or pixels share one weight, and runs differ more."""
WIDTHS = [64, 128, 256, 512, 1024]


def linearized(name: str) -> Linearization:
    model = tp.load(PROGRAMS / f"{name}.tp", **CASES[name])
    return model.linearize(Schedule(steps=32), WIDTHS, data="digits", second=False, budget=BUDGETS.get(name, "2m"))


def table(results: list[Linearization]) -> str:
    """Theorem 3.1: the left side, the right side, agreement."""
    lines = [
        "| program | C[0,2] | C[0,3] | C[1,1] | F - F_lin | kernel drift | theorem 3.1 |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in results:
        rows = {q.name: q for q in (*result.theorem_3_1.left, *result.theorem_3_1.right)}
        cells = []
        for name in ("C[0,2]", "C[0,3]", "C[1,1]", "F - F_lin", "kernel drift"):
            q = rows[name]
            found = q.fit.late.overall if q.fit is not None and q.fit.late is not None else None
            shown = "?" if found is None else f"{found.value:.2f} ± {found.half_width:.2f}"
            cells.append(f"{q.predicted}: {shown}, {q.judgement.verdict.value}")
        lines.append(f"| {result.provenance.program} | {' | '.join(cells)} | {result.theorem_3_1.outcome} |")
    return "\n".join(lines)


def draw(results: list[Linearization]) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "tp", "svg.fonttype": "path", "font.size": 9})
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(results), figsize=(10.5, 2.9), layout="constrained", sharey=True)
    colours = pyplot.get_cmap("viridis")
    for panel, result in zip(panels, results, strict=True):
        for i, curve in enumerate(result.curves):
            colour = colours(0.9 * i / max(1, len(result.curves) - 1))
            panel.plot(
                curve.looks[1:], curve.after[DEVIATION][1:], "o-", ms=3, lw=1, color=colour, label=f"n = {curve.n}"
            )
        panel.set(xscale="log", yscale="log", xlabel="step", title=result.provenance.program)
        panel.grid(alpha=0.25, lw=0.5)
    panels[0].set_ylabel("|F - F_lin|, median over runs")
    panels[0].legend(fontsize=7, frameon=False)
    figure.savefig(HERE / "linearize.svg", metadata={"Date": None})


if __name__ == "__main__":
    found = [linearized(name) for name in CASES]
    print("\n\n".join(map(str, found)))
    print()
    print(table(found))
    draw(found)
