"""The public names of ``tp``: complete, documented, and imported when they are used."""

from __future__ import annotations

import inspect
import pydoc
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from handmade import mlp

import tp
from tp.api.model import Model
from tp.sampling.plan import PlanSettings
from tp.sampling.resources import ResourceSettings
from tp.written import written_fields

PAGE = (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")
PUBLIC = [name for name in tp.__all__ if name != "__version__"]
METHODS = [name for name, _ in inspect.getmembers(Model, inspect.isfunction) if not name.startswith("_")]


def test_only_public_names_are_listed() -> None:
    import tp.orders.typical  # a subpackage is an attribute of tp, but no public name

    assert dir(tp) == sorted(tp.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there_and_on_the_page(name: str) -> None:
    found = getattr(tp, name)
    assert inspect.getdoc(found)
    assert f"`{name}`" in PAGE


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert tp.__version__ == project["version"]


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'loda'"):
        _ = tp.loda  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", METHODS)
def test_methods_say_what_they_take_and_raise(name: str) -> None:
    method = getattr(Model, name)
    said = inspect.getdoc(method) or ""
    shown = pydoc.plain(pydoc.render_doc(Model))
    assert "Raises:" in said
    assert said.splitlines()[0] in shown


def test_keywords_are_the_fields_of_plans_and_resources() -> None:
    assert PlanSettings.__optional_keys__ == {f.field for f in written_fields(tp.Plan)} - {"widths"}
    assert ResourceSettings.__optional_keys__ == {f.name for f in fields(tp.Resources)}


@pytest.mark.parametrize(
    "settings",
    [
        {"plan": tp.Plan((8,)), "seeds": 2},
        {"plan": tp.Plan((8,)), "widths": [8]},
        {"resources": tp.Resources(), "store": False},
        {"sedes": 3},
    ],
)
def test_keywords_that_contradict_or_do_not_exist(settings: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"either|unexpected keyword"):
        Model(mlp()).verify(**settings)


def test_plans_are_written_as_options_are() -> None:
    plan = tp.Plan.of(widths="64:256", budget="2m", max_width=None, seeds=None)
    assert plan == tp.Plan((64, 128, 256), budget=120.0)
    assert tp.Plan.of().max_width == 65536


def test_representations_are_short() -> None:
    """What a session prints by itself: names and numbers, not graphs and derivations."""
    model = tp.load("programs/mlp.tp")
    orders = model.orders(["F"])
    for shown in (model, model.program, model.graph, orders, tp.Plan.of(), tp.Schedule(), tp.Data("x.csv")):
        assert len(repr(shown)) < 200
        assert "\n" not in repr(shown)
    assert "Term(" not in repr(orders.prediction) + repr(orders.regime)
    with pytest.raises(tp.TpError) as caught:
        tp.parse("program p {")
    assert len(repr(caught.value)) < 100
