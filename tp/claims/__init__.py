"""The kinds of claims that a program can make. One file holds one kind; a new kind is a new file here."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from tp.claims.kind import ClaimKind


@cache
def known() -> dict[str, ClaimKind]:
    """Every kind of claim by its word in a program, in alphabetical order of the files."""
    found: dict[str, ClaimKind] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        kind = getattr(importlib.import_module(f"{__name__}.{module}"), "KIND", None)
        if kind is not None:
            found[kind.word] = kind
    return found
