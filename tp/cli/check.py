"""tp check: is the program well formed and well typed?"""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given
from tp.cli.options import FILES, FORMAT, OUTPUT, SET, emit, models
from tp.exit_code import ExitCode


def check(given: Given) -> ExitCode:
    """Print that all programs are fine; errors in them are raised."""
    found = models(given)
    if given[FORMAT] == "json":
        import json

        rows = [{"program": m.name, "file": m.program.file, "diagnostics": []} for m in found]
        emit(json.dumps(rows[0] if len(rows) == 1 else rows, indent=2, ensure_ascii=False), given[OUTPUT])
    else:
        emit("\n".join(f"{m.program.file}: {m.name} is fine" for m in found), given[OUTPUT])
    return ExitCode.HOLDS


COMMAND = Command("check", "Check programs for errors, without running them.", check, FILES, (SET, FORMAT, OUTPUT))
