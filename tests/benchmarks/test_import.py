"""``tp import`` as a whole process, against the time that it may take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ratios import Record
from test_whole_commands import timed

MODELS = Path(__file__).parents[1] / "imports" / "models"
LIMITS = {"programs/mlp.py:make": 3.0, "deep_transformer.py:make": 20.0}


@pytest.mark.parametrize("word", LIMITS)
def test_import(benchmark: Any, record: Record, tmp_path: Path, word: str) -> None:
    timed(benchmark, record, LIMITS[word], "import", str(MODELS / word), cache=tmp_path, rounds=3)
