"""Kernels that stay random have the law, given the numbers that stay random, that they have at a large width."""

from __future__ import annotations

from typing import Any

import pytest
from finite_widths import batches, draws_of, inputs_of, nngp_program, tangent_program
from scipy import stats

from tests.marks import slow
from tp.syntax import load
from tp.theory.kernel_draws import kernels_drawn

CASES = [
    ("bottleneck", "ntk", 4096, 200),
    ("bottleneck", "nngp", 4096, 200),
    ("nonlinear_output", "ntk", 4096, 200),
    ("attention_sqrt", "nngp", 1024, 30),
]
"""Program, kind of kernel, width, number of draws."""


@pytest.mark.parametrize(("name", "kind", "n", "draws"), slow(CASES, CASES[1:3]))
def test_kernels_given_what_stays_random_have_one_law(name: str, kind: str, n: int, draws: int) -> None:
    """Two-sample tests with fixed seeds: a right law fails one of them with probability 1e-3."""
    program = load(f"programs/{name}.tp").graph
    inputs = inputs_of(program)
    (limits,) = (v for k, v in kernels_drawn(program, kind, inputs, inputs, draws, 0).items() if "," in k)
    graph = tangent_program(program) if kind == "ntk" else nngp_program(program, "v")
    (at_width,) = draws_of(graph, batches(inputs), n, draws).values()
    for i, j in ((0, 0), (0, 1), (1, 1)):
        found: Any = stats.ks_2samp(limits[:, i, j], at_width[:, i, j])
        assert found.pvalue > 1e-3 / 3, (i, j)
    assert limits[:, 0, 0].std() > 0.05 * limits[:, 0, 0].mean()
