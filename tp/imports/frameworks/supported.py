"""The versions of frameworks that are supported: jaxprs and the insides of frameworks are no stable interfaces."""

from __future__ import annotations

import re
import sys

from tp.diagnostics.diagnostic import TpError, error

SUPPORTED: dict[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "jax": ("jax", (0, 8), (0, 11)),
    "flax": ("flax", (0, 12), (0, 13)),
    "equinox": ("equinox", (0, 13), (0, 14)),
    "haiku": ("dm-haiku", (0, 0, 16), (0, 1)),
    "optax": ("optax", (0, 2, 6), (0, 3)),
}
"""By module: the package, the first version that is supported, and the first one after it that is not."""

INSTALL = 'pip install "tp[import]"'


def require(name: str) -> None:
    """Raises TpError TP906 where the imported module ``name`` has a version that is not supported."""
    package, low, high = SUPPORTED[name]
    version = getattr(sys.modules[name], "__version__", None)
    if version is None:
        from importlib.metadata import version as installed

        version = installed(package)
    if not low <= numbers(version) < high:
        message = f"{package} {version} is not supported: versions from {_written(low)} to below {_written(high)} are"
        raise error("TP906", message, hint=f"install one of them, as {INSTALL} does")


def missing(problem: ModuleNotFoundError) -> TpError | None:
    """TP906 where the module that was not found is a framework; None otherwise."""
    name = (problem.name or "").partition(".")[0]
    if name not in SUPPORTED or name in sys.modules:
        return None
    return error("TP906", f"{SUPPORTED[name][0]} is not installed", hint=INSTALL)


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (0, 12, 8) for ``"0.12.8.dev1"``."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _written(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
