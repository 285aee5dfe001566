"""Twelve blocks like those of GPT-2, on six tokens."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from tests.imports.models.others.gpt2_fused import GPT, GPTConfig


def make(n: int) -> tuple[Any, Any]:
    return GPT(GPTConfig(n, n_layer=12)), jnp.zeros((1, 6), jnp.int32)
