"""Modules whose weights ``make`` draws with fixed seeds, as functions of a key.

``nnx.Rngs(0)`` and ``jax.random.key(0)`` in ``make`` fix one draw of many. Under another key each seed stands for
another draw; equal seeds stand for equal keys still.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any


@contextmanager
def watched(seen: list[object]) -> Generator[None]:
    """While entered, seeds that keys are made of are appended to ``seen``."""
    import jax

    typed, untyped = jax.random.key, jax.random.PRNGKey

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(seed: Any, **settings: Any) -> Any:
            seen.append(seed)
            return function(seed, **settings)

        return noted

    with _replaced(noting(typed), noting(untyped)):
        yield


@contextmanager
def derived_from(key: Any) -> Generator[None]:
    """While entered, keys that are made of seeds derive from ``key``."""
    import jax

    def typed(seed: Any, **_: Any) -> Any:
        return jax.random.fold_in(key, seed & 0xFFFFFFFF if isinstance(seed, int) else seed)

    def untyped(seed: Any, **_: Any) -> Any:
        return jax.random.key_data(typed(seed))

    with _replaced(typed, untyped):
        yield


@contextmanager
def _replaced(typed: Callable[..., Any], untyped: Callable[..., Any]) -> Generator[None]:
    import jax

    before = jax.random.key, jax.random.PRNGKey
    jax.random.key, jax.random.PRNGKey = typed, untyped
    try:
        yield
    finally:
        jax.random.key, jax.random.PRNGKey = before
