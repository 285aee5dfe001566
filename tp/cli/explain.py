"""tp explain: what a diagnostic code means."""

from __future__ import annotations

from typing import Annotated

import typer

from tp.diagnostics.diagnostic import error


def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="For example TP501.")]) -> int:
    """Explain a diagnostic code."""
    from tp.diagnostics.codes import CODES

    found = CODES.get(code.upper())
    if found is None:
        raise error("TP509", f"no diagnostic has the code {code}", hint=f"codes run from {min(CODES)} to {max(CODES)}")
    print(f"{code.upper()}: {found}")
    return 0
