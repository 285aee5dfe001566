"""tp train: losses of a program and of its linear model."""

from __future__ import annotations

from tp.cli.means import kept, warn, workers
from tp.cli.options import (
    Data,
    Dtype,
    DtypeOption,
    Engine,
    EngineOption,
    File,
    Format,
    FormatOption,
    Jobs,
    NoStore,
    Output,
    Progress,
    Resume,
    Scheduler,
    Seeds,
    Set,
    StoreFolder,
    Widths,
    emit,
    load,
)
from tp.cli.progress import progress_bar
from tp.cli.training import Batch, CostOption, Decay, Eta, Momentum, Rho, Samples, ScaleOption, Steps, schedule


def train(
    file: File,
    sets: Set = None,
    widths: Widths = "256",
    seeds: Seeds = 4,
    steps: Steps = 20,
    eta: Eta = 0.2,
    cost: CostOption = "squared",
    momentum: Momentum = 0.0,
    decay: Decay = 0.0,
    batch: Batch = 1,
    samples: Samples = 6,
    rho: Rho = "0",
    scale: ScaleOption = "0",
    dtype: DtypeOption = Dtype.FLOAT64,
    data: Data = None,
    engine: EngineOption = Engine.AUTO,
    store: StoreFolder = None,
    no_store: NoStore = False,
    resume: Resume = True,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    form: FormatOption = Format.TEXT,
    output: Output = None,
    progress: Progress = False,
) -> int:
    """Train a program and its linear model on the same batches, and print losses and how far they are apart."""
    model = load(file, sets)
    chosen = schedule(steps, eta, cost, momentum, decay, batch, samples, rho, scale)
    with workers(jobs, scheduler) as team, progress_bar(model.name, progress) as report:
        runs = model.train(
            chosen,
            widths or "256",
            seeds,
            dtype=dtype.value if dtype else None,
            data=data,
            engine=engine.value,
            progress=report,
            store=kept(store, no_store),
            resume=resume,
            workers=team,
            warn=warn,
        )
    if form is Format.JSON:
        from tp.report.json import dumps
        from tp.report.linearize_json import training_json

        emit(dumps([training_json(model.name, runs, chosen)]), output)
    else:
        from tp.report.linearize import training_text

        emit(training_text(model.name, runs, chosen), output)
    return 3 if runs.interrupted else 1 if runs.diverged else 0
