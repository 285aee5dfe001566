"""The platform in the key of stored draws is found without JAX where it can only be the CPU, and is the one of JAX."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.marks import slow

SCRIPT = """
import json, sys
from tp.interpret.arrays.backend import platform
found = platform("xla")
loaded = "jax" in sys.modules
platform.cache_clear()
import jax
print(json.dumps([found, loaded, platform("xla")]))
"""


@pytest.mark.parametrize("asked", ["cpu", *slow([""])])
def test_it_is_that_of_jax(asked: str) -> None:
    surroundings = {**os.environ, "JAX_PLATFORMS": asked}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=surroundings, capture_output=True, text=True, check=True)
    found, loaded, by_jax = json.loads(done.stdout)
    assert found == by_jax
    if asked == "cpu":
        assert not loaded


def test_another_platform_is_left_to_jax() -> None:
    """It fails there: no such device is here."""
    surroundings = {**os.environ, "JAX_PLATFORMS": "cuda"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "default_backend" in done.stderr
