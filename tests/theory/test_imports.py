"""Symbolic answers need no arrays: what ``tp orders`` may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MLP = Path(__file__).parents[2] / "programs" / "mlp.tp"


def test_orders_load_no_library_of_arrays() -> None:
    script = (
        "import sys; from tp.cli import main; code = main(['orders', sys.argv[1]]); "
        "print([m for m in ('jax', 'numpy', 'scipy', 'networkx', 'sklearn', 'pydantic') if m in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(MLP)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"
