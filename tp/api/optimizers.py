"""Optimisers by name, and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tp.optimizers import Optimizer, Setting


def optimizer_names() -> tuple[str, ...]:
    """The names of all optimisers; the first one is the default."""
    from tp.optimizers import DEFAULT, OPTIMIZERS

    return (DEFAULT, *(name for name in OPTIMIZERS if name != DEFAULT))


def optimizer_settings() -> Mapping[str, Setting]:
    """The settings of all optimisers by name: label, default, range and help."""
    from tp.optimizers import all_settings

    return all_settings()


def make_optimizer(name: str, settings: Mapping[str, Any] | None = None) -> Optimizer:
    """The optimiser called ``name`` with ``settings`` by name, and defaults for the others.

    Raises:
        TpError: TP513 for an unknown name or setting, or a value outside its range.
    """
    from tp.optimizers import make

    return make(name, settings)
