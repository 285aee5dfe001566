"""What is shown while draws come in."""

from __future__ import annotations

import io
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fakes import claim, truth, verified
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

import tp
from tests.resume.program import SMALL
from tp.cli.live import Log
from tp.cli.view import View
from tp.exit_code import ExitCode
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.store.store import Store
from tp.studies.orders import OrdersSoFar
from tp.studies.verify import Verification

NAMES = ("F", "kernel", "C[0,2]")
CLAIMS = (claim("weakly_correlated", exponent=1), claim("order", "C[0,2]", "Theta", Fraction(-1)))
SCHEDULE = tp.Schedule(steps=2, samples=2)
QUICK = tp.Plan.of(widths="16:128", seeds=4)


class Seen:
    """The views of a fake verification, one for each result."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self._now = View("fake", keeps=True)

    def report(self, done: float, total: float, what: str) -> None:
        self._now = View("fake", self._now.result, done, total, what, keeps=True)

    def watch(self, result: Verification) -> None:
        self._now = View("fake", result, self._now.done, self._now.total, self._now.what, keeps=True)
        self.views.append(self._now)


def watched(measured: dict[str, float | None], **more: Any) -> tuple[list[View], Verification]:
    seen = Seen()
    more = {"cost": 0.01, "plan": Plan((64, 128, 256, 512, 1024), max_width=8192), **more}
    found = verified(measured, *CLAIMS, names=NAMES, watch=seen.watch, report=seen.report, **more)
    return seen.views, found


def picture(view: View, width: int) -> str:
    """The frame on a terminal without colours."""
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(view.frame(83.0))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def test_the_frames(snapshot: SnapshotAssertion) -> None:
    """Predictions before the first draw, then a table for each two seconds of work and for each round."""
    views, _ = watched(truth())
    assert len(views) > 4
    assert "\n\n".join(picture(view, 100) for view in (*views[:3], *views[-2:])) == snapshot


def test_frames_on_a_narrow_terminal(snapshot: SnapshotAssertion) -> None:
    views, _ = watched({**truth(), "C[0,2]": -0.5})
    assert "\n\n".join(picture(view, 48) for view in (views[0], views[-1])) == snapshot
    assert all(len(line) <= 48 for view in views for line in picture(view, 48).splitlines())


def test_lines_of_a_log(capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion) -> None:
    """A line for each result, and none where nothing is new."""
    views, _ = watched(truth())
    log = Log()
    for view in (*views[:2], views[1], views[-1]):
        log.show(view, 0.0)
    shown = capsys.readouterr()
    assert not shown.out
    assert shown.err.count("\n") == 3
    assert shown.err == snapshot


def test_what_is_watched_is_what_an_interrupt_leaves() -> None:
    """Rows, claims and assumptions are those of a run that is broken off after the same draws."""
    views, _ = watched(truth())
    for number, view in enumerate(views[:4]):
        result = view.result
        assert isinstance(result, Verification)
        drawn = result.provenance.cells
        _, broken = watched(truth(), stop_at=drawn)
        assert broken.exit_code is ExitCode.UNDECIDED, number
        assert broken.provenance.cells == drawn
        assert (broken.quantities, broken.claims) == (result.quantities, result.claims)
        assert set(result.assumptions) == set(broken.assumptions)


def test_the_last_that_is_watched_is_the_result() -> None:
    views, found = watched(truth())
    last = views[-1].result
    assert isinstance(last, Verification)
    assert (last.quantities, last.claims, last.provenance) == (found.quantities, found.claims, found.provenance)


def test_what_is_stored_is_not_watched(tmp_path: Path) -> None:
    """Only the predictions are: everything else is there at once."""
    views, drawn = watched(truth(), means=Means(Store(tmp_path)))
    assert len(views) > 4
    views, stored = watched(truth(), means=Means(Store(tmp_path)))
    assert len(views) == 1
    assert stored.quantities == drawn.quantities


def test_orders_come_one_by_one() -> None:
    seen: list[OrdersSoFar] = []
    found = tp.parse(SMALL).orders(["F", "C[0,2]", "C[1,1]"], watch=seen.append)
    assert [len(s.prediction.exponents) for s in seen] == [1, 2, 3]
    assert seen[-1].prediction.exponents == found.prediction.exponents
    assert "draws" not in View("small", seen[-1], keeps=True).leaves
    assert seen[-1].prediction.exact == {name: found.prediction.exact[name] for name in found.asked}


def test_the_first_picture_of_a_linearization(snapshot: SnapshotAssertion) -> None:
    """All rows are there, with their predictions."""
    seen: list[tp.Linearization] = []

    def stop(result: tp.Linearization) -> None:
        seen.append(result)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tp.parse(SMALL).linearize(SCHEDULE, plan=QUICK, store=False, watch=stop)
    assert picture(View("small", seen[0], 0.0, 9.0, "n = 16, compiling"), 100) == snapshot


@pytest.mark.slow
def test_training_is_watched() -> None:
    seen: list[tp.Runs] = []
    runs = tp.parse(SMALL).train(SCHEDULE, [8, 16], seeds=2, store=False, watch=seen.append)
    assert seen
    assert seen[-1].curves == runs.curves


@pytest.mark.slow
def test_linearization_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are measured one after another; the last picture is the result. Curves are worked out when asked for."""
    seen: list[tp.Linearization] = []
    asked: list[str] = []
    for name in ("curves.curves", "linearize.along.decays", "linearize.along.exponents_by_step"):
        module, _, function = f"tp.studies.{name}".rpartition(".")
        real = getattr(import_module(module), function)
        monkeypatch.setattr(f"tp.studies.{name}", lambda *args, real=real, name=name: asked.append(name) or real(*args))
    found = tp.parse(SMALL).linearize(SCHEDULE, plan=QUICK, store=False, watch=seen.append)
    assert [q.name for q in seen[1].rows] == [q.name for q in found.rows]
    assert seen[-1].rows == found.rows
    measured = [sum(q.fit is not None for q in result.rows) for result in seen]
    assert measured == sorted(measured)
    assert measured[-1] == len(found.rows)
    assert not asked
    parts = [(part.curves, part.corollary, part.by_step) for part in (seen[-1], seen[-1], found)]
    assert len(asked) == 3
    assert parts[0] == parts[1] == parts[2]
    assert seen[0].curves == seen[0].corollary == ()
