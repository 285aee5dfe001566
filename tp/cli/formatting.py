"""tp format: programs in the one canonical layout."""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given
from tp.cli.options import FILE, OUTPUT, emit, require
from tp.exit_code import ExitCode


def format_file(given: Given) -> ExitCode:
    """Print the program in canonical layout."""
    from tp.api.loading import format_source, read_source

    (file,) = given[FILE]
    require(file)
    emit(format_source(read_source(file), file).rstrip("\n"), given[OUTPUT])
    return ExitCode.HOLDS


COMMAND = Command("format", "Print a program in canonical layout.", format_file, FILE, (OUTPUT,))
