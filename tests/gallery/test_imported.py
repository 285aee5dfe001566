"""The importer writes networks of the gallery so that the calculus says of them what it says of the programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jax.numpy as jnp
import pytest

import tp
from tests.gallery import networks
from tests.marks import exhaustive

GALLERY = Path(__file__).parents[2] / "programs" / "gallery"
WIDTHS = (64, 128, 256)
QUANTITIES = ["F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]"]


def siren() -> tp.Imported:
    return tp.from_jax(networks.siren_init, networks.siren_apply, jnp.array([0.5, -1.0]), WIDTHS, name="siren")


IMPORTED: dict[str, Callable[[], tp.Imported]] = {
    "siren": siren,
    "lora": lambda: tp.from_jax(networks.lora, WIDTHS),
    "gpt": lambda: tp.from_jax(networks.gpt, WIDTHS),
    "llama_block": lambda: tp.from_jax(networks.llama, WIDTHS),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", exhaustive(IMPORTED, but=["lora"]))
def test_an_import_has_the_orders_of_the_program(name: str) -> None:
    written = tp.load(GALLERY / f"{name}.tp").orders(QUANTITIES).prediction
    imported = IMPORTED[name]().orders(QUANTITIES).prediction
    for quantity in QUANTITIES:
        assert imported.exponents[quantity] == written.exponents[quantity], quantity
        assert imported.exact[quantity], quantity
