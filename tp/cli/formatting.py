"""tp format: programs in the one canonical layout."""

from __future__ import annotations

from tp.cli.options import File, Output, emit, require


def format_file(file: File, output: Output = None) -> int:
    """Print a program in canonical layout."""
    from tp.syntax.format import format_text
    from tp.syntax.modules import read

    require(file)
    emit(format_text(read(file), str(file)).rstrip("\n"), output)
    return 0
