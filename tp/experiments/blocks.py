"""Draws by NumPy: in blocks of some draws side by side, which threads make at the same time.

A block always has the same number of draws; those that are not asked for are dropped. So the numbers of a draw depend
neither on how many are asked for, nor on the number of threads.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from tp.experiments.experiment import Floats
from tp.machine import processors

Block = Callable[[Sequence[int]], Mapping[str, Any]]
"""A function from the numbers of some draws to values [draws, ...] by name."""
MOST_BYTES = 9 << 26
"""The most bytes, in total, of the blocks that are made beside the first one."""

FEWEST_BYTES = 1 << 23
"""The fewest bytes of a block where more than one thread is of use."""


def threads(memory: int) -> int:
    """The number of blocks, of ``memory`` bytes each, that are made at the same time.

    Threads would hinder each other in small blocks, where the interpreter of Python takes most of the time.
    """
    if memory < FEWEST_BYTES:
        return 1
    return min(processors(), 1 + MOST_BYTES // memory)


def slowdown(memory: int) -> float:
    """The time per draw divided by the time per draw with two blocks at once on two cores.

    It is 1, or :data:`ALONE` where a block of ``memory`` bytes leaves no room for a second one. It does not depend on
    the machine, because numbers of draws follow from it.
    """
    return 1.0 if memory < FEWEST_BYTES or memory <= MOST_BYTES else ALONE


ALONE = 1.7
"""How much longer a draw takes where memory allows one block at a time."""


def drawn_in_blocks(block: Block, first: int, count: int, together: int, memory: int) -> dict[str, Floats]:
    """The values [count, ...] of draws number ``first``, ``first`` + 1, ...

    A block has ``together`` draws, and takes ``memory`` bytes.
    """
    _keep_memory()
    starts = range(first, first + count, together)

    def one(start: int) -> Mapping[str, Any]:
        with np.errstate(all="ignore"):
            return block(range(start, start + together))

    workers = min(threads(memory), len(starts))
    with _controller().limit(limits=1, user_api="blas"):
        if workers == 1:
            parts = [one(start) for start in starts]
        else:
            with ThreadPoolExecutor(workers) as pool:
                try:
                    parts = list(pool.map(one, starts))
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)
                    raise
    return {name: np.concatenate([np.asarray(p[name], np.float64) for p in parts])[:count] for name in parts[0]}


@cache
def _controller() -> Any:
    """The threads of libraries for linear algebra. Each block has one, whatever the machine has."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@cache
def _keep_memory() -> None:
    """Tells the allocator of the system to keep freed memory: new memory costs more than the numbers written to it."""
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # another library for C
    trim, mapped, arenas = -1, -3, -8
    mallopt(arenas, 1)
    mallopt(mapped, 1 << 30)
    mallopt(trim, 1 << 30)
