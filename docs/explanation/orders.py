"""Three quantities of n normal numbers against n, for orders.md: ``python docs/explanation/orders.py``."""

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "figures"))
from transparent import COLOURS, pyplot, save

WIDTHS = [10**k for k in range(1, 7)]
QUANTITIES = {
    "sum of squares: exponent 1": (lambda v: v @ v, lambda n: n),
    "sum of signs: exponent 1/2": (lambda v: abs(np.sign(v).sum()), lambda n: 0.7 * n**0.5),
    "largest entry: exponent 0": (lambda v: np.abs(v).max(), lambda n: np.sqrt(2 * np.log(n))),
}


def main() -> None:
    draw = np.random.default_rng(0)
    drawn = {n: [draw.standard_normal(n) for _ in range(12)] for n in WIDTHS[:-1]}
    drawn[WIDTHS[-1]] = [draw.standard_normal(WIDTHS[-1]) for _ in range(4)]
    figure, panel = pyplot().subplots(figsize=(5.6, 3.4), layout="constrained")
    for colour, (name, (quantity, size)) in zip(COLOURS, QUANTITIES.items(), strict=False):
        for n, vectors in drawn.items():
            values = [quantity(v) for v in vectors]
            panel.plot([n] * len(values), values, ".", ms=3, alpha=0.5, color=colour)
        panel.plot(WIDTHS, [size(n) for n in WIDTHS], "--", lw=1, color=colour, label=name)
    panel.set(xscale="log", yscale="log", xlabel="n", ylabel="size, a point for each draw", ylim=(0.5, 3e6))
    panel.minorticks_off()
    panel.grid(alpha=0.3, lw=0.5)
    panel.legend(loc="upper left")
    save(figure, Path(__file__).with_suffix(".svg"))


if __name__ == "__main__":
    main()
