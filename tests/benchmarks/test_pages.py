"""The page of a result with twenty quantities: how large it is, and how long it takes beside the measurement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ratios import Ratio, Record

import tp
from tp.store.loaded import package_hash

PROGRAMS = Path(__file__).parents[2] / "programs"
BYTES, SECONDS = 3e6, 3.0
"""What a page may have, and take."""
ASKED = [
    *("F", "kernel", "hessian", "C[2,1]", "C[2,2]"),
    *(f"C[0,{d}]" for d in range(2, 7)),
    *(f"C[1,{d}]" for d in range(1, 7)),
]


@pytest.mark.parametrize("name", ["mlp", "transformer_block"])
def test_a_page_of_twenty_quantities(benchmark: Any, record: Record, name: str) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    few = model.verify("16,32,64,128", quantities=["F", "kernel", "C[0,2]"], seeds=64, store=False)
    rows = few.quantities
    more = tuple(replace(rows[i % len(rows)], name=ASKED[i] if i < len(ASKED) else f"value {i}") for i in range(20))
    result = replace(few, quantities=more)
    package_hash()  # a command has it already, as the key of its answer
    page = benchmark.pedantic(tp.page, args=([result], [model]), rounds=3)
    record(Ratio(f"page of {name}, bytes", len(page.encode()), BYTES, 1, "B"))
    record(Ratio(f"page of {name}, time", benchmark.stats.stats.median, SECONDS, 1, "s"))
