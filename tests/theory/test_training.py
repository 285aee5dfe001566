"""F - F_lin and the drift of the kernel: orders after one to three steps, and measured slopes of a few of them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.marks import exhaustive, slow
from tests.random_programs.strategy import seeded
from tests.theory.orders_after import orders_after
from tp.graph.axes import Axis
from tp.graph.graph import Graph
from tp.graph.slot import Role, Slot
from tp.interpret.arrays.evaluate import stepper
from tp.interpret.arrays.initial_weights import draw
from tp.interpret.orders import calculus_for
from tp.matrix_free.streams import Seed
from tp.primitives.input import Input
from tp.quantities.definitions import Quantity
from tp.quantities.training import Backprop, backprop, trained
from tp.syntax import load, parse
from tp.theory.regime import regime
from tp.theory.scalars import Scalars

PROGRAMS = Path(__file__).parents[2] / "programs"
TOLERANCE = 0.25
"""Slopes over two factors of 4 of medians of 200 draws have a standard error near 0.06; what is told apart lies
1/2 apart or more, which leaves 0.1 for corrections of higher order."""
SIDE_BY_SIDE = 20
"""Draws of one call: a weight of 1024 x 1024 entries takes 160 MB then."""


@cache
def program(name: str) -> Graph:
    path = PROGRAMS / f"{name}.tp"
    return load(path, {"t": "3"} if "t" in load(path).settings else {}).graph


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("mlp", -1),
        ("residual_mlp", -1),
        ("rnn", -1),
        ("cnn", -1),
        ("attention", -1),
        ("deep_linear", -1),
        ("standard_mlp", -2),
        ("attention_sqrt", 0),
        ("bottleneck", 0),
        ("nonlinear_output", 0),
        ("mean_field", 0),
        ("mup_mlp", 0),
    ],
)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_deviations_do_not_depend_on_the_number_of_steps(name: str, deviation: int, steps: int) -> None:
    found = orders_after(program(name), steps)
    assert found["deviation"] == deviation
    assert (found["first"], found["kernel"]) == (0, 0)
    drifts = [e for e in (found["drift"], found["second drift"]) if e is not None]
    assert max(drifts) == deviation


def test_what_is_linear_in_its_weights_does_not_deviate() -> None:
    graph = parse("""program p {
        width n
        input x : [d=4]
        param v : [n, d] ~ normal(0, 1)
        output f = sum(mean(v), d) * sum(x, d)
    }""").graph
    back = backprop(graph)
    after = trained(back, 2)
    assert after.nodes[back.output].rest is None
    assert back.kernel is not None
    assert not after.nodes[back.kernel].moves


def test_no_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="step"):
        trained(backprop(program("mean_field")), 0)


def test_features_keep_their_names() -> None:
    """Every node of the program, not of the outputs alone, is there after training."""
    graph = program("mlp")
    back: Backprop = backprop(graph)
    after = trained(back, 1)
    assert set(graph.names.values()) <= set(back.image)
    assert all(after.nodes[back.image[node]].moves for name, node in graph.names.items() if name.startswith("h"))


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, *exhaustive(range(1, 8))])
def test_deviations_of_random_programs_hold_all_correlations(part: int) -> None:
    """F - F_lin = Σ_d C^{0,d} after one step: not below any of them, and mostly as large as the largest."""
    equal = 0
    for seed in range(150 * part, 150 * (part + 1)):
        graph = parse(seeded(seed)).graph
        calculus = calculus_for(graph)
        found = regime(graph, calculus)
        scalars = Scalars(graph, 5, calculus)
        exponents = [scalars.ground(Quantity("", 0, d, 1.0)).exponent for d in range(2, 6)]
        largest = max((e for e in exponents if e is not None), default=None)
        # Where arguments move by growing amounts, functions leave their Taylor series.
        if largest is not None and all(f.moved is None or f.moved <= 0 for f in found.features):
            assert found.deviation is not None, seed
            assert found.deviation >= largest, (seed, found.deviation, exponents)
        equal += found.deviation == largest
    assert equal > 100


# measured --------------------------------------------------------------------------------------------


def measured(graph: Graph, widths: tuple[int, ...], steps: int = 2) -> dict[str, float]:
    """Slopes of the medians of |F - F_lin| and of |K_s - K_0|."""
    back = backprop(graph)
    after = trained(back, steps)
    assert back.kernel is not None
    output, kernel = after.nodes[back.output], after.nodes[back.kernel]
    roots = [n for n in (output.rest, kernel.first, kernel.rest) if n is not None]
    generator = np.random.default_rng(3)
    shapes = {op.name: op.axes for i in graph if isinstance(op := graph[i].operation, Input)}
    shapes |= {Slot(Role.OUTPUT, o): graph.type(node) for o, node in graph.outputs.items() if graph.type(node)}
    inputs = {key: generator.normal(size=[a.at(1) for a in axes]) for key, axes in shapes.items()}
    medians: list[Any] = []
    for n in widths:
        evaluate = stepper(after.graph, roots, n, np.float64, forget=True, draws=(Axis("@draws", SIDE_BY_SIDE),))
        found: list[Any] = []
        for first in range(0, 200, SIDE_BY_SIDE):
            seeds = tuple(Seed((first + k,)) for k in range(SIDE_BY_SIDE))
            (rest, *drifts), _ = evaluate(draw(graph.parameters, n, seeds, np.float64), inputs)
            found.append(np.abs([rest, sum(drifts)]))
        medians.append(np.median(np.concatenate(found, axis=1), axis=1))
    slopes = np.polyfit(np.log(widths), np.log(medians), 1)[0]
    return {"deviation": float(slopes[0]), "drift": float(slopes[1])}


ONE_LAYER = """program p {{
    width n
    learning_rate {rate}
    input x : [d=4]
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    output f = dot(v, {phi}(U @ x / 2)) / sqrt(n)
}}"""


@pytest.mark.parametrize(
    ("phi", "rate", "expected"),
    [
        ("tanh", "1", -1),
        *slow([("gelu", "1", -1), ("gelu", "n^(-1/2)", -2), ("tanh", "n^(-1/4)", Fraction(-3, 2))]),
    ],
)
def test_measured_slopes_of_one_hidden_layer(phi: str, rate: str, expected: Fraction) -> None:
    graph = parse(ONE_LAYER.format(phi=phi, rate=rate)).graph
    assert orders_after(graph, 2)["deviation"] == expected
    found = measured(graph, (256, 1024, 4096))
    assert found["deviation"] == pytest.approx(float(expected), abs=TOLERANCE)
    assert found["drift"] == pytest.approx(float(expected), abs=TOLERANCE)


@pytest.mark.slow
def test_measured_slopes_of_kinks_are_within_their_bounds() -> None:
    """At the training input, where all units that cross the kink push into one direction: n^{-1/2}."""
    graph = parse(ONE_LAYER.format(phi="relu", rate="1")).graph
    bound = orders_after(graph, 1)["deviation"]
    found = measured(graph, (1024, 4096, 16384), steps=1)
    assert bound is not None
    assert found["deviation"] <= float(bound) + TOLERANCE / 2
    assert found["deviation"] > -1 + TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected", "widths"),
    [
        ("standard_mlp", -2, (64, 256, 1024)),
        *exhaustive(
            [
                ("mlp", -1, (64, 256, 1024)),
                ("deep_linear", -1, (64, 256, 1024)),
                ("mean_field", 0, (1024, 4096, 16384)),
                ("bottleneck", 0, (64, 256, 1024)),
                ("nonlinear_output", 0, (64, 256, 1024)),
                ("rnn", -1, (64, 256, 1024)),
            ]
        ),
    ],
)
def test_measured_slopes_of_shipped_programs(name: str, expected: int, widths: tuple[int, ...]) -> None:
    assert measured(program(name), widths)["deviation"] == pytest.approx(expected, abs=TOLERANCE)
