"""Optimisers by name, and their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tp.optimizers import Optimizer, Setting

    Having = tuple[tuple[str, Setting], ...]
    """Names of optimisers, each with its setting."""


def optimizer_names() -> tuple[str, ...]:
    """The names of all optimisers; the first one is the default."""
    from tp.optimizers import DEFAULT, OPTIMIZERS

    return (DEFAULT, *(name for name in OPTIMIZERS if name != DEFAULT))


def optimizer_settings() -> Mapping[str, Setting]:
    """The settings of all optimisers by name: label, default, range and help."""
    from tp.optimizers import all_settings

    return all_settings()


def optimizer_options() -> Mapping[str, Having]:
    """The settings by option of the command line: the name of every optimiser that has it, with its setting."""
    from tp.optimizers.choosing import options

    return options()


def make_optimizer(name: str, settings: Mapping[str, Any] | None = None) -> Optimizer:
    """The optimiser called ``name`` with ``settings`` by name, and defaults for the others.

    Raises:
        TpError: TP513 for an unknown name or setting, or a value outside its range.
    """
    from tp.optimizers import make

    return make(name, settings)
