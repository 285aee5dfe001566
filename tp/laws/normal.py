"""The normal law."""

from __future__ import annotations

from typing import Any

from tp.laws.base import Arguments, Family
from tp.matrix_free.kind import Kind
from tp.matrix_free.source import Shape, Source


def draw(source: Source, shape: Shape, _: Arguments) -> Any:
    return source.normal(shape)


def kind() -> Kind:
    from tp.matrix_free.gaussian import KIND

    return KIND


LAW = Family("normal", True, "normal(mean, deviation)", draw, kind=kind)
