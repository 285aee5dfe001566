"""What decides the numbers of a measurement: program, inputs and versions, each as a short text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from tp.graph.graph import Graph
from tp.graph.text import print_computation

FORMAT = 1
"""Counted up when the meaning of a stored file changes."""
_PACKAGES = ("jax", "jaxlib", "numpy")
_ROOMS = ("graph", "activations", "primitives", "transform", "interpret", "quantities", "experiments")
"""Whose code decides what a draw is."""


def program_hash(graph: Graph) -> str:
    """A hash of what ``graph`` computes: names of values, labels and places in the source do not matter."""
    return hashlib.sha256(print_computation(graph).encode()).hexdigest()


def inputs_hash(inputs: Mapping[str, np.ndarray[Any, Any]]) -> str:
    """A hash of names, shapes, types and numbers."""
    found = hashlib.sha256()
    for name, array in sorted(inputs.items()):
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        found.update(f"{len(name)} {name} {plain.dtype.str} {plain.shape} ".encode())
        found.update(plain.tobytes())
    return found.hexdigest()


@cache
def versions() -> Mapping[str, str]:
    """The versions that numbers depend on. That of tp has a hash of its code, so that no edit goes unnoticed."""
    found = {name: _version(name) for name in _PACKAGES}
    return {"tp": f"{_version('tp')}+{_code()}", **found, "format": str(FORMAT)}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _code() -> str:
    """A short hash of the sources in :data:`_ROOMS`."""
    found = hashlib.sha256()
    root = Path(__file__).parents[1]
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
