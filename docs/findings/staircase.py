"""The exponents of C[0,d] of a network of tanh, beside those that m-power weak correlations ask for.

``python docs/findings/staircase.py`` derives the closed form and draws staircase.svg.
"""

import sys
from fractions import Fraction
from pathlib import Path

import tp

sys.path.append(str(Path(__file__).parents[1] / "figures"))
from transparent import GREEN, GREY, ORANGE, finish, pyplot, save

HERE = Path(__file__).parent

LAST = 9


def exponents() -> list[float]:
    """Exponents of C[0,d] for d = 2 to 9, by the closed form."""
    even, odd, *_ = tp.load(HERE.parents[1] / "programs" / "mlp.tp").orders(["C[0,2]"]).laws
    assert even.family.startswith("C[0,d], d = 2")
    assert odd.family.startswith("C[0,d], d = 3")
    by_parity = {0: even, 1: odd}
    return [float((law := by_parity[d % 2]).constant - law.along * d) for d in range(2, LAST + 1)]


def main() -> None:
    figure, panel = pyplot().subplots(figsize=(4.8, 3.2), layout="constrained")
    ds = range(2, LAST + 1)
    panel.plot(ds, exponents(), "o", ms=5, label="$C^{0,d}$ of a network of tanh")
    for m, colour in ((Fraction(2, 3), GREEN), (Fraction(1), GREY), (Fraction(3, 2), ORANGE)):
        panel.plot(ds, [-float(m) * d / 2 for d in ds], "--", lw=1, color=colour, label=f"(18) with $m = n^{{{m}}}$")
    panel.set(xlabel="d", ylabel="exponent of n")
    finish(panel)
    save(figure, HERE / "staircase.svg")


if __name__ == "__main__":
    main()
