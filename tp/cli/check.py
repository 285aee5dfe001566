"""tp check: is the program well formed and well typed?"""

from __future__ import annotations

from tp.cli.options import Files, Format, FormatOption, Output, Set, emit, load_all


def check(files: Files, sets: Set = None, form: FormatOption = Format.TEXT, output: Output = None) -> int:
    """Check programs for errors, without running them."""
    models = load_all(files, sets)
    if form is Format.JSON:
        import json

        found = [{"program": m.name, "file": m.program.file, "diagnostics": []} for m in models]
        emit(json.dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=False), output)
    else:
        emit("\n".join(f"{m.program.file}: {m.name} is fine" for m in models), output)
    return 0
