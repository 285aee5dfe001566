"""Reports on measurements in the store: the same as measured ones, and used only while all they rest on stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tp
from tests.marks import slow
from tests.resume.program import SMALL, written
from tp.api.model import Model
from tp.api.remembered import Memory, Remembered
from tp.cli import commands, main
from tp.cli.command import HELP
from tp.cli.drawing import INDIFFERENT
from tp.cli.option import Option
from tp.store.answers import read
from tp.store.cell import Cell, decode, encode
from tp.store.key import digest

Captured = pytest.CaptureFixture[str]
DRAWN = ("--widths", "8,16", "--seeds", "6", "--quiet")
CASES = {
    "correlations": ("--quantities", "kernel,C[0,2]"),
    "verify": ("--quantities", "kernel"),
    "train": ("--steps", "2"),
    "linearize": ("--steps", "2", "--no-second"),
}


@pytest.fixture
def program(tmp_path: Path) -> str:
    return written(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def printed(capsys: Captured, command: str, program: str, store: Path, *words: str) -> tuple[int, str, str]:
    """The exit code of ``tp command``, its report as JSON, and what it said on stderr."""
    given = [command, program, *DRAWN, *CASES[command], "--store", str(store), "--format", "json", *words]
    code = main(given)
    return code, *capsys.readouterr()


def remembered(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each measured report that is asked for from now on comes from the store."""
    found: list[bool] = []
    ask = Memory.measured

    def measured(*args: Any) -> Any:
        result = ask(*args)
        found.append(isinstance(result, Remembered))
        return result

    monkeypatch.setattr(Memory, "measured", measured)
    return found


def answer(store: Path) -> Path:
    (path,) = store.rglob("*-*.json")
    return path


