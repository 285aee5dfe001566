"""Costs: names, functions of one's own, targets that they are defined for."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from tp.costs import find, known, name_of
from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import SAMPLES, Axis
from tp.graph.builder import GraphBuilder
from tp.graph.text import parse_graph, print_graph
from tp.interpret.arrays.evaluate import evaluator
from tp.primitives import known as primitives
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.input import Input

GOOD = {"squared": [[0.3, -2.0]], "logistic": [[1.0, -1.0]], "cross-entropy": [[0.25, 0.75]]}
BAD = {"logistic": [[1.0, 0.5]], "cross-entropy": [[0.5, 0.75]]}


def test_the_shipped_costs() -> None:
    assert {name for name, cost in known().items() if cost.shipped} == set(GOOD)
    y, t = jnp.asarray([0.5, -1.0]), jnp.asarray([1.0, -1.0])
    assert float(find("squared").function(y, t)) == pytest.approx(0.125)
    assert float(find("logistic").function(y, t)) == pytest.approx(np.log1p(np.exp(-0.5)) + np.log1p(np.exp(-1.0)))
    p = np.exp([0.5, -1.0]) / np.exp([0.5, -1.0]).sum()
    assert float(find("cross-entropy").function(y, jnp.asarray([0.25, 0.75]))) == pytest.approx(
        -0.25 * np.log(p[0]) - 0.75 * np.log(p[1])
    )


@pytest.mark.parametrize("name", GOOD)
def test_targets(name: str) -> None:
    find(name).require(np.asarray(GOOD[name]))
    if name in BAD:
        with pytest.raises(TpError, match=name) as caught:
            find(name).require(np.asarray(BAD[name]))
        assert [d.code for d in caught.value.diagnostics] == ["TP513"]


def test_cross_entropy_needs_several_entries() -> None:
    with pytest.raises(TpError):
        find("cross-entropy").require(np.ones((3, 1)))


def test_an_unknown_name() -> None:
    with pytest.raises(TpError) as caught:
        name_of("hinge")
    assert [d.code for d in caught.value.diagnostics] == ["TP504"]


def test_a_function_has_one_name_and_no_two_have_the_same() -> None:
    def squared(y: Any, t: Any) -> Any:
        return ((y - t) ** 4).sum()

    name = name_of(squared)
    assert name == name_of(squared) != "squared"
    assert name.startswith("squared")
    assert find(name).function is squared
    assert not find(name).shipped
    assert name_of("squared") == "squared"


def test_a_graph_with_a_cost_of_ones_own_is_read_back() -> None:
    def sextic(y: Any, t: Any) -> Any:
        return ((y - t) ** 6).sum()

    axes = (Axis(SAMPLES, 2), Axis("k", 3))
    graph = GraphBuilder()
    graph.outputs["signal"] = graph.add(ErrorSignal(name_of(sextic)), *(graph.add(Input(n, axes)) for n in "yt"))
    built = graph.build()
    read = parse_graph(print_graph(built), primitives())
    assert read == built
    y, t = (np.random.default_rng(i).standard_normal((2, 3)) for i in range(2))
    (found,) = evaluator(read, [read.outputs["signal"]], 4, jnp.float32)({}, {"y": jnp.asarray(y), "t": jnp.asarray(t)})
    np.testing.assert_allclose(found, 6 * (y - t) ** 5, rtol=1e-4, atol=1e-5)


def test_a_graph_with_an_unknown_cost_is_not_read() -> None:
    line = (
        '%0 = input(name=y, axes=["@sample"=2]) : ["@sample"=2]\n%1 = errorsignal(cost=hinge) %0 %0 : ["@sample"=2]\n'
    )
    with pytest.raises(TpError, match="no cost is called hinge") as caught:
        parse_graph(line, primitives())
    assert [d.code for d in caught.value.diagnostics] == ["TP702"]
