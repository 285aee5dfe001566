"""tp train: losses of a program and of its linear model."""

from __future__ import annotations

from tp.cli.options import (
    Data,
    Dtype,
    DtypeOption,
    Engine,
    EngineOption,
    File,
    Format,
    FormatOption,
    Output,
    Seeds,
    Set,
    Widths,
    emit,
    load,
)
from tp.cli.training import Batch, CostOption, Eta, Momentum, Rho, Samples, ScaleOption, Steps, schedule


def train(
    file: File,
    sets: Set = None,
    widths: Widths = "256",
    seeds: Seeds = 4,
    steps: Steps = 20,
    eta: Eta = 0.2,
    cost: CostOption = "squared",
    momentum: Momentum = 0.0,
    batch: Batch = 1,
    samples: Samples = 6,
    rho: Rho = "0",
    scale: ScaleOption = "0",
    dtype: DtypeOption = Dtype.FLOAT64,
    data: Data = None,
    engine: EngineOption = Engine.AUTO,
    form: FormatOption = Format.TEXT,
    output: Output = None,
) -> int:
    """Train a program and its linear model on the same batches, and print losses and how far they are apart."""
    from tp.report.json import dumps
    from tp.report.linearize import curve_json, schedule_json, training_text

    model = load(file, sets)
    chosen = schedule(steps, eta, cost, momentum, batch, samples, rho, scale)
    runs = model.train(
        chosen, widths or "256", seeds, dtype=dtype.value if dtype else None, data=data, engine=engine.value
    )
    curves = runs.curves()
    if form is Format.JSON:
        found = {
            "program": model.name,
            "schedule": schedule_json(chosen),
            "curves": [curve_json(c) for c in curves],
            "diverged": {str(n): step for n, step in runs.diverged.items()},
        }
        emit(dumps([found]), output)
    else:
        emit(training_text(model.name, curves, runs.diverged, chosen), output)
    return 1 if runs.diverged else 0
