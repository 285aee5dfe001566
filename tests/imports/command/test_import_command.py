"""``tp import``: it runs the user's file, prints or writes the program, and says what is wrong with exit code 2."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import tp
from tp.cli import main

Captured = pytest.CaptureFixture[str]

FILE = """import helper
import jax
import jax.numpy as jnp

print("said by the user's file")
inputs = jnp.ones((3, 4))


def init_at(n):
    return lambda key: {"U": jax.random.normal(key, (n, 4))}


def apply(weights, x):
    return helper.phi(x @ weights["U"].T).sum(-1)


def make(n):
    return init_at(n), apply, inputs


def small(n):
    return make(n)


def broken(n):
    return init_at(n), lambda weights, x: x.reshape(7), inputs
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "helper.py").write_text("from jax.numpy import tanh as phi\n")
    path = tmp_path / "net.py"
    path.write_text(FILE)
    return path


WIDTHS = ["--widths", "8,16,32"]


def test_the_program_is_printed(file: Path, capsys: Captured) -> None:
    assert main(["import", str(file), *WIDTHS]) == 0
    shown = capsys.readouterr()
    assert tp.parse(shown.out).name == "net"
    assert "said by" not in shown.out
    assert "said by the user's file" in shown.err
    assert "running the Python code of" in shown.err


def test_the_program_is_written_once(file: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "net.tp"
    words = ["import", f"{file}:small", "--widths", "8:32", "-o", str(out), "--name", "mine", "--optimizer", "adam"]
    assert main(words) == 0
    assert capsys.readouterr().out == ""
    assert tp.load(out).name == "mine"
    assert tp.load(out).optimizer.name == "adam"
    before = out.read_text()
    assert main(words) == 2
    assert "TP508" in capsys.readouterr().err
    assert out.read_text() == before
    assert main([*words, "--force", "--name", "other"]) == 0
    assert tp.load(out).name == "other"
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix == ".tp") == ["net.tp"]


def test_modules_of_the_search_path(file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(file.parent)
    monkeypatch.delitem(sys.modules, "net", raising=False)
    assert main(["import", "net:small", *WIDTHS]) == 0
    assert tp.parse(capsys.readouterr().out).name == "small"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["none.py"], "TP507", "no such file"),
        (["net.py:nothing"], "TP904", "defines no function nothing"),
        (["net.py:inputs"], "TP904", "which is no function"),
        (["net.py:broken"], "TP905", "net.py:26"),
        (["fails.py"], "TP905", "ZeroDivisionError"),
        (["typo.py"], "TP905", "typo.py:1"),
        (["torchless.py"], "TP905", "No module named"),
        (["nowhere.at.all:make"], "TP905", "No module named"),
        (["net.py", "--widths", "8,16"], "TP502", "three different widths"),
        (["net.py", "--widths", "8,x"], "TP502", "cannot read the widths"),
        (["net.py", "--rates", "none.json"], "TP507", "no such file"),
        (["net.py", "--rates", "rates.json"], "TP904", "learning rates"),
        (["net.py", "--optimizer", "adm"], "TP", "adam"),
        (["net.py", "--output", "no/folder.tp"], "TP508", "cannot write"),
    ],
)
def test_what_goes_wrong(
    words: list[str], code: str, said: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(file.parent)
    Path("fails.py").write_text("1 / 0\n")
    Path("typo.py").write_text("def make(n:\n")
    Path("torchless.py").write_text("import torch_that_is_not_there\n")
    Path("rates.json").write_text(json.dumps(["fast"]))
    assert main(["import", *words]) == 2
    shown = capsys.readouterr()
    assert f"error[{code}" in shown.err
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""
