"""Times kernels of this package on one processor. Prints JSON.

Usage: python ours.py NAME INPUTS.npz OUTPUT.npz ROUNDS

The function is `Model.kernel_function`, compiled, on tiles of inputs whose values stay in the cache.
"""

import json
import os
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax
import numpy as np

import tp

jax.config.update("jax_enable_x64", True)

GOLDEN = Path(__file__).parents[2] / "golden"
NETS = {
    "mlp": (lambda: tp.load(GOLDEN / "mlp.tp", d=64), (50, 50)),
    "cnn, flatten": (lambda: tp.load(GOLDEN / "cnn_flatten_same.tp", i=16, j=16), (10, 10)),
    "cnn, global pooling": (lambda: tp.parse((GOLDEN / "cnn_pool.tp").read_text().replace("valid", "same")), (2, 5)),
}
"""The program, and the numbers of inputs in a tile."""


def tiled(kernel, size):
    """``kernel`` for batches of any multiple of ``size``."""

    def parts(batch, count):
        return batch.reshape(-1, count, *batch.shape[1:])

    def whole(left, right):
        columns = parts(right, size[1])
        found = jax.lax.map(lambda x: jax.lax.map(lambda y: kernel(x, y), columns), parts(left, size[0]))
        return found.transpose(0, 2, 1, 3).reshape(len(left), len(right))

    return whole


if __name__ == "__main__":
    name, inputs, output, rounds = sys.argv[1:]
    with np.load(inputs) as file:
        left, right = file["left"], file["right"]
    load, size = NETS[name]
    kernel = jax.jit(tiled(load().kernel_function("ntk"), size))
    value = np.asarray(kernel(left, right))
    times = []
    for _ in range(int(rounds)):
        start = time.perf_counter()
        kernel(left, right).block_until_ready()
        times.append(time.perf_counter() - start)
    np.savez(output, kernel=value)
    print(json.dumps(times))
