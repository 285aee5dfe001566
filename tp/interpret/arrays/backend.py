"""Setting JAX up: precision, and a compilation cache that is kept between runs."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from platform import machine
from typing import Any

from tp.machine import cache_folder


@cache
def platform(path: str) -> str:
    """What computes on the ``path`` "numpy" or "xla", and on which kind of processor or device, as "cpu x86_64".

    Rounding differs between kinds. JAX is not imported for the path of NumPy.
    """
    if path == "numpy":
        return f"numpy {machine()}"
    if _only_cpu():
        return f"cpu {machine()}"
    import jax

    backend = jax.default_backend()
    return f"{backend} {machine() if backend == 'cpu' else jax.devices()[0].device_kind}"


def _only_cpu() -> bool:
    """Whether JAX surely computes on the CPU: no other platform is asked for, and no plugin for one is installed.

    To ask JAX itself takes most of the time of a run whose draws are all stored. Where it is loaded already, it is
    asked: a program may have chosen a platform.
    """
    if "jax" in sys.modules:
        return False
    asked = {os.environ[name] for name in ("JAX_PLATFORMS", "JAX_PLATFORM_NAME") if os.environ.get(name)}
    if asked:
        return asked == {"cpu"}
    plugins = any(find_spec(name) is not None for name in ("jax_plugins", "libtpu"))
    return not plugins and not entry_points(group="jax_plugins")


@cache
def _prepare() -> None:
    """Turns the persistent compilation cache on, if its folder can be written."""
    import jax

    # JAX compiles again if it cannot read an entry. Its warning names a file that users did not choose.
    warnings.filterwarnings("ignore", message="Error reading persistent compilation cache entry")
    folder = cache_folder() / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return
    if not os.access(folder, os.W_OK):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


@contextmanager
def precision(dtype: str) -> Generator[Any]:
    """The JAX dtype called ``dtype`` ("float32" or "float64"), usable inside the context only."""
    import jax
    import jax.numpy as jnp

    if dtype not in ("float32", "float64"):
        raise ValueError(f"unknown dtype {dtype}: expected float32 or float64")
    _prepare()
    with jax.enable_x64(dtype == "float64"):
        yield jnp.dtype(dtype)


_LANE_BYTES = 1 << 31
"""The most bytes that draws made side by side may hold together."""


def lanes(memory: int, most: int) -> int:
    """The number of draws, of ``memory`` bytes each, that are made side by side: a power of two, at most ``most``.

    It is 1 on a CPU, where one draw uses all cores, and batched products of vectors are slower.
    """
    import jax

    if jax.default_backend() == "cpu":
        return 1
    fitting = max(1, min(most, _LANE_BYTES // max(memory, 1)))
    return 1 << (fitting.bit_length() - 1)
