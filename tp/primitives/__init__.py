"""The primitives. Each file holds one, or one and its adjoint: types, and rules for adjoints, arrays and orders.

The rules are registered in the interpretations of ``tp.primitives.interpretations`` and ``tp.primitives.traits``.
A new primitive is a new file here; :func:`known` finds it.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from tp.graph.operation import Operation


@cache
def known() -> dict[str, type[Operation]]:
    """Every primitive by its keyword in the textual form of graphs."""
    found: dict[str, type[Operation]] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(value, type) and issubclass(value, Operation) and value.__module__.endswith("." + module):
                found[value.keyword()] = value
    return found
