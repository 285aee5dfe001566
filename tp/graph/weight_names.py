"""Names that stand for weights."""

from __future__ import annotations


def covers(name: str, weight: str) -> bool:
    """Whether ``name`` stands for ``weight``: as its name, its family, or the function that owns it."""
    return weight == name or weight.startswith((f"{name}[", f"{name}/"))
