"""The report of ``tp run``: values of the outputs of a program."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tp.ndarray import NDArray
from tp.report.cells import Json, Shown, Text, strict
from tp.report.contents.provenance import interrupted, title
from tp.report.document import Data, Document, Section
from tp.report.fields import Field, table
from tp.studies.forward import Forward

Floats = NDArray[np.float64]


class _Drawn(NamedTuple):
    """``values`` [seeds, ...axes] of the output ``name`` at width ``n``."""

    name: str
    n: int
    values: Floats


OUTPUT: tuple[Field[_Drawn], ...] = (
    Field(None, "name", lambda o: Text(o.name)),
    Field(None, "n", lambda o: Shown("", o.n)),
    Field(None, "values", lambda o: Shown("", [_nested(value) for value in o.values])),
)
SEED: tuple[Field[tuple[_Drawn, int]], ...] = (
    Field("output", None, lambda row: Text(row[0].name)),
    Field("n", None, lambda row: Text(str(row[0].n))),
    Field("seed", None, lambda row: Text(str(row[1]))),
    Field("value", None, lambda row: Text(_abridged(row[0].values[row[1]]))),
)


def document(result: Forward) -> Document:
    outputs = [_Drawn(name, n, values) for name, widths in result.outputs.items() for n, values in widths.items()]
    seeds = [(output, seed) for output in outputs for seed in range(len(output.values))]
    return Document(
        title(result.provenance),
        (
            Section("", (table(SEED, seeds, caption="values of the outputs"), table(OUTPUT, outputs, "outputs"))),
            Section("", (interrupted(result.provenance, "drawn"),)),
            Section("", (Data("dtype", result.provenance.dtype),)),
        ),
    )


def _abridged(value: Floats) -> str:
    return np.array2string(value, precision=6, threshold=16, separator=", ").replace("\n", "")


def _nested(value: Floats) -> Json:
    return strict(float(value)) if value.ndim == 0 else [_nested(part) for part in value]
