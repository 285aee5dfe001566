"""Pictures that commands draw: written where matplotlib is there, and refused in time where it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tp.cli import main

PROGRAM = str(Path(__file__).parents[2] / "programs" / "mean_field.tp")
WORDS = ["transfer", PROGRAM, "--widths", "4,8,16", "--seeds", "2", "--steps", "1", "--no-store", "--quiet"]


def test_a_figure_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "rates.svg"
    assert main([*WORDS, "--figure", str(file)]) in (0, 1, 3)
    assert "best learning rate" in capsys.readouterr().out
    assert file.read_text().count("<path") > 10


@pytest.mark.slow
def test_a_report_from_the_store_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    words = [word for word in WORDS if word != "--no-store"]
    first, again = tmp_path / "first.svg", tmp_path / "again.svg"
    main([*words, "--store", str(tmp_path), "--figure", str(first)])
    monkeypatch.setattr("tp.api.model.Model.transfer", lambda *_, **__: pytest.fail("it is measured again"))
    main([*words, "--store", str(tmp_path), "--figure", str(again)])
    assert again.read_bytes() == first.read_bytes()


@pytest.mark.parametrize(
    ("file", "message"), [("rates.jpg", ".svg, .png, .pdf"), ("nowhere/rates.svg", "No such folder")]
)
def test_a_file_that_cannot_be_written(file: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--figure", file]) == 2
    shown = capsys.readouterr().err
    assert "TP508" in shown
    assert message in shown


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main([*WORDS, "--figure", "rates.svg"]) == 2
    shown = capsys.readouterr().err
    assert "TP508" in shown
    assert 'pip install "tp[plot]"' in shown
