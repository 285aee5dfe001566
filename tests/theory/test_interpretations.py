"""No primitive is passed over by an analysis: each has a rule in every interpretation of theory."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import tp.theory
from tp.graph.interpretation import Interpretation, NotInterpreted
from tp.graph.operation import Operation
from tp.primitives import known

MODULES = [m.name for m in pkgutil.walk_packages(tp.theory.__path__, "tp.theory.")]
FOUND = {
    value.name: value
    for name in MODULES
    for value in vars(importlib.import_module(name)).values()
    if isinstance(value, Interpretation)
}


def test_there_are_interpretations() -> None:
    assert {"scales of entries", "premises", "formulas", "axes that are summed over"} <= FOUND.keys()


@pytest.mark.parametrize("keyword", sorted(known()))
@pytest.mark.parametrize("name", sorted(FOUND))
def test_every_primitive_has_a_rule(name: str, keyword: str) -> None:
    kind, interpretation = known()[keyword], FOUND[name]
    assert kind in interpretation.rules or kind in interpretation.refused or interpretation.default is not None


@pytest.mark.parametrize("name", sorted(FOUND))
def test_a_newcomer_without_a_rule_is_an_error(name: str) -> None:
    class Newcomer(Operation):
        pass

    Newcomer.__abstractmethods__ = frozenset()
    interpretation = FOUND[name]
    if interpretation.default is None:
        with pytest.raises(NotInterpreted, match="newcomer"):
            interpretation.of(Newcomer())
