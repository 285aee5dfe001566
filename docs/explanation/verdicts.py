"""Samples that get each verdict, for verdicts.md: ``python docs/explanation/verdicts.py``."""

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "figures"))
from transparent import BLUE, ORANGE, pyplot, save

from tp.statistics.fit import fit
from tp.statistics.verdict_of_fit import judge

WIDTHS = {64: 256, 128: 256, 256: 256, 512: 256, 1024: 256, 8192: 64, 65536: 64}
"""Numbers of draws, by width."""
HALF = Fraction(-1, 2)
CASES = [
    ("1/n, predicted −1", lambda n: 1 / n, -1, True),
    ("1/n, predicted ≤ −1/2", lambda n: 1 / n, HALF, False),
    ("1/n + 1/400, predicted −1", lambda n: 1 / n + 1 / 400, -1, True),
    ("1/n, predicted −1/2", lambda n: 1 / n, HALF, True),
    ("(log n)³/n, predicted −1", lambda n: np.log(n) ** 3 / n, -1, True),
]


def main() -> None:
    figure, panels = pyplot().subplots(1, len(CASES), figsize=(10.5, 2.5), layout="constrained", sharey=True)
    draw = np.random.default_rng(0)
    for panel, (name, law, predicted, exact) in zip(panels, CASES, strict=True):
        samples = {n: law(n) * np.abs(draw.standard_normal(count)) for n, count in WIDTHS.items()}
        verdict = judge(Fraction(predicted), fit(samples), exact=exact).verdict.value
        for n, values in samples.items():
            panel.plot([n] * 8, values[:8], ".", ms=2, alpha=0.4, color=BLUE)
            panel.plot([n], [np.median(values)], "o", ms=4, color=BLUE)
        first = np.median(samples[64])
        panel.plot(list(WIDTHS), [first * (n / 64) ** float(predicted) for n in WIDTHS], "--", lw=1, color=ORANGE)
        panel.set(xscale="log", yscale="log", xlabel="n", title=f"{name}\n{verdict}", ylim=(1e-6, 10))
        panel.minorticks_off()
        panel.grid(alpha=0.3, lw=0.5)
    panels[0].set_ylabel("draws, and medians")
    save(figure, Path(__file__).with_suffix(".svg"))


if __name__ == "__main__":
    main()
