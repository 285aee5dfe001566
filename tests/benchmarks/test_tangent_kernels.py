"""Tangent kernels of given weights: a network of width 1024 with three hidden layers, 20 inputs, one output and ten."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from ratios import Ratio, Record

import tp

PROGRAM = """program net {
  width n
  input x : [d=64]
  param U : [n, d] ~ normal(0, 1)
  param W[2..3] : [n, n] ~ normal(0, 1)
  param v : [AXES] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  for l in 2..3 { h[l] = W[l] @ relu(h[l-1]) / sqrt(n) }
  output f = READOUT / sqrt(n)
}"""


ONE, TEN = ("n", "dot(v, relu(h[3]))"), ("c=10 | n", "v @ relu(h[3])")


@pytest.mark.parametrize(("readout", "milliseconds"), [(ONE, 15.0), (TEN, 41.0)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tangent_kernel(
    readout: tuple[str, str], milliseconds: float, dtype: str, benchmark: Any, record: Record
) -> None:
    text = PROGRAM.replace("AXES", readout[0]).replace("READOUT", readout[1])
    model = tp.parse(text)
    with jax.enable_x64(dtype == "float64"):
        params = model.init(0, 1024, dtype)
        x = jax.numpy.asarray(np.random.default_rng(0).standard_normal((20, 64)), dtype)
        kernel = jax.jit(model.tangent_kernel)
        jax.block_until_ready(kernel(params, x))

        def once() -> object:
            return jax.block_until_ready(kernel(params, x))

        benchmark.pedantic(once, rounds=15, warmup_rounds=2)
    outputs = "one output" if readout is ONE else "ten outputs"
    what = f"tangent kernel, n = 1024, 20 inputs, {outputs}, {dtype}"
    record(Ratio(what, 1e3 * benchmark.stats.stats.median, milliseconds, 1.0, "ms"))
