"""Programs built without any text: what an importer does."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tp.construct.construction import Combination, Construction, single
from tp.construct.selection import selected
from tp.construct.softmax import softmax
from tp.construct.windows import blocks, maxima, windows
from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import ONE, Axis, Scale, Width
from tp.graph.parameter import Law, Parameter
from tp.interpret.arrays.evaluate import evaluator
from tp.primitives.input import Input

N, T, D = Axis("n", Width("n")), Axis("t", 4), Axis("d", 3)
X = np.random.default_rng(0).standard_normal((4, 3))


def value(build: Construction, found: Combination) -> np.ndarray:
    node = build.node(found)
    (array,) = evaluator(build.graph.build(), [node], 8, jnp.float32)({}, {"x": jnp.asarray(X)})
    return np.asarray(array)


def given(build: Construction) -> int:
    return build.graph.add(Input("x", (T, D)))


def test_softmax() -> None:
    build = Construction()
    found = softmax(build, given(build), "t", None, None)
    np.testing.assert_allclose(value(build, found), jax.nn.softmax(X, axis=0), rtol=1e-5)


def test_windows_and_maxima() -> None:
    build = Construction()
    x, block = blocks(build, given(build), "t", 2, None)
    np.testing.assert_allclose(
        value(build, maxima(build, x, [block], None)), X.reshape(2, 2, 3).max(axis=1).T, rtol=1e-6
    )
    wide = windows(build, given(build), "t", Axis("k", 3), "circular", 1, None)
    assert [str(a) for a in build.graph.type(wide)] == ["d=3", "t=4", "k=3"]


def test_sums_collect_coefficients_and_agree() -> None:
    build = Construction()
    x = given(build)
    found = build.sum([single(x), single(x, Scale(2.0)), build.constant(ONE)], None)
    assert len(found.terms) == 2
    np.testing.assert_allclose(value(build, found), 3 * X + 1, rtol=1e-5)
    other = build.graph.add(Input("y", (Axis("t", 5),)))
    with pytest.raises(TpError) as caught:
        build.sum([single(x), single(other)], None)
    assert [(d.code, d.span) for d in caught.value.diagnostics] == [("TP203", None)]


def test_weights_are_applied_or_read() -> None:
    build = Construction()
    build.graph.declare(Width("n"))
    for name, ins in (("U", (D,)), ("W", (N,))):
        build.graph.declare(Parameter(name, (N,), ins, Law("normal", mean=Scale(0.5))))
    parameters = build.graph.parameters
    h = build.apply(parameters["U"], False, single(given(build)), None)
    h = build.apply(parameters["W"], False, single(build.node(h)), None)
    assert len(h.terms) == 2, "the mean is a term of its own"
    with pytest.raises(TpError) as caught:
        build.read(parameters["W"], None)
    assert [d.code for d in caught.value.diagnostics] == ["TP204"]


def test_selection_is_within_range() -> None:
    build = Construction()
    x = given(build)
    np.testing.assert_allclose(value(build, single(selected(build, x, "t", 2, 3, None))), X[1:3].T, rtol=1e-6)
    with pytest.raises(TpError) as caught:
        selected(build, x, "t", 5, None, None)
    assert [d.code for d in caught.value.diagnostics] == ["TP214"]
