"""Warm-up: the learning rate rises linearly over the first steps."""

from __future__ import annotations

from typing import Any

from tp.namespace import namespace


def share(step: Any, steps: float) -> Any:
    """The share of the learning rate in step number ``step`` = 0, 1, ...: min(1, (step + 1) / steps)."""
    return namespace(step).minimum((step + 1) / steps, 1.0)
