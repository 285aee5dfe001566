"""tp format: programs in the one canonical layout."""

from __future__ import annotations

from tp.cli.options import File, Output, emit


def format_file(file: File, output: Output = None) -> int:
    """Print a program in canonical layout."""
    from tp.syntax.format import format_text

    emit(format_text(file.read_text(encoding="utf-8"), str(file)).rstrip("\n"), output)
    return 0
