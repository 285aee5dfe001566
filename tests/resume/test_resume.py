"""Runs that are killed, repeated, or find damaged files and full disks: always the same numbers, bit for bit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import tp
from tests.marks import exhaustive, slow
from tests.resume.program import ROOT, SMALL, numbers, written
from tests.store.cells import Warnings
from tp.cli import main

Captured = pytest.CaptureFixture[str]
WORDS = ("--widths", "8,16", "--seeds", "100", "--quantities", "kernel", "--format", "json")


def drawn(capsys: Captured, program: str, *words: str) -> tuple[dict[str, object], dict[str, int], str]:
    """The numbers of ``tp correlations``, its count of cells, and what it said on stderr."""
    assert main(["correlations", program, *WORDS, *words]) == 0
    shown = capsys.readouterr()
    return numbers(shown.out), json.loads(shown.out)["cells"], shown.err


@pytest.mark.parametrize("kills", [*slow([15]), *exhaustive([50])])
def test_killed_many_times(kills: int, tmp_path: Path, capsys: Captured) -> None:
    program, store = written(tmp_path), tmp_path / "store"
    words = [sys.executable, "-m", "tests.resume.killed", program, str(store), str(kills)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr
    assert int(done.stdout) >= kills // 5
    asked = ("--seeds", str(128 * (kills + 2)), "--quantities", "F,kernel")
    resumed, cells, said = drawn(capsys, program, *asked, "--quiet", "--store", str(store))
    assert said == ""
    assert cells["stored"] > 0
    assert resumed == drawn(capsys, program, *asked, "--no-store")[0]


def test_what_was_drawn_is_not_drawn_again(tmp_path: Path, capsys: Captured) -> None:
    program, store = written(tmp_path), ("--store", str(tmp_path / "store"))
    first, cells, _ = drawn(capsys, program, *store)
    assert cells == {"all": 4, "stored": 0}
    again, cells, _ = drawn(capsys, program, *store)
    assert cells == {"all": 4, "stored": 4}
    assert again == first
    fresh, cells, _ = drawn(capsys, program, *store, "--no-resume")
    assert cells == {"all": 4, "stored": 0}
    assert fresh == first
    more, cells, _ = drawn(capsys, program, *store, "--seeds", "164")
    assert cells == {"all": 6, "stored": 2}
    assert more == drawn(capsys, program, "--no-store", "--seeds", "164")[0]
    assert drawn(capsys, program, *store, "--dtype", "float32")[1]["stored"] == 0
    assert drawn(capsys, program, *store, "--set", "d=4")[1]["stored"] == 0


def test_a_changed_layout_is_the_same_program(tmp_path: Path, capsys: Captured) -> None:
    program, store = written(tmp_path), ("--store", str(tmp_path / "store"))
    drawn(capsys, program, *store)
    Path(program).write_text("# new\n" + SMALL.replace(" h ", " hidden ").replace("h)", "hidden)"))
    assert drawn(capsys, program, *store)[1]["stored"] == 4
    Path(program).write_text(SMALL.replace("tanh", "erf"))
    assert drawn(capsys, program, *store)[1]["stored"] == 0


@pytest.mark.parametrize(
    "spoiled", [lambda data: data[:-5], lambda data: data[:900] + b"00" + data[902:], lambda _: b""]
)
def test_a_damaged_file(tmp_path: Path, capsys: Captured, spoiled: object) -> None:
    program, store = written(tmp_path), ("--store", str(tmp_path / "store"))
    first, _, _ = drawn(capsys, program, *store)
    path = sorted((tmp_path / "store").rglob("*.cell"))[1]
    whole = path.read_bytes()
    path.write_bytes(spoiled(whole))  # type: ignore[operator]
    again, cells, said = drawn(capsys, program, *store)
    assert again == first
    assert cells == {"all": 4, "stored": 3}
    assert said.count("warning[TP712]") == 1
    assert path.name in said
    assert drawn(capsys, program, *store)[1:] == ({"all": 4, "stored": 4}, "")


def test_a_folder_that_takes_nothing(tmp_path: Path, capsys: Captured) -> None:
    program = written(tmp_path)
    found, _, said = drawn(capsys, program, "--store", "/proc/nothing")
    assert said.count("warning[TP711]") == 1
    assert "/proc/nothing" in said
    assert found == drawn(capsys, program, "--no-store")[0]


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the kernel itself refuses the rest of a write."""
    program = written(tmp_path)
    code = (
        "import resource, signal, sys; from tp.cli import main; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "import jax; jax.numpy.zeros(1); resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700)); sys.exit(main())"
    )
    words = ["correlations", program, *WORDS, "--store", str(tmp_path / "store")]
    environment = {**os.environ, "TP_CACHE": "/proc/nothing"}  # no cache of compiled programs, which would be cut too
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning[TP711]") == 1
    assert not list((tmp_path / "store").rglob(".writing*"))
    assert len(json.loads(done.stdout)["quantities"][0]["widths"][1]["values"]) == 100


def test_options_that_exclude_each_other(tmp_path: Path, capsys: Captured) -> None:
    program = written(tmp_path)
    for words in (["--no-store", "--store", "x"], ["--jobs", "2", "--scheduler", "tcp://x:1"]):
        assert main(["verify", program, *words]) == 2
        assert "exclude" in capsys.readouterr().err


def test_a_verification_within_a_time_repeats_itself(tmp_path: Path) -> None:
    """Its time is that of the draws when they were made, so the same rounds are complete."""
    model = tp.parse(SMALL)
    first = model.verify([8, 16, 32], quantities=["kernel", "F"], budget=0.3, store=tmp_path)
    again = model.verify([8, 16, 32], quantities=["kernel", "F"], budget=0.3, store=tmp_path)
    assert first.provenance.stored == 0
    assert again.provenance.stored == again.provenance.cells == first.provenance.cells
    assert replace(again, provenance=replace(again.provenance, stored=0)) == first


def test_the_library_warns(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    model = tp.parse(SMALL)
    with pytest.warns(UserWarning, match="TP711"):
        model.correlations([8], seeds=4, quantities=["F"], store=tmp_path / "file")
    said = Warnings()
    model.correlations([8], seeds=4, quantities=["F"], store=tmp_path / "file", warn=said)
    assert said.codes == ["TP711"]
