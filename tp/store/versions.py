"""The versions that results depend on: of packages, and a hash of the modules of tp that a draw loads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tp.store.loaded import ROOT, loaded

FORMAT = 2
"""Increased when the meaning of a stored file changes."""
EXPERIMENTS = ("tp.experiments.correlations", "tp.experiments.training.trainer")
"""The modules of the experiments whose draws are stored."""
_PACKAGES = ("jax", "jaxlib", "numpy", "scipy")


@cache
def versions(code: str) -> Mapping[str, str]:
    """The versions that results of the experiment in the module ``code`` depend on, by package.

    The version of tp contains a hash of the modules that a draw loads, so that every edit changes it.
    """
    found = {name: _version(name) for name in _PACKAGES}
    return {"tp": f"{_version('tp')}+{code_hash(code)}", **found, "format": str(FORMAT)}


def code_hash(code: str, root: Path = ROOT) -> str:
    """A short hash of the names and sources of all modules that a draw of the experiment ``code`` loads."""
    found = hashlib.sha256()
    for path in loaded(code, root).values():
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
