"""What ``tp correlations`` prints: samples of the correlations, without prediction or verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from tp.data.inputs import inputs_for
from tp.exit_code import ExitCode
from tp.experiments.correlations import Correlations
from tp.experiments.experiment import Floats
from tp.printable import Printable
from tp.quantities.definitions import DEFAULT, parse
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report, sweep
from tp.statistics.quantiles import QUANTILES, UPPER_QUANTILE, quantile
from tp.studies.declared import require_functions
from tp.studies.judging import YARDSTICK
from tp.studies.provenance import Provenance, provenance

if TYPE_CHECKING:
    from tp.data.source import Data
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


@dataclass(frozen=True, slots=True, repr=False)
class Numbers(Printable):
    """Samples by quantity, then by width in increasing order."""

    study = "correlations"

    quantities: Mapping[str, tuple[Cell, ...]]
    provenance: Provenance

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED where the measurement was interrupted, else HOLDS."""
        return ExitCode.UNDECIDED if self.provenance.interrupted else ExitCode.HOLDS

    def array(self, quantity: str) -> Float[Floats, "widths seeds"]:
        """Absolute values of ``quantity`` as [widths, seeds]. Raises KeyError for a quantity that was not drawn."""
        return np.asarray([cell.values for cell in self.quantities[quantity]])


def correlations_of(
    program: Program, names: Sequence[str], data: str | Data | None, *, equal_inputs: bool, dtype: str
) -> Correlations:
    """The correlations called ``names`` of ``program``, at as many inputs x_0, x_1, ... as they need (at least two).

    Raises those of :func:`inputs_for`.
    """
    quantities = tuple(dict.fromkeys(names))
    slots = 1 + max((1, *(parse(name).contracted for name in quantities)))
    inputs = inputs_for(program.inputs, slots, data, equal_inputs=equal_inputs, dtype=dtype, one_hot=program.one_hot)
    return Correlations(program.name, program.graph, quantities, inputs)


def numbers(
    program: Program,
    plan: Plan,
    quantities: Sequence[str] | None = None,
    data: str | Data | None = None,
    *,
    equal_inputs: bool = False,
    report: Report | None = None,
    means: Means | None = None,
) -> Numbers:
    """Draw ``quantities`` (default: :data:`DEFAULT`) at every width and seed of ``plan``.

    The kernel is drawn with them, as in :func:`tp.studies.verify.verify`, so that both use the same stored results.
    """
    require_functions(program, plan.widths[0])
    names = tuple(dict.fromkeys(DEFAULT if quantities is None else quantities))
    experiment = correlations_of(program, [*names, YARDSTICK], data, equal_inputs=equal_inputs, dtype=plan.dtype)
    drawn = sweep(experiment, plan, means, report=report)
    table = {
        name: tuple(
            Cell(n, tuple(np.abs(values).tolist())) for n, values in sorted(drawn.samples.get(name, {}).items())
        )
        for name in names
    }
    return Numbers(table, provenance(program, plan, drawn))
