"""The plan of a sweep: widths, seeds, precision, engine and time budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from tp.diagnostics.diagnostic import error
from tp.experiments.at import At
from tp.sampling.reading import (
    LARGEST,
    WIDTHS,
    is_count,
    parse_budget,
    parse_width,
    parse_widths,
    read_widths,
    require_width,
)
from tp.statistics.more import MOST_SEEDS
from tp.written import choices, one_of, whole, written

MAX_WIDTH = 1 << 16
"""Widths are added to the default ones up to this one."""
STEP = 8
"""The ratio of an added width to the width before."""
SECONDS = 60.0
"""The default budget in seconds."""
LONG_SECONDS = 170.0
"""The default budget in seconds where the widths span a factor of more than :data:`LONG`."""
LONG = 1000
DTYPES = ("float32", "float64")
ENGINES = ("auto", "dense", "conditioned")


class PlanSettings(TypedDict, total=False):
    """The fields of :class:`Plan` that people set, beside its widths."""

    seeds: int | None
    dtype: str | None
    engine: str | None
    budget: float | str | None
    max_width: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a sweep over widths.

    Fields:
        widths: widths n, in increasing order.
        seeds: draws of the weights at each width. None: rounds of seeds are added until everything is decided and
            precise, up to ``most_seeds`` at the largest width.
        dtype: ``"float32"`` or ``"float64"``.
        engine: ``"dense"`` (weights are matrices; a draw costs n²), ``"conditioned"`` (matrix-free weights where
            their law allows that; a draw costs n), or ``"auto"``: the cheaper one at each width.
        budget: seconds of work, compiling and drawing, after which neither seeds nor widths are added. They are those
            of the reference machine (:mod:`tp.interpret.cost.work`), so what is drawn depends on no clock. The first
            round is always finished. None: 60 s, or 170 s where the widths span a factor of more than 1000.
        max_width: widths are added up to this one. None: no width is added.
        most_seeds: see ``seeds``.
        key: the number that all random draws start from.

    Raises TpError TP502 (widths), TP503 (seeds, budget) or TP504 (dtype, engine).
    """

    widths: tuple[int, ...] = written(
        WIDTHS, parse_widths, "64,128,256 or 64:1024 (factors of 2, at most 9 points) or 1e2:1e4:5 (5 points)."
    )
    seeds: int | None = written(None, whole(), "Draws of the weights at each width.", metavar="NUMBER")
    dtype: str = written("float64", one_of(DTYPES), "Precision of the numbers.", metavar=choices(DTYPES))
    most_seeds: int = MOST_SEEDS
    budget: float | None = written(
        None, parse_budget, "Stop adding seeds and widths after this much work (90s, 5m, 1h), for each program."
    )
    key: int = 0
    engine: str = written(
        "auto",
        one_of(ENGINES),
        "Draw weights as matrices (dense), or matrix-free (conditioned); auto takes the cheaper one at each width.",
        metavar=choices(ENGINES),
    )
    max_width: int | None = written(
        None, parse_width, "Add widths up to this one; by default 65536, or none with --widths.", metavar="NUMBER"
    )

    def __post_init__(self) -> None:
        if not self.widths:
            raise error("TP502", "no widths are given")
        for n in self.widths:
            require_width(n)
        if self.seeds is not None and not is_count(self.seeds):
            raise error("TP503", f"the number of seeds must be a whole number from 1 to {LARGEST}, not {self.seeds}")
        if self.dtype not in DTYPES:
            raise error("TP504", f"unknown dtype {self.dtype}", hint=f"one of {', '.join(DTYPES)}")
        if self.max_width is not None:
            require_width(self.max_width)
        if self.budget is not None and not self.budget >= 0:
            raise error("TP503", f"the budget must be a time, not {self.budget} seconds")
        if self.engine not in ENGINES:
            raise error("TP504", f"unknown engine {self.engine}", hint=f"one of {', '.join(ENGINES)}")

    @classmethod
    def of(cls, widths: Sequence[int] | str | None = None, **settings: Unpack[PlanSettings]) -> Plan:
        """A plan from settings as people write them: ``widths="64:1024"``, ``budget="5m"``. None is the default.

        Widths are added up to 65536 where neither ``widths`` nor ``max_width`` is given. Raises TpError TP502 to TP504.
        """
        given: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
        if isinstance(given.get("budget"), str):
            given["budget"] = parse_budget(given["budget"])
        if widths is None:
            given.setdefault("max_width", MAX_WIDTH)
        return cls(read_widths(widths), **given)

    def at(self, n: int) -> At:
        """The width, dtype and engine of draws at width ``n``."""
        return At(n, self.dtype, self.engine)

    @property
    def time_limit(self) -> float:
        """Seconds of work after which neither seeds nor widths are added."""
        if self.budget is not None:
            return self.budget
        return LONG_SECONDS if self.widths[-1] > LONG * self.widths[0] else SECONDS

    @property
    def larger(self) -> tuple[int, ...]:
        """Widths that may be added, a factor of :data:`STEP` apart."""
        found: list[int] = []
        n = STEP * self.widths[-1]
        while self.max_width is not None and n <= self.max_width:
            found.append(n)
            n *= STEP
        return tuple(found)
