"""Times kernels of neural-tangents, in an environment of its own (Python 3.11, JAX 0.4.38). Prints JSON.

Usage: python theirs.py NAME INPUTS.npz OUTPUT.npz ROUNDS
"""

import json
import os
import sys
import time

if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax
import numpy as np
from neural_tangents import stax

jax.config.update("jax_enable_x64", True)


def mlp(depth=3):
    hidden = [layer for _ in range(depth) for layer in (stax.Dense(1, 2**0.5, 0.1), stax.Relu())]
    return stax.serial(*hidden, stax.Dense(1, 1.0, None))


def cnn(end, padding):
    layer = stax.serial(stax.Conv(1, (3, 3), padding=padding, W_std=1.2, b_std=0.1), stax.Relu())
    body = [layer, layer]
    return stax.serial(*body, end(), stax.Dense(1, 1.0, None))


NETS = {
    "mlp": mlp,
    "cnn, flatten": lambda: cnn(stax.Flatten, "SAME"),
    "cnn, global pooling": lambda: cnn(stax.GlobalAvgPool, "SAME"),
}

if __name__ == "__main__":
    name, inputs, output, rounds = sys.argv[1:]
    with np.load(inputs) as file:
        left, right = file["left"], file["right"]
    kernel = jax.jit(lambda x, y: NETS[name]()[2](x, y, "ntk"))
    value = np.asarray(kernel(left, right))
    times = []
    for _ in range(int(rounds)):
        start = time.perf_counter()
        kernel(left, right).block_until_ready()
        times.append(time.perf_counter() - start)
    np.savez(output, kernel=value)
    print(json.dumps(times))
