"""tp linearize: both sides of theorem 3.1."""

from __future__ import annotations

from tp.cli.means import kept
from tp.cli.options import (
    Data,
    DtypeOption,
    Engine,
    EngineOption,
    Files,
    Format,
    FormatOption,
    NoStore,
    Output,
    Progress,
    Resume,
    Seeds,
    Set,
    StoreFolder,
    Widths,
    emit,
    load_all,
)
from tp.cli.progress import progress_bar
from tp.cli.training import Batch, CostOption, Eta, Momentum, Rho, Samples, ScaleOption, Steps, schedule
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
    batch: Batch = 1,
    samples: Samples = 6,
    rho: Rho = "0",
    scale: ScaleOption = "0",
    dtype: DtypeOption = None,
    data: Data = None,
    engine: EngineOption = Engine.AUTO,
    budget: Budget = None,
    max_width: MaxWidth = None,
    store: StoreFolder = None,
    no_store: NoStore = False,
    resume: Resume = True,
    form: FormatOption = Format.TEXT,
    output: Output = None,
    progress: Progress = False,
) -> int:
    """Compare how correlations decay with how far training is from that of the linear model."""
    from tp.measure.reading import parse_width
    from tp.report.json import dumps
    from tp.report.linearize import linearization_json, linearization_text

    chosen = schedule(steps, eta, cost, momentum, batch, samples, rho, scale)
    place = kept(store, no_store)
    results = []
    for model in load_all(files, sets):
        with progress_bar(model.name, progress) as report:
            found = model.linearize(
                chosen,
                widths,
                seeds,
                dtype=dtype.value if dtype else None,
                data=data,
                engine=engine.value,
                budget=budget,
                max_width=None if max_width is None else parse_width(max_width),
                progress=report,
                store=place,
                resume=resume,
            )
        results.append(found)
        if found.interrupted:
            break
    if form is Format.JSON:
        emit(dumps([linearization_json(r) for r in results]), output)
    else:
        emit("\n\n".join(map(linearization_text, results)), output)
    return worst(r.exit_code for r in results)
