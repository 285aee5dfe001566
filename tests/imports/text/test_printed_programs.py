"""What imported programs look like: layers and steps in time are loops, and axes keep their names."""

from __future__ import annotations

import pytest

import tp

jax = pytest.importorskip("jax")
jnp = jax.numpy

WIDTHS = (8, 16, 32)


def normal(key: object, **shapes: tuple[int, ...]) -> dict[str, object]:
    """Weights of the given shapes."""
    return {
        name: jax.random.normal(k, s)
        for k, (name, s) in zip(jax.random.split(key, len(shapes)), shapes.items(), strict=True)
    }


def layers(n: int) -> tuple[object, ...]:
    """Three residual layers."""

    def init(key: object) -> object:
        first, second, *keys = jax.random.split(key, 5)
        return {
            "U": jax.random.normal(first, (n, 3)),
            "blocks": [normal(k, W=(n, n), b=(n,)) for k in keys],
            "v": jax.random.normal(second, (n,)),
        }

    def apply(w: dict[str, object], x: object) -> object:
        h = w["U"] @ x
        for block in w["blocks"]:
            h = h + jnp.tanh(block["W"] @ h / n**0.5 + block["b"])
        return w["v"] @ h / n

    return init, apply, jnp.ones(3)


def steps(n: int) -> tuple[object, ...]:
    """A recurrent net over five steps."""

    def init(key: object) -> object:
        return normal(key, U=(n, 2), W=(n, n), v=(n,))

    def apply(w: dict[str, object], x: object) -> object:
        h = jnp.zeros(n)
        for t in range(5):
            z = w["U"] @ x[t] + w["W"] @ h / n**0.5
            h = jnp.tanh(z)
        return w["v"] @ h / n

    return init, apply, jnp.ones((5, 2))


def slices(n: int) -> tuple[object, ...]:
    """A part of an axis, which has no name of its own."""

    def init(key: object) -> object:
        return normal(key, U=(n, 2), v=(n,))

    def apply(w: dict[str, object], x: object) -> object:
        h = jnp.tanh(x @ w["U"].T)
        late = h[1:] * h[0]
        return late @ w["v"] / n

    return init, apply, jnp.ones((4, 2))


LAYERS = """
  h[0] = U @ x
  for l in 0..2 {
    h[l+1] = h[l] + tanh(blocks_W[l] @ h[l] / sqrt(n) + blocks_b[l])
  }
"""
STEPS = """
  z[1] = U @ x[t=1]
  for l in 2..5 {
    h[l] = tanh(z[l-1])
    z[l] = U @ x[t=l] + W @ h[l] / sqrt(n)
  }
"""
SLICES = """
  h = tanh(U @ x)
  late = h[t=2..4] * h[t=1]
"""


def _code(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.strip().startswith("#"))


@pytest.mark.parametrize(("make", "printed"), [(layers, LAYERS), (steps, STEPS), (slices, SLICES)])
def test_printed(make: object, printed: str) -> None:
    """``from_jax`` compares values and gradients before it returns the text."""
    text = tp.from_jax(make, WIDTHS).text
    assert printed in _code(text)
    assert "rename" not in text


def test_canonical_layout() -> None:
    text = tp.from_jax(layers, WIDTHS).text
    assert tp.format_source(text) == text


def test_weights_of_loops_are_families() -> None:
    found = tp.from_jax(layers, WIDTHS)
    assert {"blocks_W[0]", "blocks_W[1]", "blocks_W[2]"} <= set(found.graph.parameters)
    assert "param blocks_b[0..2] : [n]" in found.text
