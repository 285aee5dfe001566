"""Settings for all tests."""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path

import pytest

# Compiled programs are kept between runs of the tests, but apart from the user's own.
os.environ.setdefault("TP_CACHE", str(Path(tempfile.gettempdir()) / f"tp-tests-{os.getuid()}"))


_count = itertools.count()


@pytest.fixture(autouse=True)
def _results_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every test draws what it asks for: nothing that an earlier one has stored."""
    folder = tmp_path_factory.getbasetemp() / "results" / str(next(_count))
    monkeypatch.setattr("tp.store.store.default_folder", lambda: folder)
