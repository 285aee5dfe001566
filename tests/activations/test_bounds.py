"""How derivatives grow with their number k: stated bounds, radii, and the paper's eq. 23."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from math import factorial, inf

import jax.numpy as jnp
import numpy as np
import pytest

from tests.activations.test_contract import NAMES, double_precision  # noqa: F401
from tp.activations import Activation, Smoothness, find

MOST = 13
BOUNDED = [name for name in NAMES if find(name).bound() is not None]
LINE = np.concatenate([np.linspace(-8.0, 8.0, 3201), [-100.0, -20.0, 20.0, 100.0]])


def steepest(activation: Activation, k: int) -> float:
    """The largest k-th derivative on a grid that holds the worst points of all activations."""
    return float(jnp.abs(activation.lower(k, jnp.asarray(LINE))).max())


@pytest.mark.parametrize("name", BOUNDED)
def test_derivatives_stay_below_their_bound(name: str) -> None:
    activation = find(name)
    bound = activation.bound()
    assert bound is not None
    for k in range(bound.first, MOST):
        assert steepest(activation, k) <= bound.at(k) * (1 + 1e-12)


@pytest.mark.parametrize("name", BOUNDED)
def test_bounds_say_something(name: str) -> None:
    """They are not far above the derivatives, and start as early as they can."""
    activation = find(name)
    bound = activation.bound()
    assert bound is not None
    if bound.constant:
        k = MOST - 1
        assert bound.at(k) < steepest(activation, k) * 2.0**k
        assert bound.radius <= activation.radius
    for k in range(bound.first):
        assert activation.growth(k) != 0 or activation.constant(k)
        with pytest.raises(ValueError, match="no bound"):
            bound.at(k)


def test_what_has_no_bound() -> None:
    """Exactly what is not analytic, and the exponential, no derivative of which is bounded."""
    for name in NAMES:
        activation = find(name)
        missing = activation.smoothness is not Smoothness.ANALYTIC or activation.growth(9) is None
        assert (activation.bound() is None) == missing
    assert find("exp").bound() is None


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "silu", "gelu_tanh", "mish"])
def test_the_radius_is_that_of_the_worst_point(name: str) -> None:
    """The ratio test of max over x of |φ^{(k)}(x)|/k!: the nearest singularity over the whole line decides."""
    activation = find(name)
    early, late = (steepest(activation, k) / factorial(k) for k in (8, 12))
    assert (early / late) ** (1 / 4) == pytest.approx(activation.radius, rel=0.15)


@pytest.mark.parametrize("name", ["erf", "gelu"])
def test_entire_functions_of_order_two(name: str) -> None:
    """(|φ^{(k)}|/sqrt(k!))^{1/k} goes to the inverse of the radius of the bound; k! would be far too much."""
    activation = find(name)
    bound = activation.bound()
    assert bound is not None
    k = 30
    late = (steepest(activation, k) / factorial(k) ** 0.5) ** (1 / k)
    assert 1 / late == pytest.approx(bound.radius, rel=0.12)


def sigmoid(z: np.ndarray) -> np.ndarray:
    small = np.exp(np.where(z.real > 0, -z, z))
    return np.where(z.real > 0, 1.0, small) / (1.0 + small)


def silu_below(z: np.ndarray) -> np.ndarray:
    return z * sigmoid(-z)


def gelu_below(z: np.ndarray) -> np.ndarray:
    return z * sigmoid(-2 * np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))


CONTINUED: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {
    "tanh": (np.tanh, 1.0),
    "sigmoid": (sigmoid, 1.0),
    "softplus": (sigmoid, 2.5),  # the slope; one radius more for the derivative that is taken already
    "silu": (silu_below, 1.0),  # x less the function, for x >= 0; the rest of the line by symmetry
    "gelu_tanh": (gelu_below, 1.0),
}


@pytest.mark.parametrize("name", CONTINUED)
def test_cauchys_estimate_for_all_derivatives(name: str) -> None:
    """|φ^{(k)}(x)| <= k!/ρ^k max |φ| on the circle of radius ρ around x: one maximum bounds every derivative."""
    function, factor = CONTINUED[name]
    bound = find(name).bound()
    assert bound is not None
    circle = bound.radius * np.exp(2j * np.pi * np.arange(2000) / 2000)
    largest = max(float(np.abs(function(x + circle)).max()) for x in np.linspace(0.0, 30.0, 1501))
    assert 0.9 * bound.constant <= largest * factor <= bound.constant * (1 + 1e-12)


def test_cauchys_estimate_on_either_side_for_mish() -> None:
    """The function around x <= 0; x less the function around x >= 0, whose slope 1 counts for the first derivative."""
    bound = find("mish").bound()
    assert bound is not None
    circle = bound.radius * np.exp(2j * np.pi * np.arange(2000) / 2000)

    def rest(z: np.ndarray) -> np.ndarray:
        w = np.exp(np.where(z.real > 0, -z, z))
        return np.where(z.real > 0, 2 * w * w / (1 + 2 * w + 2 * w * w), 2 / (w * w + 2 * w + 2))

    above = max(float(np.abs((x + circle) * rest(x + circle)).max()) for x in np.linspace(0, 30, 1501))
    below = max(float(np.abs((x + circle) * (1 - rest(x + circle))).max()) for x in np.linspace(-30, 0, 1501))
    assert max(below, above + bound.radius) <= bound.constant <= 1.1 * max(below, above + bound.radius)


@pytest.mark.parametrize(("name", "scale", "holds"), [
    ("tanh", 1.0, True), ("tanh", 1.5, True), ("tanh", 3.0, False), ("sigmoid", 3.0, True), ("sigmoid", 4.0, False),
    ("gelu_tanh", 2.5, True), ("gelu_tanh", 4.0, False), ("softplus", 3.0, True), ("silu", 4.0, False),
    ("gelu", 3.0, True), ("erf", 3.0, True), ("sin", 5.0, True),
])  # fmt: skip
def test_equation_23_with_a_scale(name: str, scale: float, holds: bool) -> None:
    """Derivatives of φ(β x) over (k+1)! stay bounded in k exactly where β is at most the radius."""
    activation = find(name)
    counts = (10, 16, 22, 28, 34) if activation.radius == inf else (6, 8, 10, 12, 14)
    terms = [max(_scaled(activation, k, scale), _scaled(activation, k + 1, scale)) for k in counts]
    assert (scale <= activation.radius) == holds
    growing = terms[-1] > terms[-2] > terms[-3]
    assert growing is not holds


def _scaled(activation: Activation, k: int, scale: float) -> float:
    return scale**k * steepest(activation, k) / factorial(k + 1)


def test_facts_about_bounds_do_not_need_jax() -> None:
    code = (
        "import sys\nfrom tp.activations import find, known\n"
        "for a in map(find, known()):\n"
        "    b = a.bound()\n"
        "    if b is not None: b.at(b.first)\n"
        "assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
