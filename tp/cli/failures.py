"""Diagnostics on their way out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tp.diagnostics.diagnostic import Diagnostic


def complain(diagnostics: Sequence[Diagnostic], as_json: bool) -> int:
    """Print ``diagnostics``, as text on stderr or as JSON on stdout, and return the exit code 2."""
    if as_json:
        from tp.diagnostics.json import render

        print(render(diagnostics))
    else:
        from tp.diagnostics.text import render

        print(render(diagnostics), file=sys.stderr)
    return 2
