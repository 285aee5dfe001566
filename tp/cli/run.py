"""tp run: forward values."""

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


def run(
    file: File,
    sets: Set = None,
    widths: Widths = "256",
    seeds: Seeds = 1,
    dtype: DtypeOption = Dtype.FLOAT32,
    data: Data = None,
    engine: EngineOption = Engine.DENSE,
    form: FormatOption = Format.TEXT,
    output: Output = None,
) -> int:
    """Print the outputs of a program for one input and fresh weights."""
    from tp.api import plan

    model = load(file, sets)
    result = model.forward(plan(widths, seeds, dtype.value if dtype else None, engine=engine.value), data)
    if form is Format.JSON:
        from tp.report.forward import forward_json
        from tp.report.json import dumps

        emit(dumps([forward_json(result)]), output)
    else:
        from tp.report.forward import forward_text

        emit(forward_text(result), output)
    return 0
