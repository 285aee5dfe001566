"""The exponent of F - F_lin after one step with the rate n^ρ, beside what (19) of the paper allows.

``python docs/findings/strong.py`` derives the exponents and draws strong.svg.
"""

import sys
from fractions import Fraction
from pathlib import Path

import tp
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.quantities.definitions import DEVIATION
from tp.studies.linearize.expected import expected
from tp.theory.analysis import Analysis

sys.path.append(str(Path(__file__).parents[1] / "figures"))
from transparent import GREY, ORANGE, finish, pyplot, save

HERE = Path(__file__).parent

RATES = [Fraction(k, 12) for k in range(-6, 6)]


def deviation(rho: Fraction) -> float:
    schedule = Schedule(steps=1, rho=rho)
    program = reparametrized(tp.load(HERE.parents[1] / "programs" / "mlp.tp", depth=2).program, schedule)
    found = expected(Analysis(program.graph, (), schedule.mover), schedule, second=False).prediction
    exponent = found.exponents[DEVIATION]
    assert exponent is not None
    return float(exponent)


def main() -> None:
    figure, panel = pyplot().subplots(figsize=(4.8, 3.2), layout="constrained")
    panel.plot(RATES, [deviation(rho) for rho in RATES], "o", ms=4, label="F − F_lin, network of tanh")
    panel.plot(RATES, [rho - 1 for rho in RATES], "--", lw=1, color=GREY, label="(19) with $m = n$")
    panel.plot(
        RATES, [rho - Fraction(2, 3) for rho in RATES], "--", lw=1, color=ORANGE, label="(19) with $m = n^{2/3}$"
    )
    panel.set(xlabel="ρ, learning rates times $n^ρ$", ylabel="exponent of n")
    finish(panel)
    save(figure, HERE / "strong.svg")


if __name__ == "__main__":
    main()
