"""Workflow commands of GitHub: one for each check that is not good, with everything escaped."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from handmade_checks import CHECKS, DOCUMENTS, EMPTY, HOSTILE, document_of

from tp.report.check import Check
from tp.report.render import render


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The kind, the properties and the message of each command, read as GitHub reads them."""
    found: list[tuple[str, dict[str, str], str]] = []
    for line in text.splitlines():
        if match := re.fullmatch(r"::(\w+) (.*?)::(.*)", line):
            pairs = (pair.split("=", 1) for pair in match[2].split(","))
            found.append((match[1], {key: unquote(value) for key, value in pairs}, unquote(match[3])))
    return found


def test_one_command_for_each_check_that_is_not_good() -> None:
    text = render([document_of(CHECKS)], "github")
    found = commands(text)
    assert [kind for kind, _, _ in found] == ["error", "error", "warning", "notice"]
    _, places, message = found[0]
    assert places == {"file": "mlp.tp", "line": "4", "col": "3", "title": "tp claim C[0,2] : O(1): fails"}
    assert message == "50%: a,b\r\n::error::<&]]>\\x1b[31m\\x00\\ufffe\\udc80'\""
    assert text.splitlines()[-1] == "5 checks: 1 confirmed, 1 fails, 1 refuted, 1 loose, 1 undecided"


def test_no_name_makes_a_command() -> None:
    """Each line is a command of its own or the count, whatever names hold."""
    lines = render(DOCUMENTS, "github").splitlines()
    assert len(lines) == 4 + 1 + 1 + 1
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines[:-1])
    _, places, _ = commands("\n".join(lines))[4]
    assert places["file"] == "a b/" + HOSTILE.encode("unicode_escape").decode().replace("\\r\\n", "\r\n") + ".tp"
    assert (places["col"], places["endLine"], places["endColumn"]) == ("9", "6", "10")
    assert render([EMPTY], "github") == "0 checks: nothing was checked"


def test_files_are_named_as_in_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job may work in a folder of the checkout, or name files by their whole path."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.tp").write_text("")
    monkeypatch.chdir(tmp_path / "sub")
    for top, file, named in (
        (str(tmp_path), "a.tp", "sub/a.tp"),
        (str(tmp_path), str(tmp_path / "sub" / "a.tp"), "sub/a.tp"),
        (str(tmp_path), "<stdin>", "<stdin>"),
        ("", str(tmp_path / "sub" / "a.tp"), "a.tp"),
        (str(tmp_path / "other"), "a.tp", "a.tp"),
    ):
        monkeypatch.setenv("GITHUB_WORKSPACE", top)
        ((_, places, _),) = commands(render([document_of((Check("F", "refuted", "", "quantity", file),))], "github"))
        assert places["file"] == named
