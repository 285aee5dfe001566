"""The initial laws that weights may have, found by name. A new one is a new file here; nothing else changes.

A law is one of its entries (``LAWS``), and for a matrix optionally a structure around it (``STRUCTURES``).
"""

from __future__ import annotations

import importlib
import pkgutil

from tp.laws.base import Family, Form

__all__ = ["LAWS", "STRUCTURES", "Family", "Form"]

_FOUND = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__) if m.name != "base"]
LAWS: dict[str, Family] = {m.LAW.name: m.LAW for m in _FOUND if hasattr(m, "LAW")}
STRUCTURES: dict[str, Form] = {m.STRUCTURE.name: m.STRUCTURE for m in _FOUND if hasattr(m, "STRUCTURE")}
