"""The conditioned engine: time and memory against widths, against drawing the weights, and against plain NumPy.

Compilation is apart: every function is called once before it is timed. Memory is the peak of a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from ratios import Ratio, Record

import tp

ROOT = Path(__file__).parents[2]
QUANTITIES = ("kernel", "C[0,2]", "C[0,3]")
GIB = 2.0**30


def inputs(model: tp.Model, slots: int = 4) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    shapes = {name: tuple(a.at(1) for a in axes) for name, axes in model.inputs.items()}
    return {
        name: generator.standard_normal((1, *shape)) + generator.standard_normal((slots, *shape))
        for name, shape in shapes.items()
    }


def draws(n: int, engine: str, count: int = 1) -> Callable[[], object]:
    """C[0,1..3] of mlp.tp (three hidden layers) in float64, ``count`` draws of the weights."""
    from tp.experiments.at import At
    from tp.experiments.correlations import Correlations

    model = tp.load(ROOT / "programs/mlp.tp")
    experiment = Correlations(model.name, model.graph, QUANTITIES, inputs(model))
    return partial(experiment.draw, At(n, "float64", engine), 0, count)


def seconds(function: Callable[[], object], rounds: int) -> float:
    """The median time of ``rounds`` calls after a first one."""
    function()
    times: list[float] = []
    for _ in range(rounds):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return float(np.median(times))


def test_linear_in_the_width(benchmark: Any, record: Record) -> None:
    small = seconds(draws(10**5, "conditioned", 10), 3) / 10
    large = draws(10**6, "conditioned", 2)
    large()
    benchmark.pedantic(large, rounds=3)
    one = benchmark.stats.stats.median / 2
    record(Ratio("one draw of C[0,1..3], conditioned, n = 10^6 against n = 10^5", one, small, 12.0, "s"))
    record(Ratio("one draw of C[0,1..3], conditioned, n = 10^6, of 3 s", one, 3.0, 1.0, "s"))
    record(Ratio("one draw of C[0,1..3], conditioned, n = 10^5, of 0.2 s", small, 0.2, 1.0, "s"))


@pytest.mark.parametrize(("n", "limit", "dense"), [(512, 1.0, 64), (8192, 0.02, 2)])
def test_against_dense(paired: Any, record: Record, n: int, limit: float, dense: int) -> None:
    """For one of 64 conditioned draws, which are made side by side, and one of ``dense`` others."""
    ours, theirs = paired(draws(n, "conditioned", 64), draws(n, "dense", dense), rounds=3)
    record(Ratio(f"conditioned against dense with its weights drawn, n = {n}", ours / 64, theirs / dense, limit, "s"))


def test_against_numpy(paired: Any, record: Record) -> None:
    """The same derived program run by the plain interpreter, which conditions as well."""
    from tp.interpret.drawn.batch import Batch
    from tp.quantities.definitions import parse
    from tp.quantities.distinct import DistinctScalars
    from tp.quantities.slots import arrange

    n = 10**5
    model = tp.load(ROOT / "programs/mlp.tp")
    scalars = DistinctScalars(model.graph, [parse(name) for name in QUANTITIES])
    nodes = [node for node in scalars.nodes.values() if node is not None]
    data = arrange(model.graph, inputs(model), 3)
    ours, theirs = paired(draws(n, "conditioned"), lambda: Batch(scalars.graph, n, 1, 0, data).run(nodes), rounds=3)
    record(Ratio(f"conditioned against plain NumPy, n = {n}", ours, theirs, 0.7, "s"))


NET = """program net {
  width n
  input x : [d=16]
  param U : [n, d] ~ normal(0, 1)
  param W[2..4] : [n, n] ~ LAW rate 1/n
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  for l in 2..4 { h[l] = W[l] @ tanh(h[l-1]) }
  output f = dot(v, tanh(h[4])) / sqrt(n)
}"""


@pytest.mark.parametrize(("vectors", "n"), [(1, 10**6), (8, 10**5)])
def test_orthogonal_products_against_normal_ones(paired: Any, record: Record, vectors: int, n: int) -> None:
    """Six products with a matrix or its transpose, each with the last answers: those of the later ones cost most."""
    from tp.matrix_free import gaussian, haar
    from tp.matrix_free.streams import Seed

    x = np.random.default_rng(0).standard_normal((vectors, n)).astype(np.float32)

    def run(unknown: Callable[..., Any]) -> None:
        matrix, rows = unknown(n, n, Seed((0,)), np.dtype("float32")), x
        for i in range(6):
            rows, matrix = matrix.answer(np.tanh(rows), i % 3 == 2)

    times = paired(lambda: run(haar.unknown), lambda: run(gaussian.unknown), rounds=5)
    record(Ratio(f"six orthogonal products against normal ones, {vectors} vectors, n = {n}", *times, 2.0, "s"))


def test_orthogonal_weights_against_normal_ones(paired: Any, record: Record) -> None:
    """One draw of C[0,1..3] of four tanh layers in float64, at a width where an array would take 8 TB."""
    from tp.experiments.at import At
    from tp.experiments.correlations import Correlations

    def one(law: str) -> Callable[[], object]:
        model = tp.parse(NET.replace("LAW", law))
        experiment = Correlations(model.name, model.graph, QUANTITIES, inputs(model))
        return partial(experiment.draw, At(10**6, "float64", "conditioned"), 0, 1)

    times = paired(one("orthogonal(1)"), one("normal(0, 1/sqrt(n))"), rounds=3)
    record(Ratio("one draw of C[0,1..3], orthogonal weights against normal ones, n = 10^6", *times, 1.5, "s"))


def test_normal_numbers_against_jax(paired: Any, record: Record) -> None:
    """A conditioned draw spends most of its time on them. Above 1/1.5 ``tp.matrix_free.noise`` is not needed."""
    import jax
    import jax.numpy as jnp

    from tp.interpret.arrays.backend import precision
    from tp.matrix_free.noise import normal

    shape = (4, 10**6)
    with precision("float32"):
        key = jax.random.key(0)
        own = jax.jit(lambda key: normal(key, shape, jnp.float32))
        theirs = jax.jit(lambda key: jax.random.normal(key, shape, jnp.float32))
        times = paired(lambda: own(key).block_until_ready(), lambda: theirs(key).block_until_ready(), rounds=15)
    record(Ratio("4 million normal numbers against jax.random.normal", *times, 1 / 1.5, "s"))


PEAK = """
import json, sys
import numpy as np, tp
from tp.experiments.correlations import Correlations
from tp.experiments.at import At
name, n, settings = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
model = tp.load(name, **settings)
shapes = {k: tuple(a.at(1) for a in axes) for k, axes in model.inputs.items()}
r = np.random.default_rng(0)
data = {k: r.standard_normal((1, *s)) + r.standard_normal((4, *s)) for k, s in shapes.items()}
Correlations(name, model.graph, ("kernel", "C[0,2]", "C[0,3]"), data).draw(At(n, "float64", "conditioned"), 0, 1)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) * 1024)  # ru_maxrss would count the parent's memory
"""


@pytest.mark.parametrize(
    ("name", "settings", "limit"), [("mlp", {}, 2.0), ("attention", {"t": 4}, 8.0)], ids=["mlp", "attention"]
)
def test_peak_memory(
    benchmark: Any, record: Record, tmp_path: Path, name: str, settings: dict[str, int], limit: float
) -> None:
    found: list[float] = []

    def run() -> None:
        words = [sys.executable, "-c", PEAK, str(ROOT / f"programs/{name}.tp"), "1000000", json.dumps(settings)]
        environment = {**os.environ, "TP_CACHE": str(tmp_path)}
        found.append(float(subprocess.run(words, capture_output=True, text=True, check=True, env=environment).stdout))

    benchmark.pedantic(run, rounds=1)
    record(Ratio(f"peak memory of {name}, C[0,1..3], n = 10^6", found[0] / GIB, limit, 1.0, "GiB"))
