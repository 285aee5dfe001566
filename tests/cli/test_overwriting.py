"""No command writes over a file that it reads, or writes one file twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tp.cli.entry import main

TEXT = """program p {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  output f = mean(U @ x)
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "programs").mkdir()
    for name in ("a.tp", "b.tp", "programs/c.tp", "module.py"):
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "link.html").symlink_to("a.tp")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "orders a.tp --output a.tp",
        "orders b.tp a.tp -o ./programs/../a.tp --format junit",
        "orders a.tp --html link.html",
        "orders programs -o programs/c.tp",
        "orders a.tp --html new.html --output new.html",
        "orders a.tp --certificate new --output new",
        "compare a.tp b.tp -o b.tp",
        "format b.tp --output b.tp",
        "import module.py:make --output module.py --force",
        "kernel a.tp --data b.tp --output b.tp",
    ],
)
def test_what_is_read_stays_as_it_is(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    printed = capsys.readouterr()
    assert "TP508" in printed.err + printed.out
    assert all((folder / n).read_text() == TEXT for n in ("a.tp", "b.tp", "programs/c.tp", "module.py"))
    assert not (folder / "new").exists()
    assert not (folder / "new.html").exists()


@pytest.mark.parametrize("line", ["check a.tp -o /dev/null", "check a.tp -o a.txt", "check programs -o programs/c.txt"])
def test_other_files_are_written(line: str, folder: Path) -> None:
    assert main(line.split()) == 0


def test_hidden_files_in_folders_are_no_programs(folder: Path) -> None:
    """Editors lock a file by a hidden link that leads nowhere."""
    (folder / "programs" / ".#c.tp").symlink_to("user@host.1")
    assert main(["check", "programs"]) == 0


def test_texts_of_a_configuration_have_no_null(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text('[tool.tp]\nstore = "\\u0000"\n')
    assert main(["orders", "a.tp", "-q"]) == 2
    assert "TP517" in capsys.readouterr().err
