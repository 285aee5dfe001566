"""Several programs and folders: one that fails does not stop the others, whatever the format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from tests.marks import slow
from tp.api.model import Model
from tp.cli import main

GOOD = """program NAME {
  width n
  input x : [d=2]
  param v : [n, d] ~ normal(0, 1)
  output f = mean(tanh(v @ x))
  claim F : O(1)
}
"""
FALSE = GOOD.replace("O(1)", "Theta(1)")
BROKEN = GOOD.replace("@ x", "@ y")
LIBRARY = "def half(x) {\n  return x / 2\n}\n"
ORDERS = ["--quantities", "F", "--no-store"]
DRAWN = [*ORDERS, "--widths", "8,16", "--seeds", "2"]
Captured = pytest.CaptureFixture[str]
Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Writes programs to a folder, which is the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name}.tp").write_text(text.replace("NAME", name))
        return tmp_path

    return write


def run(words: list[str], capsys: Captured) -> tuple[int, str, str]:
    code = main(words)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_folder_has_a_report_of_each_program_and_a_summary(files: Files, capsys: Captured) -> None:
    files(a=GOOD, b=FALSE, c=BROKEN, d=LIBRARY)
    code, out, err = run(["orders", ".", *ORDERS], capsys)
    assert code == 2
    assert "error[TP101]" in err
    assert "./d.tp: no program; skipped" in err
    rows = [line.split() for line in out[out.index("\nsummary") :].splitlines()]
    assert ["a", "(./a.tp)", "1", "holds", "1", "predicted", "0"] in rows
    assert ["b", "(./b.tp)", "1", "fails", "1", "predicted", "1"] in rows
    assert ["./c.tp", "2", "could", "not", "run:", "TP101"] in rows
    assert "3 programs; exit code 2" in out


@pytest.mark.parametrize("command", slow(["orders", "verify", "linearize"], ["orders"]))
def test_commands_go_on(command: str, files: Files, capsys: Captured) -> None:
    files(a=BROKEN, b=GOOD)
    words = ORDERS if command == "orders" else DRAWN if command == "verify" else [*DRAWN[2:], "--steps", "1"]
    code, out, _ = run([command, "a.tp", "b.tp", *words], capsys)
    assert code == 2
    assert "b (b.tp)" in out


def test_only_functions_is_an_error(files: Files, capsys: Captured) -> None:
    folder = files(d=LIBRARY)
    code, _, err = run(["orders", str(folder)], capsys)
    assert (code, "holds a program" in err) == (2, True)


def test_json_has_an_object_for_each(files: Files, capsys: Captured) -> None:
    files(a=GOOD, c=BROKEN)
    code, out, err = run(["orders", "a.tp", "c.tp", *ORDERS, "--format", "json"], capsys)
    first, second = json.loads(out)
    assert (code, err, first["program"]) == (2, "", "a")
    assert (second["program"], second["file"], second["exit_code"]) == (None, "c.tp", 2)
    assert second["diagnostics"][0]["code"] == "TP101"


def test_an_error_that_all_share_is_said_once(files: Files, capsys: Captured) -> None:
    files(a=GOOD, b=GOOD)
    code, out, err = run(["orders", ".", "--quantities", "nothing", "--no-store"], capsys)
    assert code == 2
    assert err.count("TP505") == 1
    assert out.count("could not run: TP505") == 2
    assert run(["orders", "a.tp", "--quantities", "nothing"], capsys)[1] == ""


def test_a_bug_in_one_program_does_not_stop_the_others(
    files: Files, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(a=GOOD, b=GOOD)
    plain = Model.orders

    def orders(model: Model, *words: Any, **more: Any) -> Any:
        if model.name == "a":
            raise ZeroDivisionError("nothing caught it")
        return plain(model, *words, **more)

    monkeypatch.setattr(Model, "orders", orders)
    code, out, err = run(["orders", ".", *ORDERS], capsys)
    assert (code, "error[TP599]: internal error: ZeroDivisionError" in err) == (2, True)
    assert "could not run: TP599" in out
    assert out.startswith("b (./b.tp)")
    monkeypatch.setenv("TP_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["orders", ".", *ORDERS])


@pytest.mark.slow
def test_data_need_not_fit_all(files: Files, capsys: Captured) -> None:
    folder = files(a=GOOD, b=GOOD.replace("d=2", "d=3"))
    (folder / "x.csv").write_text("1,2\n3,4\n5,6\n7,9\n")
    code, out, err = run(["verify", ".", *DRAWN, "--data", "x.csv"], capsys)
    assert code == 2
    assert "a (./a.tp)" in out
    assert err.count("error[TP60") == 1


def verdicts(text: str, form: str) -> dict[str, int]:
    """The numbers of errors, failures and undecided checks in an output, which is whole and valid."""
    if form == "junit":
        root = fromstring(text)
        kinds = {"error": "errors", "failure": "failures", "skipped": "skipped"}
        return {name: len(root.findall(f".//{kind}")) for kind, name in kinds.items()}
    if form == "sarif":
        (found,) = json.loads(text)["runs"]
        results: list[Any] = [*found["results"], *found["invocations"][0]["toolExecutionNotifications"]]
        coded = [r for r in results if (r.get("ruleId") or r["descriptor"]["id"]).startswith("TP")]
        bad = [r for r in results if r["level"] == "error" and r not in coded]
        return {"errors": len(coded), "failures": len(bad), "skipped": sum(r["level"] == "note" for r in results)}
    commands = [line for line in text.splitlines() if line.startswith("::")]
    coded = [c for c in commands if "title=tp TP" in c]
    bad = [c for c in commands if c.startswith("::error") and c not in coded]
    return {"errors": len(coded), "failures": len(bad), "skipped": sum(c.startswith("::notice") for c in commands)}


@pytest.mark.parametrize("form", slow(["junit", "sarif", "github"], ["sarif"]))
def test_formats_are_whole_whatever_happens(
    form: str, files: Files, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(a=GOOD, b=FALSE, c=BROKEN)
    shown = ["--format", form]
    for words, code, expected in (
        (["orders", "a.tp", "b.tp", *ORDERS], 1, {"errors": 0, "failures": 1, "skipped": 0}),
        (["orders", "a.tp", "b.tp", "c.tp", *ORDERS], 2, {"errors": 1, "failures": 1, "skipped": 0}),
        (["orders", "c.tp"], 2, {"errors": 1, "failures": 0, "skipped": 0}),
        (["orders", "none.tp"], 2, {"errors": 1, "failures": 0, "skipped": 0}),
        (["orders", "a.tp", "--widths", "8"], 2, {"errors": 1, "failures": 0, "skipped": 0}),
        (["check", "a.tp", "c.tp"], 2, {"errors": 1, "failures": 0, "skipped": 0}),
        (["check", "a.tp"], 0, {"errors": 0, "failures": 0, "skipped": 0}),
    ):
        found, out, err = run([*words, *shown], capsys)
        assert (found, err) == (code, "")
        assert verdicts(out, form) == expected, words
    for words in (["c.tp"], ["a.tp", "c.tp", *ORDERS]):
        assert run(["orders", *words, *shown, "-o", "out"], capsys) == (2, "", "")
        assert verdicts((folder / "out").read_text(), form)["errors"] == 1

    def stop(model: Model, *_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Model, "orders", stop)
    code, out, _ = run(["orders", "a.tp", *shown], capsys)
    assert (code, verdicts(out, form)) == (3, {"errors": 0, "failures": 0, "skipped": 1})
    code, out, _ = run(["orders", "a.tp", "b.tp", "c.tp", *shown], capsys)
    assert (code, verdicts(out, form)) == (3, {"errors": 1, "failures": 0, "skipped": 2})


@pytest.mark.parametrize("form", ["junit", "sarif", "github"])
def test_stored_reports_have_checks(form: str, files: Files, capsys: Captured) -> None:
    files(b=FALSE)
    words = ["orders", "b.tp", "--quantities", "F", "--store", "kept", "--format", form]
    assert run(words, capsys) == run(words, capsys)


@pytest.mark.parametrize("form", ["junit", "sarif", "github"])
def test_names_that_are_no_text(form: str, files: Files, capsys: Captured) -> None:
    """A name with a byte that is no UTF-8, a line break and signs that formats use themselves."""
    folder = files(b=FALSE)
    name = "a\udc80b\n::error::<&%.tp"
    (folder / name).write_text(FALSE.replace("NAME", "odd"))
    code, out, _ = run(["orders", name, *ORDERS, "--format", form], capsys)
    assert (code, verdicts(out, form)) == (1, {"errors": 0, "failures": 1, "skipped": 0})
