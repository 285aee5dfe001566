"""Limits of tangent kernels of awkward programs are means of many draws at a large width, or are refused."""

from __future__ import annotations

import numpy as np
import pytest
from awkward import FIXED, RANDOM, REFUSED, program
from finite_widths import batches, inputs_of, tangent_program
from limits_of import distance, limit_of

from tests.marks import slow
from tp.interpret.limit import Limits, NoLimit
from tp.interpret.limit.polynomial import Tensor, added, multiplied, single
from tp.syntax import parse

DENSE = {"uniform weights"}
"""Weights that are arrays."""
SLOWLY = {"a narrow width"}
"""Corrections of order n^(-1/4)."""
WRONG = 6.0
"""Standard errors, of 12 draws of three different numbers each, that no mean is off by chance."""


def off(name: str, n: int, draws: int = 12) -> float:
    """The largest distance of a limit from means at width n, in standard errors."""
    text = parse(FIXED[name]).graph
    graph, inputs = tangent_program(text), batches(inputs_of(text))
    found = limit_of(graph, inputs)
    assert found.random == 0
    assert np.isfinite(found.value).all()
    return float(np.abs(distance(found, graph, inputs, n, draws)).max())


@pytest.mark.parametrize("name", FIXED)
def test_limits_are_means_at_a_large_width(name: str) -> None:
    assert off(name, 256 if name in DENSE else 4096) < WRONG


@pytest.mark.parametrize("name", slow([name for name in FIXED if name not in DENSE | SLOWLY]))
def test_limits_are_means_at_a_larger_width(name: str) -> None:
    assert off(name, 65536) < WRONG


@pytest.mark.parametrize("name", RANDOM)
def test_kernels_that_stay_random_say_so(name: str) -> None:
    graph = tangent_program(parse(RANDOM[name]).graph)
    limits = Limits(graph)
    (output,) = graph.outputs
    assert limits.mean(output).random


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_rule_is_refused_with_a_node(name: str) -> None:
    graph = tangent_program(parse(REFUSED[name]).graph)
    (output,) = graph.outputs
    with pytest.raises(NoLimit) as caught:
        Limits(graph).mean(output)
    assert caught.value.code == "TP641"
    assert caught.value.node is not None or name == "a uniform bias in a function"


def test_products_of_too_long_sums_are_refused() -> None:
    """Derivatives of norms along finite axes are sums of very many products."""
    sums = [added(*(single(Tensor(i, ())) for i in range(first, first + 150))) for first in (0, 150)]
    assert len(multiplied(sums[0], added(single(Tensor(0, ())), single(Tensor(1, ())))).terms) == 299
    with pytest.raises(NoLimit, match="sum of more than") as caught:
        multiplied(*sums)
    assert caught.value.code == "TP644"


def test_equal_parallel_and_zero_inputs_have_finite_limits() -> None:
    text = parse(program("param W : [n, n] ~ normal(0, 1)\nh = relu(W @ tanh(z) / sqrt(n))")).graph
    graph = tangent_program(text, 4, 4)
    (one,) = inputs_of(text, 1)["x"]
    inputs = {"x": np.stack([one, one, -2.0 * one, 0.0 * one])}
    found = limit_of(graph, batches(inputs)).value
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, found.T, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9, atol=1e-12)
    assert np.linalg.eigvalsh(found).min() > -1e-9
    assert not found[3].any()
