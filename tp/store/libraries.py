"""The libraries that answers are computed with, as part of their key. Nothing is imported for it."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tp.store.key import digest

LIBRARIES = ("jax", "jaxlib", "numpy", "scipy")


@cache
def libraries() -> str:
    """A hash of the versions of Python and of all libraries that compute.

    Each has a file ``version.py``, which is read: to ask for the metadata of a package takes longer than all else that
    a stored answer needs.
    """
    found = [".".join(map(str, sys.version_info[:3]))]
    for name in LIBRARIES:
        found.append(f"{name} {_version(name)}")
    return digest("\n".join(found))


def _version(name: str) -> str:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return "missing"
    try:
        return (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
    except OSError:
        from importlib.metadata import version

        return version(name)


def releases() -> dict[str, str]:
    """The versions of Python and of :data:`LIBRARIES` by name, for readers; "unknown" where no metadata lies beside."""
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: _release(name) for name in LIBRARIES}}


def _release(name: str) -> str:
    """The version in the name of the folder of metadata: to ask for it in any other way takes a tenth of a second."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return "missing"
    beside = Path(spec.origin).parents[1].glob(f"{name}-*.dist-info")
    return next((folder.name.removesuffix(".dist-info").partition("-")[2] for folder in beside), "unknown")
