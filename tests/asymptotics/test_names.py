"""The room imports statistics and array libraries only, and its public names are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tp.asymptotics

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "tp" / "asymptotics").glob("*.py")), ids=lambda p: p.stem)
def test_the_room_needs_statistics_only(path: Path) -> None:
    allowed = {
        "numpy",
        "scipy",
        "jaxtyping",
        "__future__",
        "collections",
        "dataclasses",
        "enum",
        "fractions",
        "functools",
        "itertools",
    }
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            assert name.startswith(("tp.asymptotics", "tp.statistics", "tp.ndarray", "tp.answer")) or name.split(".")[
                0
            ] in allowed | {"math"}


def test_every_public_name_is_there() -> None:
    for name in tp.asymptotics.__all__:
        assert getattr(tp.asymptotics, name).__doc__ or name in ("LOG", "N", "ONE")
