"""Recorders: what is written, from arrays, trees and hooks."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tp
from tp.data.logs import Key, read_log


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def sizes(path: Path) -> dict[str, float]:
    return {row["name"]: row["value"] for row in rows(path)}


def test_rows(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with tp.recorder(path, width=64, seed=3, changes=True) as recorder:
        recorder.record("h", np.array([3.0, -4.0]))
        recorder.record("f", -2)
        recorder.step = 5
        recorder.record("h", np.array([3.0, -3.0]))
        recorder.record("f", float("nan"))
    assert rows(path) == [
        {"name": "h", "kind": "value", "width": 64, "seed": 3, "step": 0, "value": pytest.approx(12.5**0.5)},
        {"name": "f", "kind": "value", "width": 64, "seed": 3, "step": 0, "value": 2.0},
        {"name": "h", "kind": "value", "width": 64, "seed": 3, "step": 5, "value": pytest.approx(3.0)},
        {"name": "h", "kind": "change", "width": 64, "seed": 3, "step": 5, "value": pytest.approx(0.5**0.5)},
        {"name": "f", "kind": "value", "width": 64, "seed": 3, "step": 5, "value": "nan"},
        {"name": "f", "kind": "change", "width": 64, "seed": 3, "step": 5, "value": "nan"},
    ]


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_squares_neither_overflow_nor_vanish(scale: float, tmp_path: Path) -> None:
    with tp.recorder(tmp_path / "log", width=2) as recorder:
        recorder.record("h", scale * np.array([3.0, 4.0]))
        recorder.record("c", np.array([3 + 4j]))
        recorder.record("i", np.array([math.inf, 1.0]))
    assert sizes(tmp_path / "log") == {"h": pytest.approx(scale * 12.5**0.5), "c": 5.0, "i": "inf"}


def test_what_cannot_be_recorded(tmp_path: Path) -> None:
    import jax

    with pytest.raises(tp.TpError, match="TP914"):
        tp.recorder(tmp_path / "log", width=0)
    with pytest.raises(tp.TpError, match="TP508"):
        tp.recorder(tmp_path / "no" / "log", width=8)
    recorder = tp.recorder(tmp_path / "log", width=8)
    for bad in ("text", None, [[1], [1, 2]], np.zeros(0)):
        with pytest.raises(tp.TpError, match="TP914"):
            recorder.record("h", bad)
    with pytest.raises(tp.TpError, match="return the array"):
        jax.jit(recorder.record, static_argnums=0)("h", 1.0)
    recorder.close()
    with pytest.raises(tp.TpError, match="closed"):
        recorder.record("h", 1.0)
    assert rows(tmp_path / "log") == []


def test_trees_and_arrays_of_jax(tmp_path: Path) -> None:
    import equinox as eqx
    import jax
    import jax.numpy as jnp

    layer = eqx.nn.Linear(2, 3, key=jax.random.key(0))
    with tp.recorder(tmp_path / "log", width=2) as recorder:
        recorder.tree("", {"h": jnp.full(3, 2, dtype=jnp.bfloat16), "parts": [1.0, (np.ones(2), None)]})
        recorder.tree("layer", layer)
        inside = partial(recorder.record, "inside")
        jax.jit(partial(jax.debug.callback, inside))(jnp.ones(3))
        jax.effects_barrier()
    found = sizes(tmp_path / "log")
    assert found["h"] == 2
    assert found["inside"] == 1
    assert set(found) == {"h", "parts.0", "parts.1.0", "layer.weight", "layer.bias", "inside"}


def test_intermediates_of_linen(tmp_path: Path) -> None:
    import flax.linen as nn
    import jax
    import jax.numpy as jnp

    class Net(nn.Module):
        @nn.compact
        def __call__(self, x: Any) -> Any:
            layer = nn.Dense(3, name="same")
            self.sow("intermediates", "h", x)
            return layer(layer(nn.Dense(3, name="first")(x)))

    x = jnp.ones(3)
    net = Net()
    weights = net.init(jax.random.key(0), x)
    _, state = net.apply(weights, x, capture_intermediates=True)
    with tp.recorder(tmp_path / "log", width=2) as recorder:
        recorder.flax(state)
    found = sizes(tmp_path / "log")
    assert set(found) == {"h", "first", "same", "same.1", "output"}


def test_intermediates_of_nnx(tmp_path: Path) -> None:
    import jax.numpy as jnp
    from flax import nnx

    net = nnx.Sequential(nnx.Linear(2, 3, rngs=nnx.Rngs(0)), nnx.tanh)
    _, state = nnx.capture(net, nnx.Intermediate, method_outputs=nnx.Intermediate)(jnp.ones((1, 2)))
    with tp.recorder(tmp_path / "log", width=2) as recorder:
        recorder.flax(state)
        recorder.tree("start", nnx.state(net, nnx.Param))
    assert set(sizes(tmp_path / "log")) == {"layers.0", "output", "start.layers.0.kernel", "start.layers.0.bias"}


class Part:
    """What a recorder needs of a PyTorch module."""

    def __init__(self, factor: float, *parts: Part) -> None:
        self.factor, self.parts, self.hooks = factor, parts, dict[int, Callable[..., None]]()

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Part]]:
        yield prefix, self
        for k, part in enumerate(self.parts):
            yield from part.named_modules(f"{prefix}.{k}" if prefix else str(k))

    def register_forward_hook(self, hook: Callable[..., None]) -> Part:
        self.hooks[len(self.hooks)] = hook
        return self

    def remove(self) -> None:
        self.hooks.clear()

    def __call__(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        x = (self.factor * x, None) if not self.parts else x * self.factor if not isinstance(x, tuple) else x[0]
        for hook in self.hooks.values():
            hook(self, (), x)
        return x[0] if isinstance(x, tuple) else x


def test_hooks(tmp_path: Path) -> None:
    leaf = Part(2.0)
    net = Part(1.0, leaf, Part(3.0, leaf))
    with tp.recorder(tmp_path / "log", width=2).torch(net) as recorder:  # type: ignore[arg-type]
        for recorder.step in (0, 1):
            net(np.ones(4))
    net(np.ones(4))
    first = [row for row in rows(tmp_path / "log") if row["step"] == 0]
    assert first == rows_of(first)
    assert len(rows(tmp_path / "log")) == 2 * len(first)
    assert {row["name"]: row["value"] for row in first}["output"] == 12.0


def rows_of(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without those that have a name twice."""
    return list({row["name"]: row for row in found}.values())


def _append(path: str, seed: int) -> None:
    with tp.recorder(path, width=64 * 2 ** (seed % 2), seed=seed) as recorder:
        for step in range(200):
            recorder.record("h", 1.0 + seed, step=step)


def test_processes_append_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    workers = [get_context("spawn").Process(target=_append, args=(str(path), seed)) for seed in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    log = read_log(path)
    assert len(log.readings) == 200
    assert log.readings[Key("h", "value", 199)].values == {64: {"0": 1.0}, 128: {"1": 2.0}}
