"""Widths as users write them, and plans that are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.sampling.fakes import Fake
from tp.diagnostics.diagnostic import TpError
from tp.sampling import memory_limit as room
from tp.sampling import plan
from tp.sampling.memory_limit import require_memory
from tp.sampling.plan import Plan
from tp.sampling.reading import parse_budget, parse_width, parse_widths, read_widths


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("64,128,256", (64, 128, 256)),
        ("256, 64,64", (64, 256)),
        ("64", (64,)),
        ("64:1024", (64, 128, 256, 512, 1024)),
        ("1e2:1e4:3", (100, 1000, 10000)),
        ("1e2:1e4", (100, 193, 373, 720, 1389, 2683, 5179, 10000)),
        ("100:110", (100, 110)),
        ("64:8192", (64, 128, 256, 512, 1024, 2048, 4096, 8192)),
        ("1e2:1e6", (100, 316, 1000, 3162, 10_000, 31_623, 100_000, 316_228, 1_000_000)),
    ],
)
def test_widths(text: str, widths: tuple[int, ...]) -> None:
    assert parse_widths(text) == widths


@pytest.mark.parametrize(
    "text", ["", "a", "64,", "64,-1", "0", "1.5", "1e40", "nan", "inf:64", "64:32", "1:2:3:4", "64:128:1", "64:128:1e6"]
)
def test_widths_that_make_no_sense(text: str) -> None:
    with pytest.raises(TpError) as problem:
        parse_widths(text)
    assert problem.value.diagnostics[0].code == "TP502"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"widths": ()}, "TP502"),
        ({"widths": (0,)}, "TP502"),
        ({"widths": (2.5,)}, "TP502"),
        ({"widths": (True,)}, "TP502"),
        ({"widths": (10**10,)}, "TP502"),
        ({"seeds": 0}, "TP503"),
        ({"seeds": 2.5}, "TP503"),
        ({"seeds": 10**12}, "TP503"),
        ({"dtype": "float16"}, "TP504"),
        ({"engine": "sparse"}, "TP504"),
        ({"max_width": 0}, "TP502"),
        ({"budget": -1.0}, "TP503"),
        ({"budget": float("nan")}, "TP503"),
    ],
)
def test_plans_that_make_no_sense(settings: dict[str, object], code: str) -> None:
    with pytest.raises(TpError) as problem:
        Plan(**settings)  # type: ignore[arg-type]
    assert problem.value.diagnostics[0].code == code


def test_too_many_seeds_say_how_many_are_allowed() -> None:
    with pytest.raises(TpError, match="from 1 to 1000000000, not 1000000000000"):
        Plan(seeds=10**12)


def test_wide_ranges_may_take_longer() -> None:
    assert Plan().time_limit == plan.SECONDS
    assert Plan((100, 10**6)).time_limit == plan.LONG_SECONDS
    assert Plan((100, 10**6), budget=0.0).time_limit == 0.0


def test_widths_as_numbers() -> None:
    assert read_widths([64, 16, 64]) == (16, 64)
    assert read_widths(np.array([64, 16])) == (16, 64)  # type: ignore[arg-type]
    assert all(type(n) is int for n in read_widths(np.array([64, 16])))  # type: ignore[arg-type]
    assert read_widths("16:64") == (16, 32, 64)
    assert read_widths(None) == plan.WIDTHS


@pytest.mark.parametrize("widths", [5, 2.5, [0], ["64"], [None]])
def test_widths_that_are_not_numbers(widths: Any) -> None:
    with pytest.raises(TpError) as problem:
        read_widths(widths)
    assert problem.value.diagnostics[0].code == "TP502"


def nothing(n: int, first: int, count: int) -> dict[str, np.ndarray]:
    raise AssertionError("nothing is drawn")


def test_memory_is_refused_with_the_figure() -> None:
    with pytest.raises(TpError, match=r"width 1000000 needs 1310720\.6 GiB") as problem:
        require_memory(Fake(nothing, need=lambda n: 1000 if n == 64 else 2**50), Plan((64, 10**6)))
    assert problem.value.diagnostics[0].code == "TP501"


def test_memory_that_suffices_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda: room.RUNTIME + 1250)
    require_memory(Fake(nothing, need=lambda _: 1000), Plan((64,)))
    with pytest.raises(TpError):
        require_memory(Fake(nothing, need=lambda _: 1001), Plan((64,)))


def test_this_machine_has_memory() -> None:
    assert room.free_memory() > 2**20


def test_widths_are_added_in_steps() -> None:
    assert Plan().larger == ()
    assert Plan(max_width=65536).larger == (8192, 65536)
    assert Plan(max_width=65535).larger == (8192,)
    assert Plan((10, 30), max_width=100).larger == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("5m", 300), ("1.5h", 5400), ("1h2m3s", 3723), (" 2m30 ", 150), ("0", 0), ("0.5s", 0.5)],
)
def test_budgets(text: str, seconds: float) -> None:
    assert parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "m", "five", "-3", "1.2.3s", "5m1h", "nan", "inf", "1e3"])
def test_budgets_that_make_no_sense(text: str) -> None:
    with pytest.raises(TpError) as problem:
        parse_budget(text)
    assert problem.value.diagnostics[0].code == "TP503"


@pytest.mark.parametrize(("text", "width"), [("4096", 4096), ("1e5", 100_000)])
def test_one_width(text: str, width: int) -> None:
    assert parse_width(text) == width
