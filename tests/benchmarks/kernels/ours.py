"""Times kernels of this package on one processor. Prints JSON.

Usage: python ours.py NAME INPUTS.npz OUTPUT.npz ROUNDS
"""

import json
import os
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np

import tp

GOLDEN = Path(__file__).parents[2] / "golden"
NETS = {
    "mlp": lambda: tp.load(GOLDEN / "mlp.tp", d=64),
    "cnn, flatten": lambda: tp.load(GOLDEN / "cnn_flatten_same.tp", i=16, j=16),
    "cnn, global pooling": lambda: tp.parse((GOLDEN / "cnn_pool.tp").read_text().replace("valid", "same")),
}

if __name__ == "__main__":
    name, inputs, output, rounds = sys.argv[1:]
    with np.load(inputs) as file:
        left, right = file["left"], file["right"]
    model = NETS[name]()
    value = model.kernel(left, right, kind="ntk").array
    times = []
    for _ in range(int(rounds)):
        start = time.perf_counter()
        model.kernel(left, right, kind="ntk")
        times.append(time.perf_counter() - start)
    np.savez(output, kernel=value)
    print(json.dumps(times))
