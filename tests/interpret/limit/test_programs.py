"""Limits of kernels of the shipped programs, and of random ones, are means of draws at a large width."""

from __future__ import annotations

import numpy as np
import pytest
from finite_widths import batches, draws_of, inputs_of, measured, nngp_program, tangent_program
from limits_of import NEURONS, limit_of
from references import REFERENCES

from tests.marks import exhaustive, slow
from tests.random_programs.strategy import seeded
from tp.graph.graph import Graph
from tp.interpret.limit import Accuracy, Limits, NoLimit
from tp.interpret.limit.value import Value
from tp.syntax import load, parse

SAMPLED = {"gru", "lstm", "multihead_attention", "transformer_block"}
"""Programs with means over virtual neurons; these have relative errors of about 0.2% in tests."""
HEAVY = {"gru", "lstm", "multihead_attention", "transformer_block"}
"""Programs that take seconds."""


@pytest.mark.parametrize(("name", "kind"), slow(REFERENCES, [key for key in REFERENCES if key[0] not in HEAVY]))
def test_kernels_of_programs_are_those_of_wide_networks(name: str, kind: str) -> None:
    reference = REFERENCES[name, kind]
    program = load(f"programs/{name}.tp").graph
    graph = tangent_program(program) if kind == "ntk" else nngp_program(program, "v")
    found = limit_of(graph, batches(inputs_of(program)), Accuracy(neurons=1 << 15))
    at_width = np.asarray(reference.means) * float(reference.width) ** -float(found.exponent)
    errors = np.asarray(reference.errors) * float(reference.width) ** -float(found.exponent)
    value = np.asarray([found.value[0, 0], found.value[0, 1], found.value[1, 1]])
    allowed = 5.0 * errors + (0.005 if name in SAMPLED else 0.0) * np.abs(at_width)
    assert (np.abs(value - at_width) < allowed).all(), (value, at_width, errors)
    np.testing.assert_allclose(found.value, found.value.T, rtol=1e-2 if name in SAMPLED else 1e-9)


def widths(program: Graph) -> tuple[int, int]:
    """Two widths at which a draw takes little time."""
    if any(p.is_operator and p.law.family != "normal" for p in program.parameters.values()):
        return 256, 1024
    top = max((float(w.exponent) for w in program.widths.values()), default=1.0)
    return int(2000 ** (1 / top)), int(16000 ** (1 / top))


def wrong(text: str) -> str | None:
    """How the limit of the tangent kernel differs from means at two widths; None where it does not, or has none."""
    program = parse(text).graph
    graph, inputs = tangent_program(program), batches(inputs_of(program))
    (output,) = graph.outputs
    try:
        limits = Limits(graph, Accuracy(neurons=NEURONS))
        leading: Value = limits.value(output)
        if leading.parts or limits.mean(output).random:
            return None
        found = limit_of(graph, inputs)
    except NoLimit:
        return None
    near, far = (
        measured(next(iter(draws_of(graph, inputs, n, 8).values())) * float(n) ** -float(found.exponent))
        for n in widths(program)
    )
    scale = float(np.abs(found.value).max())
    allowed = 5 * far.error + np.abs(near.mean - far.mean) + (0.03 if found.sampled else 0.01) * scale
    if (np.abs(far.mean - found.value) <= allowed).all():
        return None
    return f"n^{found.exponent}: limit {found.value.ravel()[:4]}, at a width {far.mean.ravel()[:4]}"


BLOCK = 5


@pytest.mark.parametrize("first", [0, *slow([5, 10]), *exhaustive(range(15, 120, BLOCK))])
def test_limits_of_random_programs_are_means_at_a_large_width(first: int) -> None:
    found = {seed: wrong(seeded(seed)) for seed in range(first, first + BLOCK)}
    assert not {seed: problem for seed, problem in found.items() if problem}
