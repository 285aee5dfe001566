"""Activations, found by name. A new one is a new file here; nothing else changes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import fields
from functools import cache

from tp.activations.base import Activation, Bound, Parity, Smoothness

__all__ = ["Activation", "Bound", "Parity", "Smoothness", "find", "known"]

_CALL = re.compile(r"^([a-z_0-9]+)(?:\((.*)\))?$")


@cache
def known() -> dict[str, type[Activation]]:
    """Every activation class by keyword."""
    classes: dict[str, type[Activation]] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name != "base"):
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(value, type) and issubclass(value, Activation) and "keyword" in vars(value):
                classes[value.keyword] = value
    return dict(sorted(classes.items()))


@cache
def find(name: str) -> Activation:
    """The activation called ``name``, such as ``tanh``, ``monomial(3)`` or ``power(-1/2)``.

    Raises KeyError for an unknown name and ValueError for arguments that do not fit.
    """
    match = _CALL.match(name)
    if match is None or match[1] not in known():
        raise KeyError(name)
    kind = known()[match[1]]
    arguments = [a.strip() for a in match[2].split(",")] if match[2] else []
    allowed = sum(f.init for f in fields(kind))
    if len(arguments) > allowed:
        raise ValueError(f"{kind.keyword} takes {allowed} argument(s), not {len(arguments)}")
    return kind(*arguments)
