"""Forward values as text and as JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tp.report.json import Json, number
from tp.report.table import table
from tp.studies.forward import Forward


def forward_text(result: Forward) -> str:
    """One line for each output, width and seed; long arrays are abridged."""
    rows = [
        (name, str(n), str(seed), np.array2string(value, precision=6, threshold=16, separator=", ").replace("\n", ""))
        for name, by_width in result.outputs.items()
        for n, values in by_width.items()
        for seed, value in enumerate(values)
    ]
    return "\n".join(
        [f"{result.provenance.program} ({result.provenance.file})", *table(("output", "n", "seed", "value"), rows)]
    )


def forward_json(result: Forward) -> Json:
    """All values, in full."""
    return {
        "program": result.provenance.program,
        "file": result.provenance.file,
        "dtype": result.provenance.dtype,
        "outputs": [
            {"name": name, "n": n, "values": [_nested(value) for value in values]}
            for name, by_width in result.outputs.items()
            for n, values in by_width.items()
        ],
    }


def _nested(value: npt.NDArray[np.float64]) -> Any:
    return number(float(value)) if value.ndim == 0 else [_nested(part) for part in value]
