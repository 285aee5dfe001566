"""What was read from data, and what in them does not go with the assumptions of predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from tp.data.inputs import NONE, Inputs, distinct_rows, samples
from tp.data.source import DIGITS, Data
from tp.data.tables import SUFFIXES, read_table
from tp.data.targets import goals_of
from tp.diagnostics.diagnostic import Diagnostic, Severity, TpError
from tp.graph.axes import Type

_LARGE = 20.0
_MOST = 6
_NEARLY = 1e-6


def account(
    types: Mapping[str, Type],
    data: Data | None,
    output: Type | None = None,
    cost: str = "squared",
    *,
    equal_inputs: bool = False,
    one_hot: Mapping[str, str] = NONE,
) -> list[Diagnostic]:
    """A note on what the file of ``data`` holds, and warnings about inputs that are not generic or very large.

    Where no data are given, inputs that are one-hot are looked at, which may be orthogonal.

    With ``output`` also a note on its targets. With ``equal_inputs`` one input is used, so that angles do not matter.
    Raises TpError as :func:`tp.data.inputs.inputs_for`.
    """
    if data is None and one_hot and not equal_inputs:
        return list(_special(data, samples(types, 2, data, one_hot)))
    if data is None or data.source == DIGITS:
        return []
    found = samples(types, 1, data, one_hot)
    angles = [] if equal_inputs else _special(data, found)
    return [_held(data, found), *_targets(data, found, output, cost), *_scale(data, found), *angles]


def _held(data: Data, found: Inputs) -> Diagnostic:
    if data.path.suffix.lower() in SUFFIXES:
        table = read_table(data.path, data.header)
        if data.target is not None:
            table = table.without(table.column(data.target))
        return _note(f"{data}: {table.account}")
    count = min(len(array) for array in found.values())
    shapes = ", ".join(f"{name} {list(array.shape[1:])}" for name, array in found.items())
    return _note(f"{data}: {count} samples of {shapes}")


def _targets(data: Data, found: Inputs, output: Type | None, cost: str) -> Iterator[Diagnostic]:
    if output is not None:
        _, words = goals_of(data, output, len(next(iter(found.values()))), cost)
        yield _note(f"{data}: targets {data.target or ''}: {words}".replace("  ", " ").replace(" :", ":"))


def _scale(data: Data, found: Inputs) -> Iterator[Diagnostic]:
    for name, array in found.items():
        largest = float(np.abs(array).max(initial=0.0))
        if largest < _LARGE:
            continue
        whole = bool((array == np.round(array)).all())
        pixels = whole and array.min() >= 0 and largest <= 255
        message = f"values of {name} reach {largest:.4g}" + (", as pixels from 0 to 255 do" if pixels else "")
        hint = "activations saturate and exponents show late; " + (
            "divide by 255, and subtract the mean" if pixels else "bring each feature to mean 0 and variance 1"
        )
        yield Diagnostic("TP610", message, None, hint, severity=Severity.WARNING)


def _special(data: Data | None, found: Inputs) -> Iterator[Diagnostic]:
    """Pairs of the first distinct samples that are orthogonal or parallel."""
    rows = _rows(found, data)
    joined = np.concatenate([array[rows].reshape(len(rows), -1) for array in found.values()], axis=1)
    joined = joined / np.abs(joined).max(axis=1, keepdims=True)  # the squares of large values overflow
    scaled = joined / np.linalg.norm(joined, axis=1, keepdims=True)
    angles = {pair: abs(float(scaled[pair[0]] @ scaled[pair[1]])) for pair in combinations(range(len(rows)), 2)}
    orthogonal = [pair for pair, cosine in angles.items() if cosine < _NEARLY]
    parallel = [pair for pair, cosine in angles.items() if cosine > 1 - _NEARLY]
    for pairs, word, effect in (
        (orthogonal, "orthogonal", "kernels between them may vanish, and measured exponents be smaller than predicted"),
        (parallel, "parallel", "these count as one direction, and measured exponents may differ from those predicted"),
    ):
        if pairs:
            a, b = pairs[0]
            message = f"the inputs x_{a} and x_{b} are {word}" + (
                f", and {len(pairs) - 1} more pairs" if pairs[1:] else ""
            )
            hint = f"predictions are for generic inputs: {effect}"
            yield Diagnostic("TP609", message, None, hint, severity=Severity.WARNING)


def _rows(found: Inputs, data: Data | None) -> list[int]:
    """As many distinct samples as there are, up to a few."""
    rows: list[int] = []
    for count in range(1, _MOST + 1):
        try:
            rows = distinct_rows(found, count, data)
        except TpError:
            break
    return rows


def _note(message: str) -> Diagnostic:
    return Diagnostic("TP607", message, severity=Severity.NOTE)
