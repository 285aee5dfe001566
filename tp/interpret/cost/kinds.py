"""Weights that need not be arrays: which ones, and of what kind. Their initial laws know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tp.graph.parameter import Parameter
from tp.interpret.cost.memory import entries
from tp.laws import LAWS, STRUCTURES
from tp.laws.base import Form
from tp.matrix_free.kind import Kind, MatrixFree
from tp.matrix_free.source import Shape, Source


def sizes(parameter: Parameter, n: int) -> tuple[int, int]:
    """Rows and columns of a weight as a matrix."""
    return entries(parameter.outs, n), entries(parameter.ins, n)


def form_of(parameter: Parameter) -> Form | None:
    """The structure around the law of entries, if there is one."""
    structure = parameter.law.structure
    return None if structure is None else STRUCTURES[structure.name]


def size_of(parameter: Parameter, n: int) -> float:
    """The size of the weight's structure at width ``n``; 0 where it has none."""
    form, structure = form_of(parameter), parameter.law.structure
    if form is None or structure is None or not structure.arguments:
        return 0.0
    return form.size_at(*(a.at(n) for a in structure.arguments))


def can_be_matrix_free(parameter: Parameter) -> bool:
    """Whether products with the weight can be had without an array of it."""
    return _kind(parameter) is not None


def kind_of(parameter: Parameter) -> Kind:
    """The kind of matrix that the weight is where it is not an array. Raises ValueError where it has to be one."""
    kind = _kind(parameter)
    if kind is None:
        raise ValueError(f"{parameter.name} has to be an array")
    return kind()


def begin(parameter: Parameter, n: int, key: Any, dtype: Any) -> MatrixFree:
    """The weight at width ``n``, in units of its deviation, before any product with it. ``key`` is its stream."""
    return kind_of(parameter).begin(*sizes(parameter, n), size_of(parameter, n), drawing(parameter), key, dtype)


def drawing(parameter: Parameter) -> Any:
    """A function (source, shape) that draws entries of the law, with unit deviation."""
    law, family = parameter.law, LAWS[parameter.law.family]
    arguments = law.arguments or family.arguments

    def entries(source: Source, shape: Shape) -> Any:
        return family.draw(source, shape, arguments)

    return entries


def _kind(parameter: Parameter) -> Callable[[], Kind] | None:
    form, family = form_of(parameter), LAWS[parameter.law.family]
    if form is None:
        return family.kind
    return form.normal_kind if form.normal_kind is not None and family.name == "normal" else form.kind
