"""The report of ``tp kernel``: matrices over the inputs, how exact they are, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement, product

import numpy as np

from tp.experiments.experiment import Floats
from tp.exponent import power_of_n
from tp.graph.axes import LEFT, RIGHT, Type, show
from tp.quantities.kernels import pair
from tp.report.cells import Json, Number, Shown, Text, strict
from tp.report.contents.provenance import engines, interrupted, meanings, title
from tp.report.document import Column, Data, Document, Fact, Line, Notes, Section, Table
from tp.studies.kernel import Kernel
from tp.studies.meaning import at_start

ROWS, COLUMNS = 12, 6
"""The most rows and columns that are shown of a matrix."""
NAMES = {"ntk": "tangent kernel", "nngp": "covariance of outputs"}


def document(result: Kernel) -> Document:
    names = list(result.outputs)
    shown = combinations_with_replacement(names, 2) if result.symmetric else product(names, names)
    return Document(
        title(result.provenance),
        (
            Section("", (_about(result),)),
            Section("stays random" if result.staying else "", (Notes(tuple(_staying(result))), _table_of(result))),
            *(_pair(result, f, g) for f, g in shown),
            *meanings(result.provenance, at_start),
            Section("assumptions" if result.assumptions else "", (Notes(result.assumptions, "assumptions"),)),
            Section("", (interrupted(result.provenance, "drawn"),)),
            Section("", (Data("kernels", [_json(result, name) for name in result.values]), *_means(result))),
        ),
    )


def _about(result: Kernel) -> Line:
    left, right = next(iter(result.values.values())).shape[:2]
    inputs = f"{left} input{'s' if left > 1 else ''}" if result.symmetric else f"{left} x {right} inputs"
    where = "at infinite width" if result.width is None else f"at width {result.width}"
    drawn = "what stays random" if result.width is None else "the weights"
    draws = f"{result.draws} draw{'s' if result.draws > 1 else ''} of {drawn}" if result.draws else ""
    used = result.provenance
    return Line(
        (
            Fact(f"{NAMES[result.kind]} {where}", "kind", result.kind),
            Fact("", "width", result.width),
            Fact(inputs, "inputs", [left, right]),
            Fact(draws, "draws", result.draws),
            Fact(used.dtype, "dtype", used.dtype),
            Fact(engines(used.engines), "engine", engines(used.engines) or None),
        )
    )


def _staying(result: Kernel) -> Iterator[str]:
    """What stays random, with its line, and what follows for the outputs."""
    if not result.staying:
        return
    places: dict[str, None] = {}
    for staying in result.staying:
        line = "" if staying.span is None else f", line {staying.span.line}"
        places[f"{staying.label}{line}: a contraction that is normal at infinite width, and not fixed"] = None
    yield from places
    if result.kind == "nngp":
        yield "given the values of what stays random, the outputs are normal with a kernel that depends on them;"
        yield "below is the mean kernel, which is the covariance of the outputs. Over all draws they are not normal"
    else:
        yield "the tangent kernel depends on the values of what stays random; below is the mean over draws of them"


def _table_of(result: Kernel) -> Table:
    """The same for programs: each place once, without the axes of the batches."""
    places = dict.fromkeys(
        (
            s.label,
            None if s.span is None else s.span.line,
            show(tuple(a for a in s.axes if a.name not in (LEFT, RIGHT))),
        )
        for s in result.staying
    )
    rows = tuple((Text(label), Shown("", line), Shown("", axes)) for label, line, axes in places)
    return Table((Column(None, "name"), Column(None, "line"), Column(None, "axes")), rows, "staying")


def _pair(result: Kernel, f: str, g: str) -> Section:
    """The kernel of two outputs, for the first components of each."""
    name, kinds = pair(f, g), (result.outputs[f], result.outputs[g])
    whole = result.values[name]
    power = result.exponents[name]
    first = whole[(..., *(0 for axes in kinds for _ in axes))]
    said = f"{name}" if f != g else f
    heading = said + ("" if power == 0 else f", times {power_of_n(power)}")
    return Section(
        heading,
        (
            _matrix(first),
            Notes(tuple(_remarks(result, name, first, kinds, alone=f == g))),
        ),
    )


def _matrix(found: Floats) -> Table:
    """The upper left corner of a matrix over inputs."""
    rows, columns = min(ROWS, len(found)), min(COLUMNS, found.shape[1])
    heads = (Column(""), *(Column(f"x_{j}") for j in range(columns)))
    cells = tuple(
        (Text(f"x_{i}"), *(Number(float(found[i, j])) for j in range(columns))) for i in range(rows)
    )  # fmt: skip
    return Table(heads, cells, caption="kernel between inputs")


def _remarks(result: Kernel, name: str, first: Floats, kinds: Sequence[Type], *, alone: bool) -> Iterator[str]:
    if first.shape[0] > ROWS or first.shape[1] > COLUMNS:
        yield f"a corner of {first.shape[0]} x {first.shape[1]} numbers; --format json and --output FILE.npz have all"
    if any(kinds):
        whole = f"{show(kinds[0])} and {show(kinds[1])}"
        yield f"the first components of {whole}; --format json and --output FILE.npz have all"
    if name in result.errors:
        numerical = result.width is None and not result.staying
        kind = "estimated numerical error" if numerical else "standard error of the mean"
        yield f"{kind}: {'' if numerical else 'largest entry '}{result.errors[name].max(initial=0.0):.2g}"
    if name in result.spread:
        largest = result.spread[name].max(initial=0.0)
        yield f"standard deviation over draws of what stays random: largest entry {largest:.3g}"
    if alone and result.symmetric:
        yield _spectrum(first)


def _spectrum(matrix: Floats) -> str:
    """The smallest and the largest eigenvalue of a symmetric matrix, and its rank where that is not full."""
    values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    largest = float(np.abs(values).max())
    rank = int((values > largest * len(matrix) * np.finfo(np.float64).eps).sum())
    said = f"eigenvalues from {values[0]:.4g} to {values[-1]:.4g}"
    if rank < len(matrix):
        said += f"; rank {rank} of {len(matrix)}: singular up to rounding"
    return said


def _json(result: Kernel, name: str) -> Json:
    found = {"outputs": name, "exponent": str(result.exponents[name]), "values": _nested(result.values[name])}
    if name in result.errors:
        found["errors"] = _nested(result.errors[name])
    if name in result.spread:
        found["spread"] = _nested(result.spread[name])
    return found


def _means(result: Kernel) -> Iterator[Data]:
    if result.means:
        both = {name: {"left": _nested(left), "right": _nested(right)} for name, (left, right) in result.means.items()}
        yield Data("means", both)


def _nested(array: Floats) -> Json:
    """Nested lists, without NaN and infinities."""
    return strict(float(array)) if array.ndim == 0 else [_nested(part) for part in array]
