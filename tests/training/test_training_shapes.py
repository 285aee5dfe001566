"""The shapes in annotations of data and training are true: a run is made with every annotation checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
import numpy as np
from jaxtyping import TypeCheckError, install_import_hook
TRAINING = ["batches", "gradients", "linear_model", "path", "start"]
with install_import_hook(["tp.data", *(f"tp.experiments.training.{part}" for part in TRAINING)], "beartype.beartype"):
    from tp.data import inputs, targets
    from tp.experiments.training import batches, gradients
from tp.experiments.at import At
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD
from tp.studies.train import trainer_of
from tp.syntax import load

class Bent(SGD):
    linear = False

def refused(function, *arguments):
    try:
        function(*arguments)
    except TypeCheckError:
        return
    raise SystemExit(f"shapes of {function.__name__} are not checked")

program = load(sys.argv[1], {"depth": "2"})
for optimizer in (SGD(momentum=0.5, decay=0.1), Bent()):
    trainer = trainer_of(program, Schedule(steps=2, samples=3, batch=2, optimizer=optimizer), None, "float64", ["h[1]"])
    for engine in ("dense", "conditioned") if optimizer.linear else ("dense",):
        trainer.draw(At(6, "float64", engine), 0, 2)
inputs.inputs_for({"x": ()}, 2)
targets.labelled({"x": program.inputs["x"]}, (), 2, None, "float64")
refused(gradients.combined, gradients.Parts({}, {}), np.ones(()), {})
refused(targets._unit, np.ones((2, 2), int), (2,))
"""


@pytest.mark.slow
def test_annotated_shapes_are_true() -> None:
    program = Path(__file__).parents[2] / "programs/mlp.tp"
    # Without -B, modules that a checked one imports would be cached as if they were checked, for the next such test.
    ran = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT, str(program)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
