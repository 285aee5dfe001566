"""tp coordinates: from a log to verdicts and exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tp
from tp.cli import main

PROGRAM = str(Path(__file__).parents[2] / "programs" / "mup_mlp.tp")
WIDTHS = (64, 128, 256, 512, 1024, 2048)
ORDERS = {("h[1]", 0): 0.0, ("h[1]", 2): 0.0, ("f", 0): -0.5, ("f", 2): 0.0}


def log(folder: Path, orders: dict[tuple[str, int], float] = ORDERS, kind: str = "value", more: str = "") -> str:
    draw = np.random.default_rng(0)
    lines = ["name,kind,width,seed,step,value,predicted"]
    lines += [
        f"{name},{kind},{n},{seed},{step},{n**p * np.exp(0.02 * draw.standard_normal())},"
        for (name, step), p in orders.items()
        for n in WIDTHS
        for seed in range(4)
    ]
    path = folder / "log.csv"
    path.write_text("\n".join(lines) + "\n" + more)
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[tuple[str, str, int], dict[str, Any]]]:
    code = main(["coordinates", *words, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert found["exit_code"] == code
    return code, {(v["name"], v["kind"], v["step"]): v for v in found["values"]}


def test_the_program_predicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = run(capsys, log(tmp_path), "--program", PROGRAM)
    assert code == 0
    assert {(key[0], key[2]): row["predicted"] for key, row in rows.items()} == {
        ("h[1]", 0): "0", ("h[1]", 2): "0", ("f", 0): "-1/2", ("f", 2): "0",
    }  # fmt: skip
    assert {row["verdict"] for row in rows.values()} == {"confirmed"}


def test_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = run(capsys, log(tmp_path, {("h[1]", 1): 0.5, ("x", 1): 0.0}, "change"), "--program", PROGRAM)
    assert code == 1
    assert rows["h[1]", "change", 1]["verdict"] == "refuted"
    assert (rows["x", "change", 1]["predicted"], rows["x", "change", 1]["verdict"]) == ("-inf", "refuted")


def test_other_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path, {("a=b", 0): 0.0, ("other", 0): 1.0})
    code, rows = run(capsys, path, "--program", PROGRAM, "--match", "a=b=h[2]")
    assert code == 0
    assert rows["other", "value", 0]["verdict"] is None
    assert main(["coordinates", path, "--program", PROGRAM, "--match", "a=b=h[2]"]) == 0
    assert "not predicted: other" in capsys.readouterr().out
    for words, said in (
        ([], "no name of the log is that of a value"),
        (["--match", "a=b=nothing"], "mup_mlp has no value nothing"),
        (["--match", "no=h[1]"], "the log has no name no"),
        (["--steps", "7"], "has no step 7"),
    ):
        assert main(["coordinates", path, "--program", PROGRAM, *words]) == 2
        shown = capsys.readouterr().err
        assert "TP912" in shown
        assert said in shown


def test_steps_share_their_confidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path)
    _, every = run(capsys, path, "--program", PROGRAM)
    _, last = run(capsys, path, "--program", PROGRAM, "--steps", "last")
    assert {key[2] for key in last} == {2}
    lengths = [rows["f", "value", 2]["interval"] for rows in (every, last)]
    assert lengths[0][1] - lengths[0][0] > lengths[1][1] - lengths[1][0]


def test_the_column_predicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "three.csv"
    path.write_text("name,width,value,predicted\nh,64,0.1484,0\nh,128,0.1215,constant\nh,256,0.0975,Theta(1)\n")
    code, rows = run(capsys, str(path))
    assert (code, rows["h", "value", 0]["verdict"]) == (3, "undecided")
    assert rows["h", "value", 0]["measured"] == pytest.approx(-0.30, abs=0.01)


def test_many_seeds_are_judged_as_in_verify(tmp_path: Path) -> None:
    """Rare draws that grow are seen with many seeds."""
    draw = np.random.default_rng(0)
    path = tmp_path / "log.csv"
    rows = [
        f"{name},{n},{seed},{value * (n if rare and draw.random() < 0.08 else 1)},0"
        for n in (64, 128, 256, 512, 1024, 2048)
        for seed in range(64)
        for name, rare, value in (("often", False, np.exp(0.1 * draw.standard_normal())), ("rare", True, 1.0))
    ]
    path.write_text("name,n,seed,value,predicted\n" + "\n".join(rows))
    often, rare = tp.coordinates(path).rows
    assert often.judgement.verdict.value == "confirmed"
    assert rare.judgement.verdict.value == "undecided"
    assert "grows faster" in rare.judgement.reason


@pytest.mark.parametrize("seeds", [12, 64])
def test_three_widths_confirm_no_constant_that_grows(seeds: int, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    path = tmp_path / "log.csv"
    rows = [
        f"h,{n},{seed},{np.log(n) * (1 + 0.003 * draw.standard_normal())},0"
        for n in (64, 512, 4096)
        for seed in range(seeds)
    ]
    path.write_text("name,n,seed,value,predicted\n" + "\n".join(rows))
    (found,) = tp.coordinates(path).rows
    assert found.judgement.verdict.value == "undecided"


def test_nothing_predicted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = run(capsys, log(tmp_path))
    assert code == 3
    assert rows["f", "value", 0]["interval"][0] < -0.5 < rows["f", "value", 0]["interval"][1]
    assert main(["coordinates", log(tmp_path), "--set", "depth=3"]) == 2
    assert main(["coordinates", log(tmp_path), "--steps", "x"]) == 2
    assert main(["coordinates", str(tmp_path / "no.csv")]) == 2
    assert "TP911" in capsys.readouterr().err


def test_runs_that_diverged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path, more="h[1],,4096,0,2,nan,\nh[1],,4096,1,2,3,\n")
    code, rows = run(capsys, path, "--program", PROGRAM)
    assert code == 1
    assert rows["h[1]", "value", 2]["diverged"] == {"4096": [1, 2]}
    assert rows["h[1]", "value", 2]["verdict"] == "undecided"
    assert main(["coordinates", path, "--program", PROGRAM]) == 1
    shown = capsys.readouterr().out
    assert "1 of 2 diverged" in shown
    assert "diverged: h[1]" in shown


def test_rounding_errors_are_not_refuted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "".join(
        f"{name},{n},{value},{p}\n" for n in WIDTHS for name, value, p in (("a", 1e-8, "zero"), ("b", 1, ""))
    )
    path = tmp_path / "log.csv"
    path.write_text("name,width,value,predicted\n" + body)
    code, rows = run(capsys, str(path))
    assert code == 3
    assert "rounding" in rows["a", "value", 0]["reason"]


def test_a_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "sizes.svg"
    assert main(["coordinates", log(tmp_path), "--program", PROGRAM, "--figure", str(file)]) == 0
    assert file.read_text().count("<path") > 20


def test_runs_of_a_wide_network_have_the_predicted_orders(tmp_path: Path) -> None:
    """Steps of gradient descent under maximal updates: values and changes of the program itself, by hand."""
    x = np.random.default_rng(5).standard_normal(16)
    path = tmp_path / "log.jsonl"
    for n in (64, 256, 1024):
        for seed in range(3):
            draw = np.random.default_rng([n, seed])
            first, second, third = (draw.standard_normal(shape) / n**0.5 for shape in ((n, 16), (n, n), n))
            with tp.recorder(path, width=n, seed=seed, changes=True) as recorder:
                for recorder.step in range(3):
                    one = n**0.5 * first @ x / 4
                    two = second @ np.tanh(one)
                    f = third @ np.tanh(two) / n**0.5
                    recorder.tree("", {"h[1]": one, "h[2]": two, "f": f})
                    signal = 0.5 * (f - 1)
                    above = third * (1 - np.tanh(two) ** 2) / n**0.5
                    below = (second.T @ above) * (1 - np.tanh(one) ** 2)
                    third = third - signal * np.tanh(two) / n**0.5
                    second = second - signal * np.outer(above, np.tanh(one))
                    first = first - signal * n**0.5 / 4 * np.outer(below, x)
    found = tp.coordinates(path, tp.load(PROGRAM))
    assert found.exit_code in (0, 3)
    named = {(row.key.name, row.key.kind, row.key.step): row for row in found.rows}
    for name in ("h[1]", "h[2]", "f"):
        for step in (1, 2):
            row = named[name, "change", step]
            assert row.predicted.exponent == 0
            assert abs(row.slope or 1) < 0.15
