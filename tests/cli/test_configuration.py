"""The settings of a project: where they are found, what wins, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tp.cli import commands, main
from tp.cli.option import Option, Reach
from tp.diagnostics.diagnostic import TpError

PROGRAM = """program NAME(depth: int = 1) {
  width n
  input x : [d=2]
  param v : [n, d] ~ normal(0, 1)
  output f = mean(tanh(v @ x)) * depth
}
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with programs in a folder and a folder beside it, which is the working directory."""
    (tmp_path / ".git").mkdir()
    for name in ("programs/a", "programs/b", "programs/old/c", "there/e"):
        path = tmp_path / f"{name}.tp"
        path.parent.mkdir(exist_ok=True)
        path.write_text(PROGRAM.replace("NAME", path.stem))
    monkeypatch.chdir(tmp_path / "there")
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    return tmp_path


def write(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(text)


def run(words: list[str], capsys: Captured) -> tuple[int, str, str]:
    code = main(words)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_programs_are_those_of_the_project(project: Path, capsys: Captured) -> None:
    write(project, '[tool.tp]\nprograms = ["programs"]\nexclude = ["programs/ol*"]\n')
    code, out, err = run(["check"], capsys)
    assert (code, out.count("is fine")) == (0, 2)
    assert err == "settings of ../pyproject.toml: ../programs\n"
    code, out, err = run(["check", "e.tp"], capsys)
    assert (out, err) == ("e.tp: e is fine\n", "")
    assert run(["check", ".."], capsys)[1].count("is fine") == 3


def test_what_wins(project: Path, capsys: Captured) -> None:
    """The command line, then the table of the command, then that of all commands."""
    write(project, '[tool.tp]\nquantities = ["F", "kernel"]\n[tool.tp.orders]\nquantities = "F"\nformat = "json"\n')

    def names(*words: str) -> list[str]:
        code, out, _ = run(["orders", "e.tp", "--no-store", *words], capsys)
        assert code == 0
        return [q["name"] for q in json.loads(out)["quantities"]]

    assert names() == ["F"]
    assert names("--quantities", "kernel") == ["kernel"]
    assert "quantity" in run(["orders", "e.tp", "--no-store", "--format", "text"], capsys)[1]


def test_values_of_names_are_replaced_one_by_one(project: Path, capsys: Captured) -> None:
    write(project, "[tool.tp]\nset = { depth = 7, d = 5 }\n")
    _, out, err = run(["graph", "e.tp", "--set", "depth=3"], capsys)
    assert "d=5" in out
    assert "3" in out
    assert "7" not in out
    assert err == "settings of ../pyproject.toml: --set depth=7 --set d=5\n"


@pytest.mark.parametrize(
    ("text", "words", "added"),
    [
        ('store = "kept"', [], "--store ../kept"),
        ('store = "kept"', ["--no-store"], ""),
        ('store = "kept"\n[tool.tp.orders]\nno-store = true', [], "--no-store"),
        ("[tool.tp.orders]\nnodes = true\nquiet = false", [], "--nodes"),
        ("resume = false", [], "--no-resume"),
        ("[tool.tp.verify]\nnonsense = 3", [], ""),
        ("seeds = 3", [], ""),
    ],
)
def test_words_that_are_added(text: str, words: list[str], added: str, project: Path, capsys: Captured) -> None:
    write(project, f"[tool.tp]\n{text}\n")
    code, _, err = run(["orders", "e.tp", "--quantities", "F", *words], capsys)
    assert (code, err) == (0, f"settings of ../pyproject.toml: {added}\n" if added else "")
    assert (project / "kept").is_dir() == added.startswith("--store")


def test_the_nearest_table_counts(project: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the table is passed by, and what is above the repository, or outside the home, is not read."""
    write(project, '[tool.tp]\nprograms = ["programs/a.tp"]\n')
    (project / "there" / "pyproject.toml").write_text("[tool.other]\ntp = 1\n")
    assert run(["check"], capsys)[1] == "../programs/a.tp: a is fine\n"
    (project / "there" / "pyproject.toml").write_text('tool.tp.programs = ["e.tp"]\n')
    assert run(["check"], capsys)[1] == "e.tp: e is fine\n"
    (project / "there" / "pyproject.toml").unlink()
    (project / "there" / ".git").touch()
    assert run(["check"], capsys)[0] == 2
    (project / "there" / ".git").unlink()
    (project / ".git").rmdir()
    assert run(["check"], capsys)[0] == 2
    monkeypatch.setenv("HOME", str(project))
    assert run(["check"], capsys)[0] == 0


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("seeds = = 3", "TP515", 2, ""),
        ("wdiths = 3", "TP516", 2, "did you mean widths?"),
        ("[tool.tp.verfy]", "TP516", 2, "did you mean verify?"),
        ('format = "json"', "TP516", 2, "set it in [tool.tp.check]"),
        ("kind = 3", "TP516", 2, "[tool.tp.new] or [tool.tp.kernel]"),
        ("[tool.tp.check]\nseeds = 3", "TP516", 3, "see tp check --help"),
        ("verify = 3", "TP517", 2, "write [tool.tp.verify]"),
        ('programs = "programs"', "TP517", 2, 'programs = ["programs"]'),
        ("[tool.tp.check]\nstrict = 1", "TP517", 3, "strict = true"),
        ("set = 1979-05-27", "TP517", 2, "set = 8"),
        ('maps = "x.py"', "TP518", 2, "on the command line"),
        ('output = "x"', "TP518", 2, "on the command line"),
        ("prune = true", "TP518", 2, "on the command line"),
        ('[tool.tp.check]\nformat = "pdf"', "TP519", 3, "--format"),
    ],
)
def test_what_is_refused(text: str, code: str, line: int, hint: str, project: Path, capsys: Captured) -> None:
    write(project, f"[tool.tp]\n{text}\n")
    found, out, err = run(["check", "e.tp"], capsys)
    assert (found, out) == (2, "")
    assert f"error[{code}]" in err
    assert f"--> ../pyproject.toml:{line}:" in err
    assert hint in err


