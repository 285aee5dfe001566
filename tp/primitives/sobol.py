"""Quasi-random normal points: a scrambled Sobol sequence, mapped to normal numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tp.namespace import is_numpy, normal_quantile

DIMENSIONS = 21201
"""The most dimensions for which direction numbers are known (S. Joe and F. Y. Kuo, 2008)."""
_BITS = 30


def normal_points(count: int, dimensions: int, seed: int, like: Any, first: int = 0, number: int | None = None) -> Any:
    """``count`` points, a power of two, of a scrambled Sobol sequence as standard normal numbers [count, number].

    These are ``number`` of its dimensions, from ``first`` on; None stands for all.

    They are arrays of NumPy or of JAX, of the dtype of ``like``. The means of a smooth function over them converge
    faster than 1 / count where it depends on few dimensions. Every point alone is normal, so means have no bias, and
    means of two seeds are independent.

    Points are made by doubling from one row for each binary digit of ``count``, so a compiled program carries this
    table only.
    """
    rows = _rows(count.bit_length() - 1, dimensions, seed)[:, first : None if number is None else first + number]
    if is_numpy(like):
        import numpy as xp

        digits = rows[:1]
        table = rows[1:]
    else:
        import jax
        import jax.numpy as xp

        made = jax.lax.optimization_barrier(xp.asarray(rows))  # else XLA computes all points while it compiles
        digits, table = made[:1], made[1:]
    for row in table:
        digits = xp.concatenate([digits, digits ^ row])
    return normal_quantile((digits.astype(like.dtype) + 0.5) * 0.5**_BITS)


@lru_cache(maxsize=32)
def _rows(doublings: int, dimensions: int, seed: int) -> Any:
    """The first point, and by what points 2^k .. 2^(k+1) - 1 differ from those before, as binary digits.

    SciPy lists points in Gray code, so its point 2^(k+1) - 1 is the first one with the digit of row k alone.
    """
    import numpy as np
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, bits=_BITS, rng=np.random.default_rng(seed))
    found = [sequence.random(1)]
    for k in range(doublings):
        sequence.fast_forward(2 ** (k + 1) - 1 - sequence.num_generated)
        found.append(sequence.random(1))
    digits = (np.concatenate(found) * 2.0**_BITS).astype(np.uint32)
    digits[1:] ^= digits[0]
    return digits
