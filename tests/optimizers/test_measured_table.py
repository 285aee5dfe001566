"""Slopes after one step of two samples, measured in plain NumPy, for known parametrizations of a perceptron.

Two hidden layers, tanh; W = n^-a w, entries of w of deviation n^-b, learning rates n^-c, for input, hidden, readout.
"""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tests.marks import slow
from tests.optimizers.measured_moves import Layers, Run, Written, size, slopes
from tests.optimizers.plain_rules import Rule, adafactor, adam, lamb, lion, muon, polar, sgd, shampoo, sign

HALF = 0.5
RULES: dict[str, Rule] = {
    "sgd": sgd(),
    "sign": sign(),
    "lion": lion(),
    "adam": adam(),
    "adafactor": adafactor(),
    "lamb": lamb(),
    "muon exact": muon(iterations=0),
    "muon": muon(),
    "muon spectral": muon(adjust="spectral"),
    "muon original": muon(adjust="original"),
    "muon adamw": muon(adjust="match_rms_adamw"),
    "shampoo": shampoo(),
}
Three = tuple[float, float, float]
ZERO, MUP = (0.0, 0.0, 0.0), (0.0, HALF, 1.0)
STANDARD = (0.0, HALF, HALF)
TABLE: list[tuple[str, Three, Three, Three, str]] = [
    ("sgd", ZERO, STANDARD, (0, 1, 1), "0 0 -1/2 -1/2"),
    ("sgd", (-HALF, 0, HALF), (HALF, HALF, HALF), ZERO, "-1/2 0 0 0"),
    ("adam", ZERO, MUP, (0, 1, 1), "-1/2 0 0 0"),
    ("sign", ZERO, MUP, (0, 1, 1), "-1/2 0 0 0"),
    ("adam", ZERO, STANDARD, (0, 1, 1), "0 1/2 0 0"),
    ("adam", ZERO, STANDARD, (HALF, 3 * HALF, 1), "0 0 -1/2 -1/2"),
    ("muon exact", ZERO, MUP, (-HALF, 0, HALF), "-1/2 0 0 0"),
    ("muon", ZERO, STANDARD, (-HALF, 0, HALF), "0 1/2 0 0"),
    ("muon spectral", ZERO, MUP, ZERO, "-1/2 0 0 0"),
    ("muon original", ZERO, MUP, ZERO, "-1/2 1/2 0 0"),
    ("muon adamw", ZERO, MUP, ZERO, "-1/2 1 0 1/2"),
    ("shampoo", ZERO, MUP, (-HALF, 0, HALF), "-1/2 0 0 0"),
    ("lion", ZERO, MUP, (0, 1, 1), "-1/2 0 0 0"),
    ("adafactor", ZERO, MUP, (0, 1, 1), "-1/2 0 0 0"),
    ("lamb", ZERO, MUP, (0, HALF, 0), "-1/2 0 0 0"),
]
"""Optimiser, a, b, c, and the exponents of F, of its change, and of the moves of both hidden layers."""
WIDTHS = (64, 256, 1024)
QUANTITIES = ("change", "move of h1", "move of h2")


def number(word: str) -> float:
    above, _, below = word.partition("/")
    return float(above) / float(below or 1)


@pytest.mark.parametrize(("name", "a", "b", "c", "expected"), TABLE)
def test_one_step_of_two_samples(name: str, a: Three, b: Three, c: Three, expected: str) -> None:
    """Changes of F by n^(1/2) come with tanh out of its linear range at the smallest width: slopes are 0.46 there."""
    first, *rest = map(number, expected.split())
    net = Layers(a, b, c)
    with threadpool_limits(1):
        found = slopes(net, Run(RULES[name]), WIDTHS, 4)
    for quantity, exponent in zip(QUANTITIES, rest, strict=True):
        slope, error = found.slope(quantity)
        assert abs(slope - exponent) < 0.12, (quantity, slope, error)
    assert abs(initial(a, b, c) - first) < 0.2


def initial(a: Three, b: Three, c: Three) -> float:
    """The slope of the root mean square of F at initialisation."""
    net = Layers(a, b, c)
    sizes = [size(np.array([net.values(n, net.draw(n, s), net.inputs(2, s))[0] for s in range(48)])) for n in (32, 512)]
    return float(np.log(sizes[1] / sizes[0]) / np.log(16))


LATER = [(steps, batch, squared) for steps, batch in ((2, 1), (3, 4), (3, 2)) for squared in (False, True)]


@pytest.mark.parametrize(("steps", "batch", "squared"), slow(LATER))
@pytest.mark.parametrize(("name", "a", "b", "c", "expected"), TABLE)
def test_later_steps(
    name: str, a: Three, b: Three, c: Three, expected: str, steps: int, batch: int, squared: bool
) -> None:
    """Where training is stable, exponents after one step are those after more, whatever the batch and the errors."""
    _, *rest = map(number, expected.split())
    if max(rest) > 0:
        pytest.skip("unstable: error signals grow")
    with threadpool_limits(1):
        found = slopes(Layers(a, b, c), Run(RULES[name], steps, batch, squared=squared), WIDTHS, 6)
    for quantity, exponent in zip(QUANTITIES, rest, strict=True):
        slope, error = found.slope(quantity)
        assert abs(slope - exponent) < 0.12 + 2 * error, (quantity, slope, error)


def test_the_same_perceptron_as_a_program() -> None:
    """Values and gradients by hand are those of the program."""
    a, b = (-HALF, 0.25, HALF), (HALF, HALF, 1.0)
    by_hand = Layers(a, b, ZERO)
    written = Written("""program p {
        width n
        input x : [d=8]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        h1 = n^(1/2) * (U @ x) / sqrt(d)
        h2 = n^(-1/4) * (W @ tanh(h1))
        output f = n^(-1/2) * dot(v, tanh(h2))
    }""")
    weights, x, errors = by_hand.draw(16, 0), by_hand.inputs(3, 0), np.array([1.0, -2.0, 0.5])
    f, h = by_hand.values(16, weights, x)
    g, k = written.values(16, weights, {"x": x})
    mix = g[0] / f[0]
    np.testing.assert_allclose(g, f * mix, rtol=1e-9)
    for name in ("h1", "h2"):
        np.testing.assert_allclose(k[name], h[name], rtol=1e-9)
    one, other = by_hand.gradient(16, weights, x, errors), written.gradient(16, weights, {"x": x}, errors)
    for name in one:
        np.testing.assert_allclose(other[name], one[name] * mix, rtol=1e-8, atol=1e-10)


def test_maps_of_singular_values_are_the_iteration_of_matrices() -> None:
    """The iteration of Newton and Schulz as people write it, and the polar factor through the square root."""
    generator = np.random.default_rng(0)
    matrix = generator.standard_normal((70, 3)) @ generator.standard_normal((3, 60))
    x = matrix / np.linalg.norm(matrix)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    np.testing.assert_allclose(polar(matrix, 5), x, atol=1e-9)
    exact = polar(matrix)
    np.testing.assert_allclose(exact @ exact.T @ matrix, matrix, atol=1e-9)
    np.testing.assert_allclose(np.linalg.svd(exact)[1][:4], [1, 1, 1, 0], atol=1e-9)
