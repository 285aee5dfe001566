"""tp correlations: the numbers alone."""

from __future__ import annotations

from tp.cli.means import kept, warn, workers
from tp.cli.options import (
    Data,
    DtypeOption,
    Engine,
    EngineOption,
    EqualInputs,
    File,
    Format,
    FormatOption,
    Jobs,
    NoStore,
    Output,
    Progress,
    Quantities,
    Resume,
    Scheduler,
    Seeds,
    Set,
    StoreFolder,
    Widths,
    emit,
    load,
    quantities,
)
from tp.cli.progress import progress_bar


def correlations(
    file: File,
    sets: Set = None,
    widths: Widths = None,
    seeds: Seeds = 64,
    dtype: DtypeOption = None,
    data: Data = None,
    equal_inputs: EqualInputs = False,
    engine: EngineOption = Engine.AUTO,
    names: Quantities = None,
    store: StoreFolder = None,
    no_store: NoStore = False,
    resume: Resume = True,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    form: FormatOption = Format.TEXT,
    output: Output = None,
    progress: Progress = False,
) -> int:
    """Sample the quantities at every width, without prediction or verdict."""
    asked = quantities(names)
    place = kept(store, no_store)
    model = load(file, sets)
    with workers(jobs, scheduler) as team, progress_bar(model.name, progress) as report:
        result = model.correlations(
            widths,
            64 if seeds is None else seeds,
            dtype.value if dtype else None,
            data,
            quantities=asked,
            equal_inputs=equal_inputs,
            engine=engine.value,
            progress=report,
            store=place,
            resume=resume,
            workers=team,
            warn=warn,
        )
    if form is Format.JSON:
        from tp.report.json import dumps, numbers_json

        emit(dumps([numbers_json(result)]), output)
    else:
        from tp.report.text import numbers_text

        emit(numbers_text(result), output)
    return 3 if result.interrupted else 0
