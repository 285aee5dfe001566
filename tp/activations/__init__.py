"""Activations, found by name. A new one is a new file here; nothing else changes."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields
from functools import cache
from importlib.util import find_spec

from tp.activations.base import Activation, Bound, Parity, Smoothness, Split

__all__ = ["Activation", "Bound", "Parity", "Smoothness", "Split", "find", "known", "offered"]

_CALL = re.compile(r"^([a-z_0-9]+)(?:\((.*)\))?$")


@cache
def known() -> dict[str, type[Activation]]:
    """Every activation class by keyword."""
    import pkgutil

    classes: dict[str, type[Activation]] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name != "base"):
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            if isinstance(value, type) and issubclass(value, Activation) and "keyword" in vars(value):
                classes[value.keyword] = value
    return dict(sorted(classes.items()))


@cache
def offered() -> tuple[str, ...]:
    """The keywords that messages offer: those of all activations but parts of others."""
    return tuple(keyword for keyword, kind in known().items() if not kind.internal)


@cache
def find(name: str) -> Activation:
    """The activation called ``name``, such as ``tanh``, ``monomial(3)`` or ``power(-1/2)``.

    Raises KeyError for an unknown name and ValueError for arguments that do not fit.
    """
    match = _CALL.match(name)
    kind = None if match is None else _kind(match[1])
    if match is None or kind is None:
        raise KeyError(name)
    arguments = [a.strip() for a in match[2].split(",")] if match[2] else []
    allowed = sum(f.init for f in fields(kind))
    if len(arguments) > allowed:
        raise ValueError(f"{kind.keyword} takes {allowed} argument(s), not {len(arguments)}")
    return kind(*arguments)


def _kind(keyword: str) -> type[Activation] | None:
    """The class with that keyword. A file of the same name is looked at first, so that not all are imported."""
    if find_spec(f"{__name__}.{keyword}") is not None:
        for value in vars(importlib.import_module(f"{__name__}.{keyword}")).values():
            if isinstance(value, type) and issubclass(value, Activation) and vars(value).get("keyword") == keyword:
                return value
    return known().get(keyword)
