"""A small program, and runs of commands in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SMALL = """program small {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(U @ x / sqrt(d))
  output f = dot(v, h) / sqrt(n)
  claim f : Theta(1)
}
"""


def written(folder: Path) -> str:
    path = folder / "small.tp"
    path.write_text(SMALL)
    return str(path)


def begun(*words: str, **settings: Any) -> subprocess.Popen[str]:
    """``tp words`` in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tp", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **settings,
    )


def numbers(text: str) -> Any:
    """What ``tp correlations --format json`` found, without what may differ between a run and its repetition."""
    found = json.loads(text)
    found.pop("cells")
    return found


def group_is_gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False
