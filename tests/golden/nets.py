"""The golden nets as programs (README.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tp

HERE = Path(__file__).parent
NETS: dict[str, tuple[str, dict[str, Any]]] = {
    "mlp1_relu": ("mlp", {"depth": 1}),
    "mlp3_relu": ("mlp", {}),
    "mlp2_erf": ("mlp", {"depth": 2, "phi": "erf", "w": 1.3, "b": 0.2}),
    "mlp2_gelu": ("mlp", {"depth": 2, "phi": "gelu", "w": 1.4, "b": 0}),
    "mlp2_sin": ("mlp", {"depth": 2, "phi": "sin", "w": 1, "b": 0}),
    "resmlp_relu": ("resmlp", {}),
    "cnn2_relu_flatten_same": ("cnn_flatten_same", {}),
    "cnn2_erf_flatten_circular": ("cnn_flatten_circular", {"phi": "erf"}),
    "cnn2_relu_gap_valid": ("cnn_pool", {}),
}
"""A program beside this file, and its settings, by the name of the net."""


def load(net: str) -> tp.Model:
    """The program of ``net``."""
    name, settings = NETS[net]
    return tp.load(HERE / f"{name}.tp", **settings)
