"""What is no program is refused by name: the code of the diagnostic, and what it names."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import tp
from tests.marks import slow

NAMES = sorted(
    path.stem for path in (Path(__file__).parent / "models" / "refused").glob("*.py") if path.stem != "__init__"
)


@pytest.mark.parametrize("name", slow(NAMES, but=("cumulative_sum", "odd_sizes", "one_size")))
def test_refused_by_name(name: str) -> None:
    model = import_module(f"tests.imports.models.refused.{name}")
    with pytest.raises(tp.TpError) as problem:
        tp.from_jax(model.make)
    (diagnostic,) = problem.value.diagnostics
    assert diagnostic.code == model.CODE
    said = f"{diagnostic.message} {diagnostic.span.file if diagnostic.span else ''}"
    assert all(word in said for word in model.WORDS)
