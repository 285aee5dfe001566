"""tp correlations: the numbers alone."""

from __future__ import annotations

from tp.cli.options import (
    Data,
    DtypeOption,
    Engine,
    EngineOption,
    EqualInputs,
    File,
    Format,
    FormatOption,
    Output,
    Progress,
    Quantities,
    Seeds,
    Set,
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
    form: FormatOption = Format.TEXT,
    output: Output = None,
    progress: Progress = False,
) -> int:
    """Sample the quantities at every width, without prediction or verdict."""
    asked = quantities(names)
    model = load(file, sets)
    with progress_bar(model.name, progress) as report:
        result = model.correlations(
            widths,
            64 if seeds is None else seeds,
            dtype.value if dtype else None,
            data,
            quantities=asked,
            equal_inputs=equal_inputs,
            engine=engine.value,
            progress=report,
        )
    if form is Format.JSON:
        from tp.report.json import dumps, numbers_json

        emit(dumps([numbers_json(result)]), output)
    else:
        from tp.report.text import numbers_text

        emit(numbers_text(result), output)
    return 3 if result.interrupted else 0
