"""Programs with everything in them that is probably not meant."""

from __future__ import annotations

from dataclasses import replace

from tp.api.model import Model


def linted(model: Model) -> Model:
    """``model`` with warnings about what takes the order calculus to see, beside those of reading it."""
    from tp.studies.lints import lints

    program = model.program
    return replace(model, program=replace(program, warnings=(*program.warnings, *lints(program))))
