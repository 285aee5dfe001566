"""Modules that are no function of the width by sizes and numbers alone, and modules that fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.imports.traced.modules import Make, module
from tp.diagnostics.diagnostic import TpError
from tp.imports.traced.unify import traced

X = np.ones((4, 3))


def refused(make: Make, widths: tuple[int, ...] = (64, 128, 256)) -> TpError:
    with pytest.raises(TpError) as caught:
        traced({n: make(n) for n in widths})
    return caught.value


def depth(n: int) -> Any:
    def apply(w: Any) -> Any:
        h = w["a"]
        for _ in range(n // 64):
            h = jnp.tanh(h)
        return h

    return module({"a": (n,)}, apply)


def chosen(n: int) -> Any:
    return module({"a": (n,)}, lambda w: jnp.sin(w["a"]) if n > 64 else jnp.cos(w["a"]))


def constant_at_one(n: int) -> Any:
    return module({"a": (n,)}, lambda w: w["a"] * (w["a"] if n > 64 else 2.0))


CASES: dict[str, tuple[Callable[[int], Any], str]] = {
    "a weight": (
        lambda n: module({"a": (n + 1,)}, lambda w: w["a"]),
        "a is 65 at n = 64, 129 at n = 128, 257 at n = 256, which is not a constant times a power of n: it is n + 1",
    ),
    "a size": (
        lambda n: module({"a": (n,)}, lambda w: w["a"][: n - 1] * 2),
        "63 at n = 64, 127 at n = 128, 255 at n = 256",
    ),
    "a number": (
        lambda n: module({"a": (n,)}, lambda w: w["a"] / (n - 1)),
        "63.0 at n = 64, 127.0 at n = 128, 255.0 at n = 256",
    ),
    "a loop": (depth, "the equations differ between widths: the end at n = 64, tanh at n = 128, tanh at n = 256"),
    "a branch": (chosen, "cos at n = 64, sin at n = 128, sin at n = 256"),
    "an operand": (constant_at_one, "a constant at n = 64"),
    "paths": (lambda n: module({f"a{n}": (n,)}, lambda w: w[f"a{n}"]), "weights or inputs differ between widths"),
}


@pytest.mark.parametrize("name", CASES)
def test_no_function_of_the_width(name: str) -> None:
    make, message = CASES[name]
    problem = refused(make)
    assert problem.only("TP901")
    (found,) = problem.diagnostics
    assert message in found.message
    assert found.hint


def test_the_line_is_named() -> None:
    (found,) = refused(CASES["a number"][0]).diagnostics
    assert found.span is not None
    assert found.span.file == __file__


def test_several_powers_that_fit() -> None:
    widths = (4, 5, 6)
    (found,) = refused(
        lambda n: module({"a": ({4: 2, 5: 2, 6: 2, 7: 3}[n + (n == 6)],)}, lambda w: w["a"]), widths
    ).diagnostics
    assert "would fit" in found.message
    assert "other widths" in (found.hint or "")


def test_exceptions_of_the_module() -> None:
    def apply(w: Any, x: Any) -> Any:
        return x @ w["a"].reshape(7, -1)

    problem = refused(lambda n: module({"a": (n,)}, apply, x=X))
    assert problem.only("TP905")
    (found,) = problem.diagnostics
    assert "TypeError at width 64" in found.message
    assert found.span is not None
    assert found.span.file == __file__
    assert isinstance(problem.__cause__, TypeError)


def test_loops_of_low_precision() -> None:
    def apply(w: Any, x: Any) -> Any:
        def cell(h: Any, row: Any) -> Any:
            return jnp.tanh(h + row).astype(jnp.bfloat16), None

        return jax.lax.scan(cell, w["a"].astype(jnp.bfloat16), x)[0]

    (found,) = refused(lambda n: module({"a": (3,)}, apply, x=X)).diagnostics
    assert found.code == "TP905"
    assert "dtypes" in (found.hint or "")


def test_whole_numbers_that_wrap_around() -> None:
    def apply(w: Any, tokens: Any) -> Any:
        wrapped = tokens.astype(jnp.uint8) - jnp.uint8(1)
        return w["E"][tokens].sum(-1) + jnp.where(wrapped > 200, 1.0, 2.0)

    (found,) = refused(lambda n: module({"E": (10, n)}, apply, tokens=np.array([0, 9]))).diagnostics
    assert found.code == "TP902"
    assert found.span is not None
