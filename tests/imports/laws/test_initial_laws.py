"""Laws and scales of weights, as init draws them. Nothing here is drawn, so nothing is left to chance."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from tp.diagnostics.diagnostic import TpError
from tp.imports.laws.initial import Initial
from tp.imports.laws.initials import initials
from tp.imports.module import Module

WIDTHS = (16, 32, 64)
Shape = tuple[int, ...]
Draw = Callable[[Any, int], Any]
HALF = Fraction(-1, 2)
fill = jax.nn.initializers


def of_first(weights: Any) -> Any:
    return weights["W"]


def law(draw: Draw, widths: tuple[int, ...] = WIDTHS) -> Initial:
    """The law of a weight that ``draw`` makes of a key and a width."""

    def module(n: int) -> Module:
        def init(key: Any) -> Any:
            return {"W": draw(key, n)}

        return Module(init, of_first, {})

    return initials({n: module(n) for n in widths})["W",]


def mapped(key: Any, n: int) -> Any:
    """Rows with a key of their own."""

    def row(key: Any) -> Any:
        return jax.random.normal(key, (n,))

    return jax.vmap(row)(jax.random.split(key, 4))


def of(initializer: Any, *shape: int) -> Draw:
    """``initializer`` for a square weight, or for one with rows of ``shape``."""
    return lambda key, n: initializer(key, (*shape, n) if shape else (n, n), "float32")


CASES: list[tuple[str, Draw, str, float, Fraction]] = [
    ("normal", of(fill.normal(0.02)), "normal", 0.02, Fraction(0)),
    ("lecun", of(fill.lecun_normal()), "truncated_normal", 1, HALF),
    ("he", of(fill.he_normal()), "truncated_normal", 2**0.5, HALF),
    ("glorot", of(fill.glorot_normal()), "truncated_normal", 1, HALF),
    ("lecun uniform", of(fill.lecun_uniform()), "uniform", 1, HALF),
    ("he uniform", of(fill.he_uniform()), "uniform", 2**0.5, HALF),
    ("kernel", lambda key, n: fill.he_normal()(key, (3, 3, n, n)), "truncated_normal", (2 / 9) ** 0.5, HALF),
    ("first layer", of(fill.lecun_normal(), 784), "truncated_normal", 784**-0.5, Fraction(0)),
    ("embedding", of(fill.variance_scaling(1.0, "fan_in", "normal", out_axis=0), 50), "normal", 1, HALF),
    ("own", lambda key, n: jax.random.normal(key, (n, n)) / n**0.5, "normal", 1, HALF),
    ("own, over n", lambda key, n: 3 * jax.random.normal(key, (n,)) / n, "normal", 3, Fraction(-1)),
    ("a third", lambda key, n: jax.random.normal(key, (n,)) * n ** (-1 / 3), "normal", 1, Fraction(-1, 3)),
    ("moved", lambda key, n: jax.random.normal(key, (n, n)).T.reshape(-1)[::-1], "normal", 1, Fraction(0)),
    ("root", lambda key, n: jax.random.uniform(key, (n, n), minval=-1, maxval=1) / n**0.5, "uniform", 3**-0.5, HALF),
    ("signs", lambda key, n: jax.random.rademacher(key, (n, n), float) / n, "rademacher", 1, Fraction(-1)),
    ("coins", lambda key, n: jax.random.bernoulli(key, 0.5, (n, n)) - 0.5, "rademacher", 0.5, Fraction(0)),
    ("laplace", lambda key, n: jax.random.laplace(key, (n, n)), "laplace", 2**0.5, Fraction(0)),
    ("exponential", lambda key, n: jax.random.exponential(key, (n, n)) * 0.1, "exponential", 0.1, Fraction(0)),
    ("mapped", lambda key, n: mapped(key, n), "normal", 1, Fraction(0)),
]


@pytest.mark.parametrize(("draw", "name", "coefficient", "exponent"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_law_and_scale(draw: Draw, name: str, coefficient: float, exponent: Fraction) -> None:
    found = law(draw)
    assert found.law == name
    assert found.deviation is not None
    assert found.deviation.exponent == exponent
    assert found.deviation.coefficient == pytest.approx(coefficient, rel=1e-12)
    assert "exact" in found.why
    assert not found.notes


def test_means() -> None:
    shifted = law(lambda key, n: 1 + jax.random.normal(key, (n,)) * 0.1)
    assert (shifted.mean.coefficient, shifted.mean.exponent) == (1.0, 0)
    assert law(of(fill.normal(1e-3))).mean.coefficient == 0.0
    positive = law(lambda key, n: jax.random.uniform(key, (n,)) / n)
    assert (positive.law, positive.mean.coefficient, positive.mean.exponent) == ("uniform", 0.5, -1)


def test_cuts() -> None:
    """A deviation is that of the law without its tails."""
    usual = law(lambda key, n: jax.random.truncated_normal(key, -2, 2, (n, n)) / n**0.5)
    assert usual.extra == (2.0,)
    assert usual.deviation is not None
    assert usual.deviation.coefficient == pytest.approx(0.879625661034, rel=1e-9)
    assert law(of(fill.truncated_normal(0.5, lower=-3, upper=3))).extra == (3.0,)


CONSTANTS: list[tuple[Draw, float, Fraction]] = [
    (of(fill.zeros), 0.0, Fraction(0)),
    (of(fill.ones), 1.0, Fraction(0)),
    (lambda key, n: jnp.full((n,), 1 / n), 1.0, Fraction(-1)),
    (lambda key, n: jnp.full((n,), -3.0 * n**-0.5), -3.0, HALF),
]


@pytest.mark.parametrize(("draw", "value", "exponent"), CONSTANTS)
def test_constants(draw: Draw, value: float, exponent: Fraction) -> None:
    """A zero is a zero."""
    found = law(draw)
    assert (found.law, found.deviation) == ("constant", None)
    assert (found.mean.coefficient, found.mean.exponent) == (pytest.approx(value, rel=1e-12), exponent)


def test_a_sum_of_sizes_is_written_as_its_limit_and_says_so() -> None:
    """Glorot's deviation is sqrt(2/(n + 10)) for ten outputs."""
    found = law(lambda key, n: fill.glorot_normal()(key, (n, 10)))
    assert found.deviation is not None
    assert (found.deviation.coefficient, found.deviation.exponent) == (pytest.approx(2**0.5, rel=1e-9), HALF)
    assert "n + 10" in found.notes[0]


