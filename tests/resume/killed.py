"""A run of its own process: forks runs of ``tp`` and kills them at random times, then lets the last one end.

``python -m tests.resume.killed PROGRAM STORE KILLS`` prints how many were killed before their end. Forking after the
imports saves most of the time that a run takes; JAX has not started any threads by then.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
import time

import jax  # noqa: F401

from tp.cli import main


def words(program: str, store: str, rounds: int) -> list[str]:
    seeds = str(128 * rounds)
    return ["correlations", program, "--store", store, "--widths", "8,16", "--seeds", seeds, "--quantities", "F,kernel"]


def run(arguments: list[str]) -> int:
    child = os.fork()
    if child == 0:
        with contextlib.redirect_stdout(io.StringIO()):
            code = main(arguments)
        os._exit(code)
    return child


if __name__ == "__main__":
    program, store, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    start = time.monotonic()
    os.waitpid(run(words(program, store, 1)), 0)
    usual = time.monotonic() - start
    choose = random.Random(7)
    hit = 0
    for i in range(kills):
        child = run(words(program, store, 2 + i))
        time.sleep(choose.uniform(0.05, min(usual, 1.0)))
        os.kill(child, signal.SIGKILL)
        hit += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    print(hit)
