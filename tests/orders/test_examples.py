"""Single rules on small examples, against sums drawn with NumPy."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tp.syntax import parse
from tp.theory.analysis import Analysis

WIDTHS = (16, 64, 256)
BROAD = (16, 48, 128)
"""For matrices of n^(5/2) entries."""
LONG = (1024, 8192, 65536)
"""For sums over vectors alone: cheap, and cubes of exponential variables need that many to look Gaussian."""
DRAWS = 200
TOLERANCE = 0.2
"""The median of 200 draws has a relative error near 1.25/√200 = 0.09, the slope over ln 16 one of 0.05; orders are
multiples of 1/4, except one of 7/4 against 2, so 0.2 leaves 0.1 for corrections and decides."""

Draw = Callable[[int, np.random.Generator], Any]


def normal(g: np.random.Generator, *shape: int) -> Any:
    return g.standard_normal(shape, dtype=np.float32)


def skewed(g: np.random.Generator, n: int) -> Any:
    """Exponential variables without their mean."""
    return g.standard_exponential(n, dtype=np.float32) - 1


def cube(x: Any) -> Any:
    return x * x * x  # ten times faster than a power


def gelu(x: Any) -> Any:
    return x / (1 + np.exp(-1.702 * x))


def _applied(n: int, g: np.random.Generator, power: float = 1.0) -> tuple[Any, Any, Any]:
    """W of n^power rows, and two independent vectors."""
    return normal(g, max(1, round(n**power)), n), normal(g, n), normal(g, n)


def coherent(n: int, g: np.random.Generator) -> float:
    w, u, _ = _applied(n, g)
    return u @ (w.T @ (w @ u))


def coherent_nonlinear(n: int, g: np.random.Generator) -> float:
    w, u, _ = _applied(n, g)
    return u @ (w.T @ np.tanh(w @ u / np.sqrt(n)))


def coherent_even(n: int, g: np.random.Generator) -> float:
    """E φ' = 0 for an even function: no coherent part."""
    w, u, _ = _applied(n, g)
    return u @ (w.T @ np.cos(w @ u / np.sqrt(n)))


def incoherent(n: int, g: np.random.Generator) -> float:
    w, u, v = _applied(n, g)
    return v @ (w.T @ np.tanh(w @ u / np.sqrt(n)))


def twice(n: int, g: np.random.Generator) -> float:
    w, u, _ = _applied(n, g)
    return u @ (w @ (w @ u))


def nested(power: float) -> Draw:
    """Σ_i (Wu)_i (Wv)_i for independent u, v: n^{ω/2 + 1} from the rows, n^{ω + 1/2} from u.v."""

    def draw(n: int, g: np.random.Generator) -> float:
        w, u, v = _applied(n, g, power)
        return (w @ u) @ (w @ v)

    return draw


def squares(power: float) -> Draw:
    def draw(n: int, g: np.random.Generator) -> float:
        w, u, _ = _applied(n, g, power)
        return (w @ u) @ (w @ u)

    return draw


VECTORS = "param u : [n] ~ normal(0, 1); param v : [n] ~ normal(0, 1); param s : [n] ~ exponential(0, 1)"
SQUARE = "param W : [n, n] ~ normal(0, 1)"
CASES: dict[str, tuple[str, str, Draw]] = {
    "a fresh readout": ("dot(v, gelu(u))", "1/2", lambda n, g: normal(g, n) @ gelu(normal(g, n))),
    "an odd sum": ("dot(tanh(u), cos(v))", "1/2", lambda n, g: np.tanh(normal(g, n)) @ np.cos(normal(g, n))),
    "an even sum": ("dot(square(u), cos(v))", "1", lambda n, g: normal(g, n) ** 2 @ np.cos(normal(g, n))),
    "a generic sum": ("dot(gelu(u), square(v))", "1", lambda n, g: gelu(normal(g, n)) @ normal(g, n) ** 2),
    "a cube": ("dot(v^3, gelu(u))", "1/2", lambda n, g: cube(normal(g, n)) @ gelu(normal(g, n))),
    "a skewed readout": (
        "dot(s, gelu(u))",
        "1/2",
        lambda n, g: skewed(g, n) @ gelu(normal(g, n)),
    ),
    "a skewed cube": ("dot(s^3, gelu(u))", "1", lambda n, g: cube(skewed(g, n)) @ gelu(normal(g, n))),
    "a skewed cube, odd": (
        "dot(s^3, tanh(u))",
        "1/2",
        lambda n, g: cube(skewed(g, n)) @ np.tanh(normal(g, n)),
    ),
    "W'Wu": (f"dot(u, W' @ (W @ u)); {SQUARE}", "2", coherent),
    "W'tanh(Wu)": (f"dot(u, W' @ tanh(W @ u / sqrt(n))); {SQUARE}", "3/2", coherent_nonlinear),
    "W'cos(Wu)": (f"dot(u, W' @ cos(W @ u / sqrt(n))); {SQUARE}", "1", coherent_even),
    "v.W'tanh(Wu)": (f"dot(v, W' @ tanh(W @ u / sqrt(n))); {SQUARE}", "1", incoherent),
    "u.WWu": (f"dot(u, W @ (W @ u)); {SQUARE}", "3/2", twice),
    "narrow, independent": (
        "dot(W @ u, W @ v); param W : [m, n] ~ normal(0, 1); width m = n^(1/2)",
        "5/4",
        nested(0.5),
    ),
    "square, independent": (f"dot(W @ u, W @ v); {SQUARE}", "3/2", nested(1.0)),
    "broad, independent": ("dot(W @ u, W @ v); param W : [m, n] ~ normal(0, 1); width m = n^(3/2)", "2", nested(1.5)),
    "narrow, equal": ("dot(W @ u, W @ u); param W : [m, n] ~ normal(0, 1); width m = n^(1/2)", "3/2", squares(0.5)),
    "v and W W' v": (
        "dot(v, W' @ (W @ v)); param W : [m, n] ~ normal(0, 1); width m = n^(1/2)",
        "3/2",
        squares(0.5),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sums(name: str) -> None:
    spelled, exponent, draw = CASES[name]
    expression, *declarations = spelled.split("; ")
    lines = [*reversed(declarations), VECTORS, f"output f = {expression}"]
    text = "program p {\n width n\n input zero : [d=1]\n" + "\n".join(lines) + "\n}"
    assert Analysis(parse(text).graph).exponent("F") == Fraction(exponent)
    widths = BROAD if name.startswith("broad") else WIDTHS if declarations else LONG
    medians = []
    for n in widths:
        generator = np.random.default_rng(n)
        medians.append(np.median([abs(draw(n, generator)) for _ in range(DRAWS)]))
    slope = np.polyfit(np.log(widths), np.log(medians), 1)[0]
    assert slope == pytest.approx(float(Fraction(exponent)), abs=TOLERANCE)
