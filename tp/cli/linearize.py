"""tp linearize: both sides of the paper's theorems."""

from __future__ import annotations

from tp.cli.means import kept, warn, workers
from tp.cli.options import (
    Data,
    DtypeOption,
    Engine,
    EngineOption,
    Files,
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
    load_all,
)
from tp.cli.progress import progress_bar
from tp.cli.training import (
    Batch,
    CostOption,
    Decay,
    Eta,
    Momentum,
    Rho,
    Samples,
    ScaleOption,
    Second,
    Steps,
    Strong,
    powers,
    schedule,
)
from tp.cli.verify import Budget, MaxWidth, worst


def linearize(
    files: Files,
    sets: Set = None,
    widths: Widths = None,
    seeds: Seeds = None,
    steps: Steps = 20,
    eta: Eta = 0.2,
    cost: CostOption = "squared",
    momentum: Momentum = 0.0,
    decay: Decay = 0.0,
    batch: Batch = 1,
    samples: Samples = 6,
    rho: Rho = "0",
    scale: ScaleOption = "0",
    second: Second = True,
    strong: Strong = None,
    dtype: DtypeOption = None,
    data: Data = None,
    engine: EngineOption = Engine.AUTO,
    budget: Budget = None,
    max_width: MaxWidth = None,
    store: StoreFolder = None,
    no_store: NoStore = False,
    resume: Resume = True,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    form: FormatOption = Format.TEXT,
    output: Output = None,
    progress: Progress = False,
) -> int:
    """Compare how correlations decay with how far training is from that of the linear model."""
    from tp.sampling.reading import parse_width

    chosen = schedule(steps, eta, cost, momentum, decay, batch, samples, rho, scale)
    rhos = powers(strong)
    place = kept(store, no_store)
    results = []
    models = load_all(files, sets)
    with workers(jobs, scheduler) as team:
        for model in models:
            with progress_bar(model.name, progress) as report:
                found = model.linearize(
                    chosen,
                    widths,
                    seeds,
                    dtype=dtype.value if dtype else None,
                    data=data,
                    second=second,
                    rhos=rhos,
                    engine=engine.value,
                    budget=budget,
                    max_width=None if max_width is None else parse_width(max_width),
                    progress=report,
                    store=place,
                    resume=resume,
                    workers=team,
                    warn=warn,
                )
            results.append(found)
            if found.interrupted:
                break
    if form is Format.JSON:
        from tp.report.json import dumps
        from tp.report.linearize_json import linearization_json

        emit(dumps([linearization_json(r) for r in results]), output)
    else:
        from tp.report.linearize import linearization_text

        emit("\n\n".join(map(linearization_text, results)), output)
    return worst(r.exit_code for r in results)
