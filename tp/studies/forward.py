"""Forward values of a program at every width of a plan: what ``tp run`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from tp.data.inputs import inputs_for
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode
from tp.experiments.forward import ForwardValues
from tp.ndarray import NDArray
from tp.printable import Printable
from tp.sampling.memory_limit import require_memory
from tp.sampling.plan import Plan
from tp.studies.declared import require_functions
from tp.studies.provenance import Provenance

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.program import Program


@dataclass(frozen=True, slots=True, repr=False)
class Forward(Printable):
    """Values of every output at x_0; ``outputs[name][n]`` is an array [seeds, ...axes of the output]."""

    study = "run"

    outputs: Mapping[str, Mapping[int, Float[NDArray[np.float64], "seeds ..."]]]
    provenance: Provenance

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED where the command was interrupted, else HOLDS."""
        return ExitCode.UNDECIDED if self.provenance.interrupted else ExitCode.HOLDS


def forward(program: Program, plan: Plan, data: str | Data | None = None) -> Forward:
    """Run ``program`` at every width of ``plan`` for each seed (1 if not said).

    Seed k has the weights of the key ``plan.key`` + k, as :meth:`tp.Model.init` has: draws of a sweep are numbered in
    another way. An interrupt ends it, and keeps the widths so far. Raises TpError TP511 where nothing can be
    conditioned, TP501 where memory is not enough, TP604 where an output is not finite, and those of :func:`inputs_for`.
    """
    require_functions(program, plan.widths[0])
    inputs = inputs_for(program.inputs, 1, data, dtype=plan.dtype, one_hot=program.one_hot)
    experiment = ForwardValues(program.name, program.graph, {name: array[0] for name, array in inputs.items()})
    require_memory(experiment, plan)
    found: dict[str, dict[int, NDArray[np.float64]]] = {name: {} for name in experiment.quantities}
    engines: dict[int, str] = {}
    interrupted = False
    try:
        for n in plan.widths:
            drawn = experiment.draw(plan.at(n), plan.key, plan.seeds or 1)
            for name, values in drawn.items():
                _require_finite(name, n, values, plan.dtype)
            for name, values in drawn.items():
                found[name][n] = values
            engines[n] = experiment.engine(plan.at(n)).name
    except KeyboardInterrupt:
        interrupted = True
    known = Provenance(program.name, program.file, tuple(engines), plan.dtype, engines, interrupted=interrupted)
    return Forward(found, known)


def _require_finite(name: str, n: int, values: Float[NDArray[np.float64], "seeds ..."], dtype: str) -> None:
    """Raises TpError TP604 for ``values`` [seeds, ...] with infinities or NaN."""
    wrong = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    if wrong.size:
        hint = "use --dtype float64" if dtype == "float32" else "the program or its data leave the range of float64"
        message = f"the output {name} is not finite in {dtype} at width {n}, first for seed {int(wrong[0])}"
        raise error("TP604", message, hint=hint)
