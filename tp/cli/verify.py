"""tp verify: predictions against measurements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from tp.cli.means import kept, warn, workers
from tp.cli.options import (
    Data,
    DtypeOption,
    Engine,
    EngineOption,
    EqualInputs,
    Files,
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
    load_all,
    quantities,
)
from tp.cli.progress import progress_bar

if TYPE_CHECKING:
    from tp.studies.verify import Verification

Budget = Annotated[
    str | None,
    typer.Option("--budget", help="Stop adding seeds and widths after this time (90s, 5m, 1h), for each program."),
]
MaxWidth = Annotated[
    str | None,
    typer.Option("--max-width", help="Add widths up to this one; by default 65536, or none with --widths."),
]


def verify(
    files: Files,
    sets: Set = None,
    widths: Widths = None,
    seeds: Seeds = None,
    dtype: DtypeOption = None,
    data: Data = None,
    equal_inputs: EqualInputs = False,
    engine: EngineOption = Engine.AUTO,
    names: Quantities = None,
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
    """Measure every quantity, compare it with its prediction, and decide the claims of the program."""
    from tp.sampling.reading import parse_width

    asked = quantities(names)
    results: list[Verification] = []
    place = kept(store, no_store)
    models = load_all(files, sets)
    with workers(jobs, scheduler) as team:
        for model in models:
            with progress_bar(model.name, progress) as report:
                result = model.verify(
                    widths,
                    seeds,
                    dtype.value if dtype else None,
                    data,
                    quantities=asked,
                    equal_inputs=equal_inputs,
                    budget=budget,
                    max_width=None if max_width is None else parse_width(max_width),
                    engine=engine.value,
                    progress=report,
                    store=place,
                    resume=resume,
                    workers=team,
                    warn=warn,
                )
            results.append(result)
            if result.interrupted:
                break
    if form is Format.JSON:
        from tp.report.json import dumps, verification_json

        found = [verification_json(r) for r in results]
        emit(dumps(found), output)
    else:
        from tp.report.text import verification_text

        emit("\n\n".join(map(verification_text, results)), output)
    return 3 if results[-1].interrupted else worst(r.exit_code for r in results)


def worst(codes: Iterable[int]) -> int:
    """One exit code for several programs: a failure outweighs what is undecided."""
    found = set(codes)
    return next((code for code in (1, 3) if code in found), 0)
