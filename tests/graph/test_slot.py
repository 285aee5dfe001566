"""Slots: their names, and that they are found again in them."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tp.graph.axes import Axis, Width
from tp.graph.builder import GraphBuilder
from tp.graph.parameter import Law, Parameter
from tp.graph.slot import DIRECTIONS, HERE, POINT, Place, Role, Slot, slot_of
from tp.graph.text import parse_graph, print_graph
from tp.primitives import known
from tp.primitives.apply import Apply
from tp.primitives.input import Input

NUMBERED = (Role.COPY, Role.FREE_LEFT, Role.FREE_RIGHT)
NAMES = st.sampled_from(["x", "W[2]", "cell(2)/W", "a b", "W 3", ""])


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    role = draw(st.sampled_from(Role))
    name = draw(NAMES | slots())
    return Slot(role, name, draw(st.integers(0, 40)) if role in NUMBERED else None)


@given(slots())
def test_slots_are_found_again(slot: Slot) -> None:
    for found in (slot_of(str(slot)), pickle.loads(pickle.dumps(slot))):
        assert isinstance(found, Slot)
        assert found == slot
        assert (found.role, found.name, found.number) == (slot.role, slot.name, slot.number)
        assert type(found.name) is type(slot.name)


@pytest.mark.parametrize("text", ["x", "", "@", "@sample", "@no W", "@copy x", "@copy x 01", "@copy x -1"])
def test_other_names_are_no_slots(text: str) -> None:
    assert slot_of(text) is None


@pytest.mark.parametrize(("role", "number"), [(Role.POINT, 0), (Role.COPY, None)])
def test_numbers_belong_to_some_roles(role: Role, number: int | None) -> None:
    with pytest.raises(ValueError, match="number"):
        Slot(role, "x", number)


def test_places() -> None:
    assert HERE.of("x") == "x"
    assert POINT.of("x") == "@point x"
    assert DIRECTIONS.of(Slot(Role.OUTPUT, "f")) == "@directions @weights f"
    assert Place(Role.COPY, 3).of("x") == Slot(Role.COPY, "x", 3) == "@copy x 3"


def test_slots_in_the_text_of_a_graph() -> None:
    axis = Axis("n", Width("n"))
    move = Slot(Role.MOVE, "W")
    graph = GraphBuilder({"n": Width("n")}, {move: Parameter(move, (axis,), (axis,), Law("normal"))})
    graph.add(Apply(move), graph.add(Input(Slot(Role.LEFT, "W"), (axis,))))
    built = graph.build()
    read = parse_graph(print_graph(built), known())
    assert read == built
    operations = [node.operation for node in read.nodes]
    assert isinstance(operations[0], Input)
    assert isinstance(operations[1], Apply)
    for name, role in ((operations[0].name, Role.LEFT), (operations[1].parameter, Role.MOVE)):
        assert isinstance(name, Slot)
        assert name.role is role
