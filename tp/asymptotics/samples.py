"""Samples of subordinate norms, and the plan by which they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.asymptotics.growth import Growth
from tp.asymptotics.norm import batch_norms
from tp.asymptotics.scale import ONE, Scale
from tp.asymptotics.series import Memory, Series
from tp.asymptotics.tensors import Floats

WIDTHS = tuple(sorted((1 << k) + r for k in range(4, 13) for r in (0, 1)))
"""16 to 4096 in factors of two, and the odd number after each."""
_ENTRIES = 1 << 22
"""Draws are made in batches of about this many entries."""
_FIRST = 4
"""The number of draws in the first batch, which shows how many entries a draw has."""
Norms = Float[Floats, " draws"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The draws: ``count`` tensors at each n of ``widths``; the same ``seed`` gives the same draws.

    Raises ValueError for no widths, widths below 2, or fewer than one draw.
    """

    widths: tuple[int, ...] = WIDTHS
    count: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(sorted(set(self.widths))))
        if not self.widths or self.widths[0] < 2 or self.count < 1:
            raise ValueError("a plan needs widths from 2 on and at least one draw")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Bounds of the subordinate norms of independent draws at each n; ``lower`` equals ``upper`` up to rank 2."""

    lower: Mapping[int, Norms]
    upper: Mapping[int, Norms]
    name: str = "M"

    @property
    def widths(self) -> tuple[int, ...]:
        return tuple(sorted(self.lower))

    @property
    def exact(self) -> bool:
        """Whether the bounds agree for every draw."""
        return self.lower is self.upper or all(np.array_equal(self.lower[n], self.upper[n]) for n in self.lower)

    def logs(self, f: Scale | Growth = ONE) -> tuple[dict[int, Norms], dict[int, Norms]]:
        """log(||M_n|| / f(n)) from the lower and from the upper bounds; -inf where the norm is 0, also if f(n) is."""
        below = {n: _log_ratio(self.lower[n], f.log_at(n)) for n in self.widths}
        if self.exact:
            return below, below
        return below, {n: _log_ratio(self.upper[n], f.log_at(n)) for n in self.widths}


def sample(series: Series, plan: Plan | None = None) -> Samples:
    """Draw a random tensor as the plan says, and take norms."""
    return sample_together([series], plan)[0]


def sample_together(family: Sequence[Series], plan: Plan | None = None) -> list[Samples]:
    """Draw several random tensors jointly: a random tensor that several are made of is drawn once."""
    plan = plan or Plan()
    found: list[tuple[dict[int, Floats], dict[int, Floats]]] = [({}, {}) for _ in family]
    for n in plan.widths:
        generator = np.random.default_rng([plan.seed, n])
        parts: list[list[tuple[Floats, Floats]]] = [[] for _ in family]
        left, size = plan.count, min(_FIRST, plan.count)
        while left:
            memory: Memory = {}
            batches = [s.recall(n, size, generator, memory) for s in family]
            for norms, batch in zip(parts, batches, strict=True):
                norms.append(batch_norms(batch))
            left -= size
            entries = max(batch.size // size for batch in memory.values())
            size = min(left, max(1, _ENTRIES // entries))
        for (lower, upper), norms in zip(found, parts, strict=True):
            lower[n] = np.concatenate([one for one, _ in norms])
            upper[n] = np.concatenate([two for _, two in norms])
    return [Samples(*pair, s.name) for pair, s in zip(found, family, strict=True)]


def observed(values: Mapping[int, npt.ArrayLike], name: str = "M") -> Samples:
    """Samples from numbers measured elsewhere: ``values[n]`` are independent values of M_n, or of its norm.

    Raises ValueError where a width is below 2 or has no values, and for NaN and infinite values.
    """
    sizes = {int(n): np.abs(np.asarray(v, dtype=np.float64)).ravel() for n, v in values.items()}
    if not sizes or min(sizes) < 2 or any(v.size == 0 or not np.isfinite(v).all() for v in sizes.values()):
        raise ValueError("samples need finite values at every width, and widths from 2 on")
    return Samples(sizes, sizes, name)


def as_samples(source: Series | Samples, plan: Plan | None) -> Samples:
    """Samples unchanged, or samples of a series drawn as ``plan`` says. Raises ValueError for samples with a plan."""
    if isinstance(source, Series):
        return sample(source, plan)
    if plan is not None:
        raise ValueError("a plan is for drawing; these samples are drawn already")
    return source


def _log_ratio(norms: Floats, log_f: float) -> Floats:
    logs = np.full(norms.shape, -inf)
    positive = norms > 0
    logs[positive] = np.log(norms[positive]) - log_f
    return logs
