"""What docs/language.md says of optimisers."""

from __future__ import annotations

import re
from pathlib import Path

import tp
from tp.optimizers import OPTIMIZERS
from tp.optimizers.by_weight import ByWeight

TEXT = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```tp\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_the_example_with_optimisers_trains_all_its_weights() -> None:
    """As the page says below it."""
    (text,) = (example for example in EXAMPLES if "program trained(" in example)
    found = tp.parse(text).orders(["F"]).regime
    assert found is not None
    assert [(mover.verdict, mover.known) for mover in found.movers] == [("maximally", True)] * 4


def test_the_table_of_optimisers_is_that_of_their_settings() -> None:
    """Every optimiser with its own settings and defaults; those of all are in the last row."""
    rows = {m[1]: m[2] for m in re.finditer(r"^\| (?:`(\w+)`) \| (`eta` .*) \|$", TEXT, flags=re.MULTILINE)}
    assert set(rows) == set(OPTIMIZERS) - {"groups"}
    shared = {"clip": "0", "warmup": "0", "power": "0", "decay": "0"}
    for name, row in rows.items():
        said = dict(re.findall(r"`(\w+)` ([\w.-]+)", row))
        usual = {s.name: s.default for s in OPTIMIZERS[name].settings() if not isinstance(s.default, ByWeight)}
        shown = {k: f"{v:g}" if isinstance(v, float) else str(v).lower() for k, v in usual.items()}
        assert {**shared, **said} == shown, name
