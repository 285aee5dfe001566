"""Optimisers by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from tp.diagnostics.diagnostic import error
from tp.optimizers.optimizer import Optimizer
from tp.optimizers.setting import Setting

OPTIMIZERS: dict[str, type[Optimizer]] = {}
DEFAULT = "sgd"
"""The name of the default optimiser."""

Kind = TypeVar("Kind", bound=type[Optimizer])


def register(optimizer: Kind) -> Kind:
    """A decorator: makes an optimiser known by its name. Raises ValueError where the name is taken."""
    if OPTIMIZERS.setdefault(optimizer.name, optimizer) is not optimizer:
        raise ValueError(f"an optimiser called {optimizer.name} is registered already")
    return optimizer


def make(name: str, values: Mapping[str, Any] | None = None) -> Optimizer:
    """The optimiser called ``name`` with ``values`` by name of the setting, and defaults for the others.

    Raises TpError TP513 for a name or a setting that does not exist, and for a value outside its range.
    """
    if name not in OPTIMIZERS:
        raise error("TP513", f"unknown optimiser {name}", hint=f"one of {', '.join(OPTIMIZERS)}")
    known = {s.name: s for s in OPTIMIZERS[name].settings()}
    for other in values or {}:
        if other not in known:
            labels = ", ".join(s.label for s in known.values())
            raise error("TP513", f"{name} has no setting {other}", hint=f"its settings: {labels}")
    return OPTIMIZERS[name](**(values or {}))


def all_settings() -> dict[str, Setting]:
    """The settings of all optimisers by name: what a command line has options for."""
    return {s.name: s for optimizer in OPTIMIZERS.values() for s in optimizer.settings()}
