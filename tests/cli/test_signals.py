"""What commands do when they are ended, and what they refuse before they begin."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from tp.cli import live, main
from tp.cli.each import go_on
from tp.cli.option import Given
from tp.experiments.at import At
from tp.experiments.forward import ForwardValues
from tp.studies import orders
from tp.theory.analysis import Analysis

PROGRAMS = Path(__file__).parents[2] / "programs"
FILES = [str(PROGRAMS / name) for name in ("standard_mlp.tp", "mean_field.tp")]
Captured = pytest.CaptureFixture[str]


def test_sigterm_prints_what_is_known(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """The second program is ended; the result of the first is printed."""
    plain, before = orders.orders, signal.getsignal(signal.SIGTERM)

    def ended(program: Any, *words: Any, **more: Any) -> Any:
        if program.name == "mean_field":
            os.kill(os.getpid(), signal.SIGTERM)
        return plain(program, *words, **more)

    monkeypatch.setattr(orders, "orders", ended)
    assert main(["orders", *FILES, "--quantities", "F"]) == 3
    shown = capsys.readouterr()
    assert "standard_mlp" in shown.out
    assert "interrupted before anything was known" in shown.out.partition("summary")[2]
    assert "mean_field" not in shown.out.partition("summary")[0]
    assert "interrupted in mean_field" in shown.err
    assert signal.getsignal(signal.SIGTERM) == before


def test_an_interrupt_prints_what_was_derived(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    plain = orders.orders

    def ended(*words: Any, watch: Any, **more: Any) -> Any:
        def stop(known: orders.OrdersSoFar) -> None:
            watch(known)
            if len(known.prediction.exponents) == 2:
                raise KeyboardInterrupt

        return plain(*words, watch=stop, **more)

    monkeypatch.setattr(orders, "orders", ended)
    assert main(["orders", FILES[0], "--quantities", "F,kernel,C[0,2]"]) == 3
    shown = capsys.readouterr()
    lines = [line.split() for line in shown.out.splitlines()]
    assert ["kernel", "0"] in lines
    assert ["C[0,2]", "?"] in lines
    assert "interrupted: this is what was known so far" in shown.out
    assert "interrupted in standard_mlp" in shown.err


@pytest.mark.parametrize("quiet", [True, False])
def test_a_view_is_on_stderr_or_nowhere(quiet: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Also where it is shown from the first moment on; standard output has the result alone."""
    words = ["orders", FILES[0], "--quantities", "F", "--format", "json", *(["--quiet"] if quiet else [])]
    monkeypatch.setattr(live.Log, "first", 0.01)
    assert main(words) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["program"] == "standard_mlp"
    assert shown.err.startswith("standard_mlp") is not quiet
    assert not (quiet and shown.err)


@pytest.mark.parametrize(
    "words",
    [
        ["orders", "--output", "nowhere/x.txt"],
        ["orders", "--certificate", "nowhere/x.json"],
        ["verify", "--output", "."],
        ["verify", "--quantities", "C[9,9]"],
        ["verify", "--data", "nowhere.csv"],
        ["verify", "--widths", "1e9", "--engine", "dense"],
        ["linearize", "--data", "nowhere.csv"],
        ["linearize", "--widths", "1e9", "--engine", "dense"],
    ],
    ids=" ".join,
)
def test_options_are_checked_before_anything_is_computed(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def computed(*_: Any, **__: Any) -> Any:
        raise AssertionError("something is computed")

    monkeypatch.setattr("tp.theory.analysis.Analysis.__init__", computed)
    monkeypatch.setattr("tp.experiments.correlations.Correlations.draw", computed)
    assert main([*words, str(PROGRAMS / "mlp.tp")]) == 2
    assert "something is computed" not in capsys.readouterr().err


def test_the_command_that_goes_on(capsys: Captured) -> None:
    def of(*budgets: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(next_budget=budget) for budget in budgets]

    go_on("verify", Given({}, ["my net.tp", "--budget", "9s", "--seeds", "4", "--budget=3s"]), of("", "5m"))
    assert capsys.readouterr().err == "to go on: tp verify 'my net.tp' --seeds 4 --budget 5m\n"
    go_on("verify", Given({}, ["a.tp"]), of(""))
    assert not capsys.readouterr().err


def test_an_interrupt_while_predicting_prints_what_was_predicted(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    plain = Analysis.prediction

    def ended(self: Analysis, quantities: Any, **more: Any) -> Any:
        if len(quantities) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return plain(self, quantities, **more)

    monkeypatch.setattr(Analysis, "prediction", ended)
    assert main(["verify", FILES[0], "--quantities", "F,kernel,C[0,2]"]) == 3
    shown = capsys.readouterr()
    assert "interrupted: this is what was known so far" in shown.out
    assert ["F", "0"] in [line.split()[:2] for line in shown.out.splitlines()]
    assert "not looked at yet" in shown.out


def test_an_interrupted_run_prints_the_widths_so_far(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    plain = ForwardValues.draw

    def ended(self: ForwardValues, at: At, *words: Any) -> Any:
        if at.width == 32:
            os.kill(os.getpid(), signal.SIGTERM)
        return plain(self, at, *words)

    monkeypatch.setattr(ForwardValues, "draw", ended)
    assert main(["run", FILES[0], "--widths", "16,32", "--format", "json"]) == 3
    shown = json.loads(capsys.readouterr().out)
    assert shown["interrupted"] is True
    assert [output["n"] for output in shown["outputs"]] == [16]


def test_a_run_has_no_angles_between_inputs(tmp_path: Path, capsys: Captured) -> None:
    numpy.savetxt(tmp_path / "unit.csv", numpy.eye(16), delimiter=",")
    assert main(["run", str(PROGRAMS / "mlp.tp"), "--data", str(tmp_path / "unit.csv"), "--widths", "8"]) == 0
    shown = capsys.readouterr()
    assert "16 samples" in shown.err
    assert "TP609" not in shown.err
