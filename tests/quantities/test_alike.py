"""Which quantities are drawn together."""

from __future__ import annotations

from tp.quantities.definitions import DEFAULT, SYMBOLIC, alike


def test_the_default_quantities_are_one_group() -> None:
    assert alike(DEFAULT) == [DEFAULT]


def test_dear_quantities_are_apart() -> None:
    assert alike([*DEFAULT, "C[0,6]", "hessian", "C[0,5]"]) == [DEFAULT, ("C[0,5]",), ("C[0,6]",), ("hessian",)]
    assert set().union(*alike(SYMBOLIC)) == set(SYMBOLIC)
    assert alike([]) == []
