"""tp results: listing, exporting, pruning."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.store.cells import VERSIONS, filled, series, values
from tp.cli import main
from tp.store.cell import MAGIC, Unreadable, decode
from tp.store.key import Key
from tp.store.names import TEMPORARY, name_of

MLP, CNN = "ab" * 32, "ef" * 32
OLD = replace(series(CNN), versions={**VERSIONS, "jax": "0.1"})
KEYS = [Key(series(MLP), 64, 0, 8), Key(series(MLP), 64, 4, 8), Key(series(MLP), 128, 0, 8)]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "results"
    filled(place, *KEYS, Key(series(MLP, engine="conditioned"), 256, 0, 4))
    filled(place, Key(OLD, 64, 0, 8), called="cnn")
    return place


def run(capsys: Captured, folder: Path, *words: str) -> str:
    assert main(["results", "--store", str(folder), *words]) == 0
    return capsys.readouterr().out


def held(folder: Path) -> int:
    return len(list(folder.rglob("*.cell")))


def test_list(folder: Path, capsys: Captured) -> None:
    lines = [line.split() for line in run(capsys, folder).splitlines()]
    assert lines[4][:-2] == ["mlp", "dense", "float64", "64", "to", "128", "8", "to", "16", "3"]
    assert lines[2][0] == "cnn"
    assert lines[3][:3] == ["mlp", "conditioned", "float64"]
    assert lines[4][-1] == "F,C[0,2]"
    assert lines[-1] == ["5", "cells"]


def test_list_of_nothing(tmp_path: Path, capsys: Captured) -> None:
    assert run(capsys, tmp_path / "none") == f"no results in {tmp_path / 'none'}\n"


@pytest.mark.parametrize(
    ("words", "cells"),
    [
        (["--program", "mlp"], 4),
        (["--program", "efef"], 1),
        (["--widths", "64,256"], 4),
        (["--engine", "conditioned"], 1),
        (["--dtype", "float32"], 0),
        (["--program", "mlp", "--widths", "64:128"], 3),
    ],
)
def test_filters(folder: Path, capsys: Captured, words: list[str], cells: int) -> None:
    found = json.loads(run(capsys, folder, "--format", "json", *words))
    assert sum(row["cells"] for row in found["series"]) == cells


def test_json(folder: Path, capsys: Captured) -> None:
    found = json.loads(run(capsys, folder, "--format", "json", "--engine", "dense", "--program", "mlp"))
    assert found["folder"] == str(folder)
    (row,) = found["series"]
    assert row["quantities"] == ["F", "C[0,2]"]
    assert row["widths"] == [{"n": 64, "draws": 16}, {"n": 128, "draws": 8}]
    assert row["versions"] == VERSIONS


def test_csv(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "out.csv"
    assert run(capsys, folder, "--export", str(path), "--engine", "dense") == f"28 draws in {path}\n"
    with path.open(newline="") as stream:
        found = [row for row in csv.DictReader(stream) if row["program"] == "mlp" and row["n"] == "64"]
    assert [int(row["draw"]) for row in found] == list(range(12))
    wanted = values(Key(series(MLP), 64, 0, 12))["C[0,2]"]
    assert [float(row["C[0,2]"]) for row in found] == list(wanted)


def test_netcdf(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    xarray = pytest.importorskip("xarray")
    path = tmp_path / "out.nc"
    run(capsys, folder, "--export", str(path), "--program", "mlp", "--widths", "64")
    with xarray.open_dataset(path) as found:
        assert dict(found.sizes) == {"row": 12}
        assert (found["F"].values == values(Key(series(MLP), 64, 0, 12))["F"]).all()
        assert found["draw"].values.tolist() == list(range(12))
        assert set(found["program"].values.tolist()) == {"mlp"}


def test_quantities_that_were_not_measured_are_empty(tmp_path: Path, capsys: Captured) -> None:
    xarray = pytest.importorskip("xarray")
    filled(tmp_path, Key(series(quantities=("F",)), 8, 0, 2), Key(series(quantities=("kernel",)), 8, 0, 2))
    path = tmp_path / "out.nc"
    run(capsys, tmp_path, "--export", str(path))
    with xarray.open_dataset(path) as found:
        assert np.isnan(found["F"].values).sum() == np.isnan(found["kernel"].values).sum() == 2


def test_export_leaves_damaged_files_out(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    path = name_of(KEYS[2]).path(folder)
    path.write_bytes(path.read_bytes()[:-1])
    assert main(["results", "--store", str(folder), "--export", str(tmp_path / "out.csv")]) == 0
    shown = capsys.readouterr()
    assert "warning[TP712]" in shown.err
    assert str(path.name) in shown.err
    assert shown.out.startswith("24 draws")


@pytest.mark.parametrize("name", ["out.xls", "out"])
def test_unknown_kinds_of_files(folder: Path, tmp_path: Path, capsys: Captured, name: str) -> None:
    assert main(["results", "--store", str(folder), "--export", str(tmp_path / name)]) == 2
    assert "TP714" in capsys.readouterr().err


def test_without_xarray(folder: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    assert main(["results", "--store", str(folder), "--export", str(tmp_path / "out.nc")]) == 2
    shown = capsys.readouterr().err
    assert "TP714" in shown
    assert 'pip install "tp[netcdf]"' in shown


def test_export_where_nothing_can_be_written(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    pytest.importorskip("xarray")
    for name in ("out.csv", "out.nc"):
        assert main(["results", "--store", str(folder), "--export", str(tmp_path / "no" / name)]) == 2
        assert "TP508" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["--program", "mlp"], 1),
        (["--widths", "64"], 2),
        (["--outdated"], 4),
        (["--older", "10"], 5),
        (["--older", "0"], 0),
        (["--all"], 0),
        (["--all", "--engine", "dense"], 1),
        (["--damaged"], 5),
        (["--outdated", "--program", "mlp"], 5),
    ],
)
def test_prune(folder: Path, capsys: Captured, words: list[str], left: int) -> None:
    number = 5 - left
    plural = "" if number == 1 else "s"
    assert f"would remove {number} file{plural}" in run(capsys, folder, "--prune", "--dry-run", *words)
    assert held(folder) == 5
    assert f"removed {number} file{plural}" in run(capsys, folder, "--prune", *words)
    assert held(folder) == left
    assert "mlp" in run(capsys, folder) or not list(folder.glob("abab*"))


def test_prune_by_age(folder: Path, capsys: Captured) -> None:
    month_ago = time.time() - 30 * 86400
    os.utime(name_of(KEYS[0]).path(folder), (month_ago, month_ago))
    run(capsys, folder, "--prune", "--older", "20")
    assert held(folder) == 4
    assert not name_of(KEYS[0]).path(folder).exists()


def test_prune_damaged(folder: Path, capsys: Captured) -> None:
    path = name_of(KEYS[0]).path(folder)
    path.write_bytes(path.read_bytes()[:-1])
    run(capsys, folder, "--prune", "--damaged")
    assert held(folder) == 4
    assert not path.exists()


def test_what_killed_writers_left(folder: Path, capsys: Captured) -> None:
    place = name_of(KEYS[0]).path(folder).parent
    (place / f"{TEMPORARY}1-aa").write_text("x")
    (place / f"{TEMPORARY}1-bb").write_text("x")
    os.utime(place / f"{TEMPORARY}1-aa", (1e9, 1e9))
    run(capsys, folder, "--prune", "--damaged")
    assert [p.name for p in place.glob(f"{TEMPORARY}*")] == [f"{TEMPORARY}1-bb"]


def test_pruning_needs_to_know_what(folder: Path, capsys: Captured) -> None:
    assert main(["results", "--store", str(folder), "--prune"]) == 2
    assert "TP713" in capsys.readouterr().err
    assert main(["results", "--store", str(folder), "--damaged"]) == 2
    assert "TP500" in capsys.readouterr().err
    assert held(folder) == 5


def test_a_store_that_cannot_be_read(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    assert main(["results", "--store", str(tmp_path / "file")]) == 2
    assert "TP715" in capsys.readouterr().err


def test_a_folder_in_place_of_a_cell(folder: Path, capsys: Captured) -> None:
    """It is not ours: nothing removes it, and nothing stops at it."""
    strange = name_of(Key(series(MLP), 512, 0, 8)).path(folder)
    strange.mkdir()
    assert "removed 5 files" in run(capsys, folder, "--prune", "--all")
    assert strange.is_dir()
    strange.rmdir()
    (folder / ("cd" * 8)).write_text("a file in place of the folder of a program")
    assert main(["results", "--store", str(folder), "--prune", "--all"]) == 2
    assert "TP715" in capsys.readouterr().err


def test_names_that_are_no_utf_8(folder: Path, capsys: Captured) -> None:
    names = folder / MLP[:16] / "program.json"
    names.write_text(json.dumps({"names": ["ml\udcffp\x1b[31m"]}))
    assert "\x1b" not in run(capsys, folder)
    target = folder / os.fsdecode(b"\xff.csv")
    assert "32 draws in" in run(capsys, folder, "--export", str(target))
    assert b"ml\\udcffp" in target.read_bytes()


@pytest.mark.parametrize("number", ["1e400", "NaN", "-1", "1.5", "true", '"8"', "null", "[]"])
def test_a_cell_whose_numbers_make_no_sense(number: str) -> None:
    header = json.dumps({**KEYS[0].as_json(), "n": "@"}).replace('"@"', number).encode()
    content = MAGIC + header + b"\n"
    with pytest.raises(Unreadable):
        decode(content + hashlib.sha256(content).digest())
