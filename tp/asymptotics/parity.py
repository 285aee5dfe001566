"""Even and odd widths apart: the orders along them may differ, as those of |sin(pi n / 2)| do (paper, eq. 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jaxtyping import Float

from tp.statistics.intervals import Floats
from tp.statistics.quantile_profile import QuantileProfile, quantile_profile

Logs = Mapping[int, Float[Floats, " draws"]]
"""Values of log|M_n|, or of log(|M_n|/f(n)), by n; -inf where M_n is 0."""


def profiles(logs: Logs, levels: Sequence[float], seed: int = 0) -> list[QuantileProfile]:
    """One profile of quantiles for the even and one for the odd widths of ``logs``, where there are any."""
    found: list[QuantileProfile] = []
    for parity, name in ((0, "even widths"), (1, "odd widths")):
        part = {n: values for n, values in logs.items() if n % 2 == parity}
        if part:
            found.append(quantile_profile(part, levels, seed + parity, name))
    return found


def draws(logs: Logs) -> int:
    """The least number of draws at a width."""
    return min(values.size for values in logs.values())
