"""Answers of the calculus in the store: never out of date, the same as derived ones, and never executed."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tp
from tests.marks import slow
from tp.api.remembered import Memory, Remembered, asked
from tp.cli import main
from tp.diagnostics.diagnostic import Diagnostic
from tp.report.archive import read, written
from tp.report.contents import document
from tp.report.render import FORMATS
from tp.store.answers import Answers
from tp.store.key import digest
from tp.store.loaded import package_hash

PROGRAMS = sorted((Path(__file__).parents[2] / "programs").glob("*.tp"))
TEXT = """program small {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(U @ x / sqrt(d))
  output f = dot(v, h) / sqrt(n)
  claim C[0,2] : O(1/n)
}
"""
MODEL = tp.parse(TEXT)
Captured = pytest.CaptureFixture[str]


def refuse() -> Any:
    raise AssertionError("it is derived again")


def kept(folder: Path) -> Path:
    """The file of the answer about :data:`MODEL`, which is kept in ``folder``."""
    Memory(folder).recall(MODEL.program, "orders", {}, lambda: MODEL.orders(["F"]))
    (path,) = folder.rglob("orders-*.json")
    return path


@pytest.mark.parametrize(
    "path",
    slow(PROGRAMS, [path for path in PROGRAMS if path.stem in ("mlp", "false_claim")]),
    ids=lambda path: path.stem,
)
def test_a_stored_answer_is_the_derived_one(path: Path, tmp_path: Path) -> None:
    """In every format, with its exit code."""
    model, memory = tp.load(path), Memory(tmp_path)
    found = memory.recall(model.program, "orders", {"nodes": True}, lambda: model.orders(nodes=True))
    again = memory.recall(model.program, "orders", {"nodes": True}, refuse)
    assert isinstance(again, Remembered)
    assert again.exit_code == found.exit_code
    for form in FORMATS:
        assert tp.render([again], form) == tp.render([found], form)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("normal(0, 1)\n  h", "normal(0, 2)\n  h"),
        ("tanh", "erf"),
        ("d=4", "d=5"),
        ("C[0,2] : O(1/n)", "C[0,2] : O(1)"),
        ("claim C", "claim not C"),
        ("small", "other"),
        ("h = tanh", "\n  h = tanh"),
        ("h = tanh", "g = tanh"),
        ("/ sqrt(n)", "/ n"),
    ],
)
def test_another_program_is_another_question(old: str, new: str) -> None:
    """Names and lines count as well: they are printed."""
    text = TEXT.replace(old, new).replace("dot(v, h)", "dot(v, g)" if new.startswith("g") else "dot(v, h)")
    assert asked(tp.parse(text).program, "orders", {}) != asked(MODEL.program, "orders", {})


def test_comments_and_layout_within_a_line_do_not_count() -> None:
    commented = TEXT.replace("width n\n", "width n  # of all layers\n")
    assert asked(tp.parse(commented).program, "orders", {}) == asked(MODEL.program, "orders", {})


def test_settings_count(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.recall(MODEL.program, "orders", {"nodes": False}, lambda: MODEL.orders(["F"]))
    more = memory.recall(MODEL.program, "orders", {"nodes": True}, lambda: MODEL.orders(["F"], nodes=True))
    assert not isinstance(more, Remembered)


def test_any_edit_of_the_code_changes_its_hash(tmp_path: Path) -> None:
    """Contents, names and new files count; compiled files do not."""
    (tmp_path / "room").mkdir()
    seen: set[str] = set()
    for path, data in (
        ("a.py", "x = 1"),
        ("a.py", "x = 2"),
        ("room/b.toml", ""),
        ("room/c.py", "x = 1"),
        ("room/c.py", ""),
    ):
        (tmp_path / path).write_text(data)
        package_hash.cache_clear()
        seen.add(package_hash(tmp_path))
    assert len(seen) == 5
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    package_hash.cache_clear()
    assert package_hash(tmp_path) in seen


def test_what_other_code_answered_is_derived_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path)
    Memory(tmp_path).recall(MODEL.program, "orders", {}, refuse)
    monkeypatch.setattr("tp.store.answers.package_hash", lambda: "0" * 64)
    found = Memory(tmp_path).recall(MODEL.program, "orders", {}, lambda: MODEL.orders(["F"]))
    assert not isinstance(found, Remembered)


@pytest.mark.parametrize("version", ["package_hash", "libraries"])
def test_what_other_versions_answered_is_pruned(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path)
    tp.Stored(tmp_path).prune(outdated=True)
    assert path.exists()
    monkeypatch.setattr(f"tp.store.prune.{version}", lambda: "0" * 64)
    assert tp.Stored(tmp_path).prune(outdated=True).files == 1
    assert not path.exists()


def altered(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """An answer that somebody changed who knows how it is written, its digest included."""

    def made(data: bytes) -> bytes:
        found = change(json.loads(data))
        body = {"question": found["question"], "answer": found["answer"]}
        return json.dumps({**body, "sha256": digest(json.dumps(body, separators=(",", ":")))}).encode()

    return made


def set_in(answer: Any, *place: Any, value: Any) -> Any:
    *way, last = place
    inner = answer
    for step in way:
        inner = inner[step]
    inner[last] = value
    return answer


class Bomb:
    """What a pickle would execute."""

    def __reduce__(self) -> Any:
        return pytest.fail, ("executed",)


SECTIONS = ("answer", "document", "sections")
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda data: data[:-9],
    "a bit": lambda data: data.replace(b"typical", b"tipical", 1),
    "pickle": lambda _: pickle.dumps(Bomb()),
    "a list": lambda _: b"[]",
    "deep": lambda _: b"[" * 100000,
    "no text": lambda _: b"\xff\xfe",
    "another question": altered(lambda a: set_in(a, "question", "about", value="blame")),
    "other code": altered(lambda a: set_in(a, "question", "code", value="0")),
    "no document": altered(lambda a: set_in(a, "answer", "document", value=None)),
    "no answer": altered(lambda a: set_in(a, "answer", value=[])),
    "no exit code": altered(lambda a: set_in(a, "answer", "exit_code", value=77)),
    "no sections": altered(lambda a: set_in(a, *SECTIONS, value={"a": 1})),
    "a number for a text": altered(lambda a: set_in(a, *SECTIONS, 0, "heading", value=3)),
    "a short row": altered(lambda a: set_in(a, *SECTIONS, 0, "blocks", 0, "rows", 0, value=[])),
    "a long cell": altered(lambda a: set_in(a, *SECTIONS, 0, "blocks", 0, "rows", 0, 0, value=[1, 2, 3, 4])),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damaged_answers_are_derived_again(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """With a warning; the file is replaced."""
    path, told = kept(tmp_path), list[Diagnostic]()
    sound = path.read_bytes()
    path.write_bytes(damage(sound))
    found = Memory(tmp_path, warn=told.append).recall(MODEL.program, "orders", {}, lambda: MODEL.orders(["F"]))
    assert not isinstance(found, Remembered)
    assert [d.code for d in told] == ["TP712"]
    assert path.read_bytes() == sound
    assert isinstance(Memory(tmp_path).recall(MODEL.program, "orders", {}, refuse), Remembered)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answers = Answers(tmp_path / "file")
    question = asked(MODEL.program, "orders", {})
    answers.keep(question, {}, "small")
    assert answers.find(question) is None


def test_documents_are_read_back() -> None:
    found = document(MODEL.orders())
    again = read(json.loads(json.dumps(written(found))))
    assert written(again) == written(found)


def test_options_and_listing(tmp_path: Path, capsys: Captured) -> None:
    program, place = tmp_path / "small.tp", tmp_path / "results"
    program.write_text(TEXT)
    words = ["orders", str(program), "--quantities", "F", "--store", str(place)]
    assert main(["orders", str(program), "--quantities", "F", "--no-store"]) == 0
    assert not place.exists()
    outs = []
    for _ in range(2):
        assert main(words) == 0
        outs.append(capsys.readouterr().out.partition("\n")[2])
    assert outs[0].endswith(outs[1])
    (path,) = place.rglob("orders-*.json")
    path.write_bytes(b"{}")
    assert main([*words, "--no-resume"]) == 0
    assert "TP712" not in capsys.readouterr().err
    assert main(["results", "--store", str(place)]) == 0
    assert ["small", "orders", "1"] in [line.split() for line in capsys.readouterr().out.splitlines()]
    assert main(["results", "--store", str(place), "--prune", "--outdated"]) == 0
    assert path.exists()
    path.write_bytes(b"{}")
    assert main(["results", "--store", str(place), "--prune", "--damaged"]) == 0
    assert not path.exists()
    assert not list(place.iterdir())
