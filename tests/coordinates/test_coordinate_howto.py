"""The how-to docs/coordinates.md runs: JAX, Flax and Equinox as they are, PyTorch with classes that stand for it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tp
from tests.docs.pages import reading, steps
from tp.cli import main
from tp.data.logs import read_log

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coordinates.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_python_runs_from_top_to_bottom(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with reading("docs/coordinates.md", tmp_path) as walk:
        assert [wrong for block in steps("docs/coordinates.md") for wrong in walk.take(block)] == []
    printed = capsys.readouterr().out
    assert re.search(r"h\[1\] +value +2 +0 .* confirmed", printed)
    assert "refuted" not in printed
    assert {key.name for key in read_log(Path("flax.jsonl")).readings} == {"first", "second", "last", "output"}
    assert '"layers.0"' in Path("nnx.jsonl").read_text()
    assert '"layer.weight"' in Path("weights.jsonl").read_text()


class Linear:
    """A linear layer under gradient descent, with what the example asks of PyTorch."""

    def __init__(self, n: int, draw: np.random.Generator) -> None:
        self.weight = draw.standard_normal((n, 4))
        self.hooks: list[Any] = []

    def named_modules(self) -> list[tuple[str, Linear]]:
        return [("", self)]

    def register_forward_hook(self, hook: Any) -> SimpleNamespace:
        self.hooks.append(hook)
        return SimpleNamespace(remove=lambda: self.hooks.remove(hook))

    def __call__(self, x: Any) -> Any:
        found = x @ self.weight.T
        for hook in self.hooks:
            hook(self, (x,), found)
        return found

    def step(self) -> None:
        self.weight = self.weight - 0.1 * np.sign(self.weight)


def test_the_example_for_pytorch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("py")
    draws: list[np.random.Generator] = []

    def make(n: int) -> tuple[Linear, Any]:
        model = Linear(n, draws[-1])
        return model, SimpleNamespace(zero_grad=lambda: None, step=model.step)

    def seed(number: int) -> None:
        draws.append(np.random.default_rng(number))

    def criterion(found: Any, targets: Any) -> Any:
        return SimpleNamespace(backward=lambda: None)

    names: dict[str, Any] = {
        "tp": tp,
        "torch": SimpleNamespace(manual_seed=seed),
        "make": make,
        "inputs": np.eye(4),
        "targets": None,
        "criterion": criterion,
    }
    exec(compile(code, "coordinates.md", "exec"), names)
    assert names["model"].hooks == []
    found = tp.coordinates("log.jsonl", steps=[0, -1])
    assert {(row.key.name, row.key.kind, row.key.step) for row in found.rows} == {
        ("output", "value", 0), ("output", "value", 3), ("output", "change", 3),
    }  # fmt: skip
    assert all(abs(row.slope or 0) < 0.05 for row in found.rows)


def test_the_log_of_three_values(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    values = zip((64, 128, 256), (0.1484, 0.1215, 0.0975), strict=True)
    Path("three.csv").write_text("name,width,value,predicted\n" + "".join(f"h,{n},{v},0\n" for n, v in values))
    assert main(["coordinates", "three.csv"]) == 3
    printed = capsys.readouterr().out.splitlines()
    (shown,) = blocks("text")
    assert [line for line in shown.splitlines()[1:] if line not in printed] == []
