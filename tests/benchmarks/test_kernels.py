"""Tangent kernels at infinite width against neural-tangents, which needs an environment of its own.

It does not import on JAX 0.6 or newer. Make it with Python 3.11,

    python3.11 -m venv peer && peer/bin/pip install "jax[cpu]==0.4.38" neural-tangents
    TP_NEURAL_TANGENTS=peer/bin/python pytest tests/benchmarks/test_kernels.py --benchmark-only

Each library runs in a process of its own, on one and the same processor, in turns. Compiling does not count.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ratios import Ratio, Record

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "kernels"
PEER = os.environ.get("TP_NEURAL_TANGENTS")
CASES = [
    ("mlp", (64,), 300, 1.0),
    ("cnn, flatten", (16, 16, 3), 10, 1.0),
    ("cnn, global pooling", (8, 8, 3), 3, 0.2),
]
"""The name of a net, the shape of an input, the calls in one process, and the share of their time that is aimed at."""
INPUTS = 50
"""The number of inputs in each batch."""
TURNS = 2

pytestmark = pytest.mark.skipif(PEER is None, reason="TP_NEURAL_TANGENTS is not set")


def run(python: str, script: str, name: str, folder: Path, rounds: int) -> tuple[float, np.ndarray]:
    """The median time of a call in seconds, and the kernel."""
    output = folder / f"{script}.npz"
    words = [python, str(HERE / script), name, str(folder / "inputs.npz"), str(output), str(rounds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if script == "ours.py" else ""}
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    with np.load(output) as file:
        return statistics.median(json.loads(done.stdout.splitlines()[-1])), file["kernel"]


@pytest.mark.parametrize(("name", "shape", "rounds", "limit"), CASES, ids=[case[0] for case in CASES])
def test_against_neural_tangents(
    benchmark: Any, record: Record, tmp_path: Path, name: str, shape: tuple[int, ...], rounds: int, limit: float
) -> None:
    draw = np.random.default_rng(0)
    np.savez(tmp_path / "inputs.npz", **{side: draw.standard_normal((INPUTS, *shape)) for side in ("left", "right")})
    theirs: list[float] = []
    ours: list[float] = []

    def turns() -> None:
        for _ in range(TURNS):
            time, expected = run(PEER or "", "theirs.py", name, tmp_path, rounds)
            theirs.append(time)
            time, found = run(sys.executable, "ours.py", name, tmp_path, rounds)
            ours.append(time)
            np.testing.assert_allclose(found, expected, rtol=1e-10)

    benchmark.pedantic(turns, rounds=1)
    what = f"tangent kernel at infinite width, {name}, {INPUTS} x {INPUTS} inputs"
    record(Ratio(what, 1e3 * statistics.median(ours), 1e3 * statistics.median(theirs), limit, "ms"))