def test_files_that_cannot_be_read(project: Path, capsys: Captured) -> None:
    (project / "pyproject.toml").write_bytes(b"[tool.tp]\n# \xff\n")
    assert "is not UTF-8" in run(["check", "e.tp"], capsys)[2]
    (project / "pyproject.toml").unlink()
    (project / "pyproject.toml").mkdir()
    assert "error[TP515]: cannot read" in run(["check", "e.tp"], capsys)[2]


def test_a_working_directory_that_was_removed(project: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "gone").mkdir()
    monkeypatch.chdir(project / "gone")
    (project / "gone").rmdir()
    for form in ("text", "junit", "sarif", "github"):
        assert run(["check", str(project / "there" / "e.tp"), "--format", form], capsys)[0] == 0


def test_help_and_explanations_need_no_configuration(project: Path, capsys: Captured) -> None:
    write(project, "[tool.tp]\nnonsense = 3\n")
    assert run(["check", "--help"], capsys)[0] == 0
    assert run(["explain", "TP516"], capsys)[0] == 0


def test_errors_of_configurations_have_the_format_that_is_asked_for(project: Path, capsys: Captured) -> None:
    write(project, "[tool.tp]\nnonsense = 3\n")
    _, out, _ = run(["check", "e.tp", "--format", "github"], capsys)
    assert out.startswith("::error file=../pyproject.toml,line=2,col=1,")


def checks_a_file(option: Option[Any]) -> bool:
    try:
        option.take(option.default, "/nowhere/at/all.html")
    except TpError as problem:
        return problem.only("TP508")
    except ValueError:
        return False
    return False


def test_nothing_that_is_written_or_run_is_configured() -> None:
    """An option that checks whether its file can be written is set on the command line only."""
    refused: set[str] = set()
    for command in commands.every():
        for option in command.options:
            if option.reach is Reach.NOWHERE:
                refused.add(option.key)
                continue
            assert not checks_a_file(option), option.key
    assert refused == {
        "--all", "--certificate", "--damaged", "--dry-run", "--export", "--figure", "--force", "--html", "--maps",
        "--older", "--outdated", "--output", "--prune", "--scheduler",
    }  # fmt: skip
