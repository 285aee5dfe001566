"""The measured half alone: samples of the correlations, without prediction or verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tp.exit_code import ExitCode
from tp.quantities.names import DEFAULT
from tp.sampling.drawing import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report
from tp.statistics.quantiles import QUANTILES, UPPER_QUANTILE, quantile
from tp.studies.verify import Tools, default_tools, draw_samples, engines

if TYPE_CHECKING:
    from tp.program import Program


@dataclass(frozen=True, slots=True)
class Cell:
    """Absolute values of one quantity at one width, one per draw of the weights."""

    n: int
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return quantile(np.sort(self.values), QUANTILES[0])

    @property
    def quantile(self) -> float:
        """The upper quantile, at :data:`UPPER_QUANTILE`."""
        return quantile(np.sort(self.values), UPPER_QUANTILE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Samples by quantity, then by width in increasing order."""

    program: str
    file: str
    dtype: str
    engines: Mapping[int, str]
    """Which interpreter drew at each width: "dense" or "conditioned"."""
    quantities: dict[str, tuple[Cell, ...]]
    interrupted: bool
    cells: int = 0
    """Calls of the sampler that the numbers are from, and how many of them were ``stored`` by an earlier run."""
    stored: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED where the measurement was interrupted, else HOLDS."""
        return ExitCode.UNDECIDED if self.interrupted else ExitCode.HOLDS

    def array(self, quantity: str) -> npt.NDArray[np.float64]:
        """The samples of ``quantity`` as [width, seed]. Raises KeyError for one that was not asked for."""
        return np.asarray([cell.values for cell in self.quantities[quantity]])


def numbers(
    program: Program,
    plan: Plan,
    quantities: Sequence[str] | None = None,
    data: str | None = None,
    *,
    equal_inputs: bool = False,
    report: Report | None = None,
    tools: Tools | None = None,
    means: Means | None = None,
) -> Numbers:
    """Draw ``quantities`` (default: :data:`DEFAULT`) at every width and seed of ``plan``."""
    names = tuple(dict.fromkeys(quantities if quantities is not None else DEFAULT))
    tools = tools or default_tools()
    drawn = draw_samples(
        program, plan, names, data, equal_inputs=equal_inputs, report=report, tools=tools, means=means or Means()
    )
    table = {
        name: tuple(Cell(n, tuple(values.tolist())) for n, values in sorted(drawn.samples.get(name, {}).items()))
        for name in names
    }
    ran = engines(program, plan, plan.widths, names, tools)
    return Numbers(program.name, program.file, plan.dtype, ran, table, drawn.interrupted, drawn.calls, drawn.stored)
