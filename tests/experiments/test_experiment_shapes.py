"""The shapes in annotations of correlations and forward values are true: draws are made with all of them checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from jaxtyping import TypeCheckError, install_import_hook
ROOMS = [f"tp.{room}.{name}" for room in ("experiments", "studies") for name in ("correlations", "forward")]
with install_import_hook(ROOMS, "beartype.beartype"):
    from tp.studies import correlations, forward
import tp

model = tp.load(sys.argv[1], depth=1)
unkept = tp.Resources(store=False)
numbers = model.correlations("4,8", seeds=3, quantities=["F", "kernel", "C[1,1]"], resources=unkept)
assert numbers.array("kernel").shape == (2, 3)
assert model.forward("4,8", seeds=2).outputs["f"][8].shape == (2,)
try:
    forward._require_finite("f", 4, 1.0, "float64")
except TypeCheckError:
    raise SystemExit(0)
raise SystemExit("shapes are not checked")
"""


@pytest.mark.slow
def test_annotated_shapes_are_true() -> None:
    program = Path(__file__).parents[2] / "programs/mlp.tp"
    # Without -B, modules that a checked one imports would be cached as if they were checked, for the next such test.
    ran = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT, str(program)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
