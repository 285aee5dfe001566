"""Programs with the warnings of all lints."""

from __future__ import annotations

from dataclasses import replace

from tp.api.model import Model


def linted(model: Model) -> Model:
    """``model`` with the warnings that need orders, beside those from reading it."""
    from tp.studies.lints import lints

    program = model.program
    return replace(model, program=replace(program, warnings=(*program.warnings, *lints(program))))
