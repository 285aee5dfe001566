"""``tp completion``: what the scripts offer, asked of the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tp.api.templates import templates
from tp.cli import commands, main
from tp.diagnostics.codes import codes

SHELLS = ("bash", "zsh", "fish")
FOLDER = ("a.tp", "b c.tp", "note.txt", "proof.json")
OFFERED = [
    ("ver", {"verify"}),
    ("new x --kind m", {kind for kind in templates() if kind.startswith("m")}),
    ("new x --kin", {"--kind"}),
    ("graph a.tp --format ", {"text", "mermaid", "svg"}),
    ("graph a.tp --format=m", {"mermaid"}),
    ("explain TP80", {code for code in codes() if code.startswith("TP80")}),
    ("verify a.tp --seeds ", set[str]()),
    ("run a.tp --data dig", {"digits"}),
    ("completion ", set(SHELLS)),
    ("results --store ", {"folder"}),
    ("new ", set[str]()),
]
BASH = """
source ./script
for line in "$@"; do
  IFS=' ' read -ra COMP_WORDS <<< "tp ${line/=/ = }"
  [[ $line == *" " || $line == *"=" ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _tp
  (IFS='|'; echo "${COMPREPLY[*]}")
done
"""
FISH = """
source ./script
for line in $argv
    echo (complete -C "tp $line" | string replace -r "\\t.*" "" | string join "|")
end
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in FOLDER:
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    return tmp_path


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def asked(words: list[str], folder: Path) -> list[set[str]]:
    """What a shell offers for each line, without the slash of folders and the option before a value."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    found = [line.split("|") if line else [] for line in done.stdout.splitlines()]
    return [{word.rstrip("/").rpartition("=")[2] for word in line} for line in found]


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_name_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = script(shell, capsys)
    for command in commands.every():
        assert command.name in text
        for option in command.options:
            for name in option.names:
                assert (
                    name if shell != "fish" else f"{'-l' if name.startswith('--') else '-s'} {name.strip('-')}"
                ) in text


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "script").write_text(script("bash", capsys))
    lines = [*(line for line, _ in OFFERED), "verify ", "certify "]
    expected = [*(words for _, words in OFFERED), {"a.tp", "b c.tp", "folder"}, {"proof.json", "folder"}]
    assert asked(["bash", "--norc", "-c", BASH, "bash", *lines], folder) == expected


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "script").write_text(script("fish", capsys))
    found = asked(["fish", "--no-config", "-c", FISH, *(line for line, _ in OFFERED), "verify "], folder)
    assert found[:-1] == [words for _, words in OFFERED]
    assert found[-1] >= {"a.tp", "b c.tp", "folder"}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The script registers itself where it is sourced; ``_arguments`` is called with what it could read."""
    (folder / "script").write_text(script("zsh", capsys))
    stub = "autoload -U compinit; compinit -D; source ./script; print $_comps[tp]; _arguments() { print -rl -- $@ }; "
    call = "words=(tp graph a.tp --format ''); CURRENT=5; _tp"
    done = subprocess.run(["zsh", "-f", "-c", stub + call], cwd=folder, capture_output=True, text=True, check=True)
    first, *specifications = done.stdout.splitlines()
    assert first == "_tp"
    assert '1:FILE:_files -g "*.tp"' in specifications
    assert any(one.startswith("(--format)--format=[") and one.endswith(":(text mermaid svg)") for one in specifications)


def test_other_shells_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "scripts for bash, zsh, fish" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(commands.NAMES))
def test_commands_say_what_is_missing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command without any word ends with a diagnostic or with its result, never with an internal error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TP_CACHE", str(tmp_path))
    assert main([name]) in (0, 2)
    assert "TP599" not in capsys.readouterr().err
