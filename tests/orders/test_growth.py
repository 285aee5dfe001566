"""Work grows in proportion to depth: derivations, distinct values and flips, counted rather than timed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.marks import slow
from tp.interpret.orders import calculus_for
from tp.orders.proof.derivation import lines
from tp.orders.typical.pruning import MOST
from tp.quantities.definitions import Quantity
from tp.syntax import load
from tp.theory.all_orders import series
from tp.theory.regime import regime
from tp.theory.scalars import Scalars

PROGRAMS = Path(__file__).parents[2] / "programs"
ORDERS = ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 1))


@cache
def sizes(name: str, setting: str, depth: int) -> dict[str, int]:
    """Lines and distinct values of every derivation, and the flips that are told apart."""
    graph = load(PROGRAMS / f"{name}.tp", {setting: str(depth)}).graph
    calculus = calculus_for(graph)
    scalars = Scalars(graph, max(d for _, d in ORDERS), calculus)
    grounds = {f"C[{D},{d}]": scalars.ground(Quantity("", D, d, 1.0)).derivation for D, d in ORDERS}
    closed = series(scalars)
    assert closed is not None
    grounds["series"] = closed.derivation
    grounds["F - F_lin"] = regime(graph, calculus).grounds["F - F_lin"]
    out = {"flips": len(calculus.rules.flips.listed), "nodes": len(scalars.graph)}
    for quantity, ground in grounds.items():
        proof = lines([ground])
        assert all(len(line.value.terms) <= MOST for line in proof)
        out[f"lines of {quantity}"] = len(proof)
        out[f"values of {quantity}"] = len({id(line.value) for line in proof})
    return out


@pytest.mark.parametrize(
    ("name", "setting", "depths"),
    [
        ("mlp", "depth", (10, 20, 30)),
        *slow([("mlp", "depth", (20, 40, 60))]),
        ("residual_mlp", "depth", (6, 9, 12)),
    ],
)
def test_work_grows_in_proportion_to_depth(name: str, setting: str, depths: tuple[int, int, int]) -> None:
    few, some, many = (sizes(name, setting, depth) for depth in depths)
    for what, first in few.items():
        early, late = some[what] - first, many[what] - some[what]
        assert 0 <= late <= early * 1.1 + 2, (what, first, some[what], many[what])
    assert few["lines of C[0,3]"] < many["lines of C[0,3]"]
