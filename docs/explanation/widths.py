"""What is known of a matrix, and what draws cost, for widths.md: ``python docs/explanation/widths.py``."""

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "figures"))
from transparent import BLUE, GREY, ORANGE, finish, pyplot, save

HERE = Path(__file__).parent
ARRAYS = {512: 4.7e-3, 8192: 2.2}
PRODUCTS = {512: 1.5e-3, 8192: 8.3e-3, 10**5: 0.11, 10**6: 1.37}
"""Seconds for a draw of C[0,1] to C[0,3] with three hidden layers: the benchmarks of the README, by width."""


def matrix(panel: Any, rows: float, columns: float, title: str) -> None:
    """W in a basis of asked vectors first: known columns, known rows, and the rest, of which nothing is drawn."""
    known = {"lw": 0, "alpha": 0.75}
    panel.add_patch(pyplot().Rectangle((0, 0), 1, 1, fill=False, ec=GREY, lw=1))
    panel.add_patch(pyplot().Rectangle((0, 0), columns, 1, fc=BLUE, **known))
    panel.add_patch(pyplot().Rectangle((columns, 1 - rows), 1 - columns, rows, fc=ORANGE, **known))
    panel.set(xlim=(-0.1, 1.1), ylim=(-0.1, 1.25), aspect="equal", title=title)
    panel.axis("off")


def known() -> None:
    figure, panels = pyplot().subplots(1, 4, figsize=(9.6, 2.5), layout="constrained")
    matrix(panels[0], 0, 0, "nothing asked")
    matrix(panels[1], 0, 0.14, "W x is drawn")
    matrix(panels[2], 0.14, 0.14, "Wᵀu: one entry is known")
    matrix(panels[3], 0.14, 0.28, "W x′: only the new part is drawn")
    panels[3].text(0.63, 0.4, "never\ndrawn", ha="center")
    save(figure, HERE / "widths_known.svg")


def cost() -> None:
    figure, panel = pyplot().subplots(figsize=(4.8, 3.0), layout="constrained")
    panel.plot(list(ARRAYS), list(ARRAYS.values()), "o-", color=ORANGE, label="weights as arrays: n²")
    panel.plot(list(PRODUCTS), list(PRODUCTS.values()), "o-", color=BLUE, label="conditioned: n")
    panel.plot([8192, 10**6], [2.2, 2.2 * (10**6 / 8192) ** 2], ":", color=ORANGE, label="arrays, if 8 TB were there")
    panel.set(xscale="log", yscale="log", xlabel="width n", ylabel="seconds a draw")
    finish(panel)
    save(figure, HERE / "widths_cost.svg")


if __name__ == "__main__":
    known()
    cost()