@pytest.mark.parametrize("command", slow(CASES, ["correlations", "verify"]))
def test_it_is_what_a_repeated_measurement_finds(
    command: str, program: str, store: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all formats, with the exit code and all that is said on stderr; also when it is asked for again."""
    from_store = remembered(monkeypatch)
    printed(capsys, command, program, store)
    first = [printed(capsys, command, program, store, "--format", form) for form in ("text", "json")]
    answer(store).unlink()
    # Draws are stored, the report is not.
    assert [printed(capsys, command, program, store, "--format", form) for form in ("json",)] == first[1:]
    assert [printed(capsys, command, program, store, "--format", form) for form in ("text", "json")] == first
    assert from_store == [False, True, True, False, True, True]


def spoil_cell(store: Path, change: Callable[[bytes], bytes | None]) -> None:
    path = sorted(store.rglob("*.cell"))[0]
    found = change(path.read_bytes())
    if found is None:
        path.unlink()
    else:
        path.write_bytes(found)


def other_numbers(data: bytes) -> bytes:
    """A sound cell with other draws than were made."""
    cell = decode(data)
    return encode(Cell(cell.key, {name: np.asarray(row) * 3 for name, row in cell.values.items()}))


CHANGES: dict[str, tuple[Callable[[bytes], bytes | None], bool, bool]] = {
    "gone": (lambda _: None, False, True),
    "cut": (lambda data: data[:-3], True, True),
    "empty": (lambda _: b"", True, True),
    "a bit": (lambda data: data[:900] + b"00" + data[902:], True, True),
    "other numbers": (other_numbers, False, False),
}
"""Changes of a cell; whether they are warned of, and whether the same is found afterwards."""


@pytest.mark.parametrize("how", slow(CHANGES, ["a bit", "other numbers"]))
def test_draws_that_changed_are_looked_at_again(
    how: str, program: str, store: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, warned, same = CHANGES[how]
    from_store = remembered(monkeypatch)
    printed(capsys, "correlations", program, store)
    before = json.loads(printed(capsys, "correlations", program, store)[1])
    spoil_cell(store, change)
    _, out, said = printed(capsys, "correlations", program, store)
    assert (said.count("warning[TP712]") == 1) is warned
    assert (json.loads(out)["quantities"] == before["quantities"]) is same
    assert from_store == [False, True, False]
    _, out, said = printed(capsys, "correlations", program, store)
    assert (json.loads(out)["quantities"] == before["quantities"]) is same
    assert said == ""
    assert from_store[3:] == [True]


def altered(path: Path, *place: Any, value: Any) -> None:
    """Changes an answer as somebody would who knows how it is written, its digest included."""
    question, found = read(path)
    inner = found
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    body = {"question": question, "answer": found}
    path.write_text(json.dumps({**body, "sha256": digest(json.dumps(body, separators=(",", ":")))}))


ALTERED: list[tuple[tuple[str, ...], Any]] = [
    (("rests_on", "cells"), {"../../secret": "00"}),
    (("rests_on", "platforms"), 3),
    (("rests_on",), None),
    (("rests_on", "cells"), {"/etc/8-1-1-dense-float64-0123456789abcdef.cell": "00"}),
    (("rests_on", "refused"), "much"),
    (("rests_on",), {}),
    (("document",), {}),
    (("exit_code",), 77),
]


@pytest.mark.parametrize(("place", "value"), [*ALTERED[:2], *slow(ALTERED[2:])])
def test_a_damaged_report_is_measured_again(
    place: Any, value: Any, program: str, store: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_store = remembered(monkeypatch)
    first = printed(capsys, "correlations", program, store)[1].replace('"stored": 0', '"stored": 2')
    altered(answer(store), *place, value=value)
    _, out, said = printed(capsys, "correlations", program, store)
    assert out == first
    assert said.count("warning[TP712]") == 1
    assert from_store == [False, False]
    assert printed(capsys, "correlations", program, store) == (0, first, "")


OTHER = {
    "--seeds": ["7"],
    "--widths": ["8,32"],
    "--dtype": ["float32"],
    "--engine": ["dense"],
    "--budget": ["7s"],
    "--max-width": ["64"],
    "--data": ["digits"],
    "--target": ["1"],
    "--header": [],
    "--quantities": ["kernel"],
    "--steps": ["3"],
    "--optimizer": ["sgd(momentum = 0.3)"],
    "--cost": ["logistic"],
    "--batch": ["2"],
    "--samples": ["5"],
    "--rho": ["1/2"],
    "--scale": ["1/2"],
    "--strong": ["usual"],
    "--second": None,
}
"""Words of options with another value than by default; None: the option has no other value, or is given below."""
MORE = {"--second": ["--no-second"], "--power": ["--power", "1"]}


def words_of(option: Option[Any]) -> list[str] | None:
    """A way to give ``option``, with a value that is not its default; settings beside an optimiser that has them."""
    having = tp.optimizer_options().get(option.key)
    if having is not None:
        return ["--optimizer", having[0][0], *_given(option)]
    return _given(option)


def _given(option: Option[Any]) -> Any:
    if option.key in MORE:
        return MORE[option.key]
    if not option.metavar:
        return [option.names[-1]] if option.default is not False else [option.key]
    if option.key in OTHER:
        found = OTHER[option.key]
        return None if found is None else [option.key, *found]
    for word in ("0.1", "U=0.1", "3", *option.metavar.strip("[]").split("|")):
        try:
            if option.take(option.default, word) != option.default:
                return [option.key, word]
        except ValueError:
            continue
    raise AssertionError(f"say how {option.key} is given")


@pytest.mark.parametrize("command", CASES)
def test_each_option_makes_another_question(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All but those that say where and how a result is made and shown."""
    path = tmp_path / "small.tp"
    path.write_text(SMALL.replace("d=3", "d=64"))
    asked: list[Any] = []

    class Asked(Exception):
        """The question is known."""

    def measured(_: Memory, program: Any, about: str, settings: Any, data: Any, *rest: Any) -> Any:
        asked.append((about, settings, data))
        raise Asked

    monkeypatch.setattr(Memory, "measured", measured)
    monkeypatch.setattr("tp.cli.drawing.data", lambda *_: None)
    chosen = commands.find(command)
    assert chosen is not None
    monkeypatch.setenv("TP_DEBUG", "1")
    with pytest.raises(Asked):
        main([command, str(path)])
    indifferent = {option.key for option in (*INDIFFERENT, HELP)}
    for option in chosen.options:
        words = None if option.key in indifferent else words_of(option)
        if words is not None:
            beside = ["--data", "digits"] if option.key in ("--target", "--header") else []
            with pytest.raises(Asked):
                main([command, str(path), *beside, *words])
    settings = [repr(question) for question in asked]
    assert len(set(settings)) == len(settings) > 5
    for words in (["--jobs", "2"], ["--format", "json"], ["--quiet"], ["--no-resume"], ["--store", str(tmp_path)]):
        with pytest.raises(Asked):
            main([command, str(path), *words])
        assert asked[-1] == asked[0]


def measured_again(
    store: Path, model: Model, data: tp.Data | None = None, during: Callable[[], None] = lambda: None
) -> bool:
    """Whether the correlations of ``model`` are measured, and not remembered."""

    def measure(resources: tp.Resources) -> tp.Numbers:
        found = model.correlations([8], quantities=["kernel"], seeds=2, data=data, resources=resources)
        during()
        return found

    found = Memory(store).measured(model.program, "correlations", {}, data, tp.Resources(), measure)
    return not isinstance(found, Remembered)


def test_every_part_of_a_program_counts(store: Path) -> None:
    """Inputs that nothing depends on, too: numbers are drawn for them."""
    for text in (
        SMALL,
        SMALL.replace("tanh", "erf"),
        SMALL.replace("d=3", "d=4"),
        SMALL.replace("Theta(1)", "O(1)"),
        SMALL.replace("small", "other"),
        SMALL.replace("normal(0, 1)\n  param v", "normal(0, 2)\n  param v"),
        SMALL.replace("\n  h", "\n\n  h"),
        SMALL.replace("  input x", "  input y : [d=3]\n  input x"),
    ):
        model = tp.parse(text)
        assert measured_again(store, model)
        assert not measured_again(store, model)


def test_the_content_of_data_counts(store: Path, tmp_path: Path) -> None:
    """Also where it changes while it is used."""
    model, path = tp.parse(SMALL), tmp_path / "data.npy"
    data = tp.Data(str(path))

    def save(seed: int) -> None:
        np.save(path, np.random.default_rng(seed).normal(size=(4, 3)))

    save(0)
    assert measured_again(store, model, data)
    assert not measured_again(store, model, data)
    save(1)
    assert measured_again(store, model, data, during=lambda: save(2))
    save(1)
    assert measured_again(store, model, data)
    assert not measured_again(store, model, data)
    assert measured_again(store, model)


def test_other_machines_and_versions_measure_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tp.parse(SMALL)
    measured_again(store, model)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("tp.interpret.arrays.backend.platform", lambda path: f"{path} other")
        assert measured_again(store, model)
    assert measured_again(store, model)
    assert not measured_again(store, model)
    for name in ("package_hash", "libraries"):
        with monkeypatch.context() as later:
            later.setattr(f"tp.store.answers.{name}", lambda: "0" * 64)
            assert measured_again(store, model)


def test_what_was_left_out_for_want_of_memory_is_measured_where_there_is_more(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tp.parse(SMALL)

    def again(free: float) -> bool:
        monkeypatch.setattr("tp.sampling.memory_limit.free_memory", lambda: free)
        monkeypatch.setattr("tp.machine.free_memory", lambda: free)

        def measure(resources: tp.Resources) -> tp.Numbers:
            return model.correlations([8], quantities=["kernel"], seeds=2, max_width=1 << 29, resources=resources)

        return not isinstance(Memory(store).measured(model.program, "a", {}, None, tp.Resources(), measure), Remembered)

    assert again(1 << 33)
    assert not again(1 << 33)
    assert not again(1 << 32)
    assert again(1 << 60)


def test_what_is_not_complete_is_not_remembered(store: Path) -> None:
    """After an interrupt, and where draws are not in the store."""
    model = tp.parse(SMALL)

    def interrupted(resources: tp.Resources) -> tp.Numbers:
        found = model.correlations([8], quantities=["kernel"], seeds=2, resources=resources)
        return replace(found, provenance=replace(found.provenance, interrupted=True))

    def elsewhere(resources: tp.Resources) -> tp.Numbers:
        del resources  # its store is not used
        return model.correlations([8], quantities=["kernel"], seeds=2, store=False)

    for measure in (interrupted, elsewhere):
        Memory(store).measured(model.program, "correlations", {}, None, tp.Resources(), measure)
        assert measured_again(store, model)
        answer(store).unlink()


def test_nothing_is_remembered_without_a_store(program: str, store: Path, capsys: Captured) -> None:
    words = ["correlations", program, *DRAWN, *CASES["correlations"]]
    assert main([*words, "--no-store"]) == 0
    assert not store.exists()
    capsys.readouterr()
    first = printed(capsys, "correlations", program, store)
    fresh = printed(capsys, "correlations", program, store, "--no-resume")
    assert json.loads(fresh[1])["cells"]["stored"] == 0
    assert fresh[1] == first[1]


def test_the_budget_to_go_on_with_is_remembered(store: Path) -> None:
    model = tp.parse(SMALL)
    found = model.verify([8, 16, 32], quantities=["kernel"], budget=0.0, store=False)
    short = replace(found, provenance=replace(found.provenance, short=True))
    assert short.next_budget
    for _ in range(2):
        again = Memory(store).recall(model.program, "verify", {}, lambda: short)
        assert again.next_budget == short.next_budget
    assert isinstance(again, Remembered)