def refused(draw: Draw) -> str:
    with pytest.raises(TpError) as caught:
        law(draw)
    assert [one.code for one in caught.value.diagnostics] == ["TP907"]
    return str(caught.value)


def test_what_is_no_law_of_the_language_is_refused() -> None:
    assert "none of the laws of the language" in refused(lambda key, n: jax.random.gumbel(key, (n, n)))
    assert "none of the laws of the language" in refused(lambda key, n: abs(jax.random.normal(key, (n, n))))
    assert "constant times a power of n" in refused(lambda key, n: jax.random.normal(key, (n, n)) * (1 + 1 / n**0.5))


def test_one_key_for_two_weights_is_refused() -> None:
    def init(key: Any) -> Any:
        return {"V": jax.random.normal(key, (4, 4)), "W": jax.random.normal(key, (8, 4))}

    with pytest.raises(TpError, match="V and W are drawn with the same key"):
        initials({n: Module(init, of_first, {}) for n in WIDTHS})


def test_weights_that_nothing_is_computed_from_need_no_law() -> None:
    def init(key: Any) -> Any:
        weight = jax.random.normal(key, (4, 4))
        return {"W": weight, "mean": weight.mean(axis=0)}

    found = initials({n: Module(init, of_first, {}) for n in WIDTHS}, frozenset({("W",)}))
    assert set(found) == {("W",)}


def test_a_random_direction_is_nearly_normal_and_says_so() -> None:
    """A readout of one unit that starts orthogonal."""
    found = law(lambda key, n: jax.nn.initializers.orthogonal(0.5)(key, (n, 1)))
    assert (found.law, found.mean.coefficient) == ("normal", 0)
    assert found.deviation is not None
    assert found.deviation.exponent == Fraction(-1, 2)
    assert found.deviation.coefficient == pytest.approx(0.5, rel=1e-5)
    assert any("fixed length" in note for note in found.notes)


def test_directions_that_are_not_random_or_not_long_are_refused() -> None:
    def centred(key: Any, n: int) -> Any:
        entries = jax.random.normal(key, (n,))
        entries = entries - entries.mean()
        return entries / jnp.linalg.norm(entries)

    assert "not independent" in refused(centred)
    assert "as many entries at all widths" in refused(lambda key, n: jax.nn.initializers.orthogonal()(key, (32, 1)))
