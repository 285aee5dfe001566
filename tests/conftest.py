"""Settings for all tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Compiled programs are kept between runs of the tests, but apart from the user's own.
os.environ.setdefault("TP_CACHE", str(Path(tempfile.gettempdir()) / f"tp-tests-{os.getuid()}"))
