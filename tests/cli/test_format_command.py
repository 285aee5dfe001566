"""``tp format`` rewrites files: what it writes, what it leaves alone, and what it says."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tp.cli import main

RAW = "program p {width n # the width\ninput x:[d=4]\nparam U:[n,d] ~ normal(0,1)\noutput f=mean(tanh(U@x))\n}"
DONE = """program p {  # the width
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  output f = mean(tanh(U @ x))
}
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.tp").write_text(RAW)
    (tmp_path / "done.tp").write_text(DONE)
    return tmp_path


def test_files_are_rewritten(folder: Path, capsys: Captured) -> None:
    os.chmod(folder / "a.tp", 0o640)
    before = (folder / "done.tp").stat()
    assert main(["format", str(folder)]) == 0
    assert (folder / "a.tp").read_text() == DONE
    assert stat.S_IMODE((folder / "a.tp").stat().st_mode) == 0o640
    after = (folder / "done.tp").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert capsys.readouterr().out == f"formatted {folder}/a.tp\nformatted 1 of 2 files\n"
    assert sorted(p.name for p in folder.iterdir()) == ["a.tp", "done.tp"]
    assert main(["format", str(folder / "a.tp")]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("head", "end", "after"),
    [(b"", "\r\n", "\r\n"), (b"\xef\xbb\xbf", "\n", "\n"), (b"\xef\xbb\xbf", "\r\n", "\r\n")],
)
def test_marks_and_line_ends_are_kept(head: bytes, end: str, after: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tp"
    path.write_bytes(head + RAW.replace("\n", end).encode())
    assert main(["format", str(path)]) == 0
    assert path.read_bytes() == head + DONE.replace("\n", after).encode()
    assert main(["format", "--check", str(path)]) == 0


def test_files_with_errors_are_left_alone(folder: Path, capsys: Captured) -> None:
    wrong = folder / "b.tp"
    wrong.write_text(RAW.replace("width n", "width"))
    binary = folder / "c.tp"
    binary.write_bytes(b"program \xff")
    assert main(["format", str(folder), str(folder / "none.tp")]) == 2
    assert wrong.read_text() == RAW.replace("width n", "width")
    assert binary.read_bytes() == b"program \xff"
    assert (folder / "a.tp").read_text() == DONE
    shown = capsys.readouterr().err
    for code in ("TP004", "TP007", "TP507"):
        assert f"error[{code}]" in shown


def test_check_names_what_would_change(folder: Path, capsys: Captured) -> None:
    assert main(["format", "--check", str(folder)]) == 1
    assert capsys.readouterr().out == f"would format {folder}/a.tp\nwould format 1 of 2 files\n"
    assert (folder / "a.tp").read_text() == RAW
    assert main(["format", "--check", str(folder / "done.tp")]) == 0


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")
def test_a_diff_can_be_applied(folder: Path, capsys: Captured) -> None:
    for path in (folder / "a.tp", folder / "done.tp"):
        path.write_text(RAW if path.name == "a.tp" else DONE.replace("\n", "\r\n", 1))
    assert main(["format", "--diff", str(folder)]) == 1
    patch = capsys.readouterr().out
    done = subprocess.run(
        ["patch", "-p0", "--binary", "-d", "/"], input=patch.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert (folder / "a.tp").read_text() == DONE
    assert (folder / "done.tp").read_bytes() == DONE.encode()
    assert main(["format", "--diff", str(folder)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("text", "words", "code"), [(RAW, [], 0), (RAW, ["--check"], 1), (DONE, ["--check"], 0)])
def test_standard_input(
    text: str, words: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["format", "-", *words]) == code
    assert capsys.readouterr().out == ("would format <stdin>\n" if code else "" if words else DONE)


def test_output_leaves_the_file_alone(folder: Path, capsys: Captured) -> None:
    assert main(["format", str(folder / "a.tp"), "--output", str(folder / "b.tp")]) == 0
    assert (folder / "a.tp").read_text() == RAW
    assert (folder / "b.tp").read_text() == DONE
    assert capsys.readouterr().out == ""
    assert main(["format", str(folder / "a.tp"), str(folder / "done.tp"), "-o", str(folder / "c.tp")]) == 2
    assert main(["format", str(folder / "a.tp"), "--check", "-o", str(folder / "c.tp")]) == 2


def test_links_lead_to_the_file(folder: Path) -> None:
    link = folder / "link.tp"
    link.symlink_to("a.tp")
    assert main(["format", str(link)]) == 0
    assert link.is_symlink()
    assert (folder / "a.tp").read_text() == DONE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written(folder: Path, capsys: Captured) -> None:
    os.chmod(folder / "a.tp", 0o444)
    assert main(["format", str(folder)]) == 2
    assert "TP508" in capsys.readouterr().err
    assert (folder / "a.tp").read_text() == RAW
