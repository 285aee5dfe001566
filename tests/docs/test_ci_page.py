"""The page on continuous integration: its workflow is valid YAML and does what it says; hooks check and format."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
import yaml

from tests.docs.fences import blocks
from tp.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "howto" / "ci.md").read_text(encoding="utf-8")
WORKFLOW, GITLAB, PRE_COMMIT = (yaml.safe_load(block.text) for block in blocks(PAGE) if block.language == "yaml")
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
SETTINGS = next(block.text for block in blocks(PAGE) if block.language == "toml")
GOOD = """program good {
  width n
  input x : [d=2]
  param v : [n, d] ~ normal(0, 1)
  output f = mean(tanh(v @ x))
  claim F : O(1)
}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch repository with the settings of the page, and smaller widths; ``tp`` is the one of this checkout."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "good.tp").write_text(GOOD)
    (tmp_path / "pyproject.toml").write_text(SETTINGS.replace("64:1024", "8,16").replace("60s", "1s"))
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "tp"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tp "$@"\n')
    command.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    for name, value in WORKFLOW["env"].items():
        monkeypatch.setenv(name, value.replace("${{ github.workspace }}", str(tmp_path)))
    return tmp_path


def steps() -> list[dict[str, Any]]:
    return WORKFLOW["jobs"]["verify"]["steps"]


def sh(script: str) -> subprocess.CompletedProcess[str]:
    """The result of a step, as GitHub runs it."""
    return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], capture_output=True, text=True, check=False)


def test_steps_are_actions_or_scripts() -> None:
    for step in steps():
        assert ("uses" in step) != ("run" in step)
        assert "uses" not in step or "@v" in step["uses"]
    assert GITLAB["verify"]["artifacts"]["reports"] == {"junit": "tp.xml"}
    uploaded = next(step["with"] for step in steps() if step.get("uses", "").startswith("github/codeql"))
    assert f"--output {uploaded['sarif_file']}" in next(s["run"] for s in steps() if s.get("name") == "Alerts")


@pytest.mark.slow
def test_the_steps_of_the_workflow(repository: Path) -> None:
    """They run in a scratch repository, except the one that installs; a false claim ends the job and is reported."""
    scripts = {step["name"]: step["run"] for step in steps() if "run" in step and step["name"] != "Install"}
    (repository / "programs" / "wrong.tp").write_text(GOOD.replace("good", "wrong").replace("O(1)", "Theta(1)"))
    done = {name: sh(script) for name, script in scripts.items()}
    assert done["Well formed"].returncode == 0
    assert done["Claims by the calculus"].returncode == done["Claims by measurement"].returncode == 1
    assert done["Summary"].returncode == done["Alerts"].returncode == 0
    assert "::error file=programs/wrong.tp,line=6,col=3," in done["Claims by the calculus"].stdout
    assert [suite.get("failures") for suite in parse(repository / "tp.xml").getroot()] == ["0", "1"]
    results = json.loads((repository / "tp.sarif").read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results if result["level"] == "error"] == ["claim"]
    assert "wrong (programs/wrong.tp)" in (repository / "summary.md").read_text()


def test_the_hooks_of_the_page_are_served() -> None:
    (repo,) = PRE_COMMIT["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == list(HOOKS)
    for hook in HOOKS.values():
        assert {"name", "entry", "language", "files"} <= hook.keys()


def test_what_hooks_do(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They get files as arguments, those with functions alone, too."""
    (repository / "library.tp").write_text("def half(x) {\n  return x/2\n}\n")
    (repository / "broken.tp").write_text(GOOD.replace("@ x", "@ y"))
    (repository / "untidy.tp").write_text(GOOD.replace("  width n", "    width   n"))
    check, layout = (shlex.split(HOOKS[name]["entry"])[1:] for name in ("tp-check", "tp-format"))
    assert main([*check, "library.tp", "untidy.tp", "programs/good.tp"]) == 0
    capsys.readouterr()
    assert main([*check, "broken.tp", "programs/good.tp"]) == 2
    assert "broken.tp:5" in capsys.readouterr().err
    assert main([*layout, "--check", "untidy.tp", "programs/good.tp"]) == 1
    assert main([*layout, "untidy.tp", "programs/good.tp"]) == 0
    assert (repository / "untidy.tp").read_text() == GOOD
