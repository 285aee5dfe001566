"""``tp report``: stored runs are listed, printed again and made into pages; what is damaged is refused."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tp
from tests.report.pages_checked import checked
from tp.api.loading import reread
from tp.api.pages import Asked
from tp.api.remembered import Memory
from tp.api.runs import StoredRuns, report, stored_page
from tp.cli import main
from tp.store.runs import Run, run_of

ROOT = Path(__file__).parents[2]
FALSE = str(ROOT / "programs" / "false_claim.tp")
TEXT = """program small {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  output f = dot(v, tanh(U @ x / sqrt(d))) / sqrt(n)
}
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run of a command."""
    folder = tmp_path_factory.mktemp("store")
    main(["orders", FALSE, "--quantities", "F", "--optimizer", "adam", "--store", str(folder)])
    return folder


@pytest.fixture
def store(full: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(full, tmp_path / "store"))


def the_file(store: Path) -> Path:
    (found,) = store.rglob("orders-*.json")
    return found


def altered(store: Path, change: Callable[[Any], object]) -> None:
    """Change the answer, and its digest as well."""
    path = the_file(store)
    body = json.loads(path.read_bytes())
    del body["sha256"]
    change(body["answer"])
    text = json.dumps(body, separators=(",", ":"))
    path.write_text(json.dumps({**body, "sha256": hashlib.sha256(text.encode()).hexdigest()}))


def test_runs_are_listed_and_printed_again(store: Path, capsys: Captured) -> None:
    place = ["--store", str(store)]
    assert main(["report", *place]) == 0
    head, columns, row = capsys.readouterr().out.splitlines()
    assert head == str(store)
    assert columns.split() == ["run", "command", "program", "date", "(UTC)", "exit", "code"]
    run, command, program, *_, code = row.split()
    assert (command, program, code) == ("orders", "false_claim", "1")
    main(["orders", FALSE, "--quantities", "F", "--optimizer", "adam", *place])
    printed = capsys.readouterr().out
    for name in (run, "false_claim"):
        assert main(["report", name, *place]) == 0
        assert capsys.readouterr().out == printed
    assert main(["report", "false_claim", "--format", "json", *place]) == 0
    assert json.loads(capsys.readouterr().out)["program"] == "false_claim"
    main(["report", "--format", "json", *place])
    (listed,) = json.loads(capsys.readouterr().out)["runs"]
    assert listed["words"][:3] == ["tp", "orders", FALSE]


def test_the_page_of_a_run_is_that_of_its_program_then(store: Path, tmp_path: Path, capsys: Captured) -> None:
    page, file = tmp_path / "run.html", tmp_path / "other" / "a.tp"
    file.parent.mkdir()
    file.write_text(TEXT)
    words = ["orders", str(file), "--quantities", "F", "--set", "d=8", "--store", str(store)]
    main([*words, "--html", str(tmp_path / "direct.html")])
    file.unlink()
    capsys.readouterr()
    assert main(["report", "small", "--html", str(page), "--store", str(store)]) == 0
    assert capsys.readouterr().out == ""
    again, direct = page.read_text("utf-8"), (tmp_path / "direct.html").read_text("utf-8")
    assert again[: again.index("To repeat this</h2>")] == direct[: direct.index("To repeat this</h2>")]
    assert "d=8" in again
    assert "U @ x / sqrt(d)" in again


@pytest.mark.parametrize(
    ("words", "code"), [(["nobody"], "TP521"), (["000"], "TP521"), (["--html", "a.html"], "TP500")], ids=str
)
def test_what_is_unknown_is_said(words: list[str], code: str, store: Path, capsys: Captured) -> None:
    assert main(["report", *words, "--store", str(store)]) == 2
    assert code in capsys.readouterr().err


def test_an_empty_store_and_equal_beginnings_are_said(store: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["report", "--store", str(tmp_path / "nowhere")]) == 2
    assert "TP524" in capsys.readouterr().err
    path = the_file(store)
    begin = path.stem.partition("-")[2][:6]
    shutil.copy(path, path.with_name(f"orders-{begin}0123456789.json"))
    assert main(["report", begin, "--store", str(store)]) == 2
    assert "TP522" in capsys.readouterr().err


ALTERED: dict[str, Callable[[Any], object]] = {
    "document": lambda a: a.update(document={"title": 1}),
    "exit code": lambda a: a.update(exit_code=7),
    "command": lambda a: a["run"].update(command=[1]),
    "texts": lambda a: a["run"].update(texts={"a.tp": ["x"]}),
    "no text of the program": lambda a: a["run"].update(file="b.tp"),
    "fields": lambda a: a["run"].update(more=""),
    "a number that JSON has not": lambda a: a["document"]["title"]["facts"][0].__setitem__(2, math.nan),
    "twice": lambda a: a["document"]["sections"].append(a["document"]["sections"][0]),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_runs_are_refused(name: str, store: Path, capsys: Captured) -> None:
    altered(store, ALTERED[name])
    for words in (["--html", str(store / "a.html")], ["--format", "json"]):
        assert main(["report", "false_claim", *words, "--store", str(store)]) == 2
        assert "TP523" in "".join(capsys.readouterr())
    assert main(["report", "--store", str(store)]) == 0
    # the list does not read documents
    assert ("damaged" in capsys.readouterr().out) is (
        name not in ("document", "exit code", "a number that JSON has not", "twice")
    )


def test_what_is_no_file_of_a_run_is_left_out(store: Path, capsys: Captured) -> None:
    """Such as the file of a run that another process removes while runs are listed."""
    path = the_file(store)
    path.with_name("orders-" + "b" * 16 + ".json").symlink_to("nowhere")
    os.mkfifo(path.with_name("orders-" + "c" * 16 + ".json"))
    body = {"question": json.loads(path.read_bytes())["question"], "answer": ""}
    text = json.dumps(body, separators=(",", ":"))
    stated = hashlib.sha256(text.encode()).hexdigest()
    path.with_name("orders-" + "d" * 16 + ".json").write_text(f'{text[:-1]},"sha256":"{stated}"}}')
    assert main(["report", "--store", str(store)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("damaged") == 1
    assert "dddd" in printed
    assert "false_claim" in printed


def hostile(found: Any) -> Any:
    """``found`` with markup in every text; numbers, names of fields and of kinds of blocks stay."""
    if isinstance(found, str):
        return f"</td></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{found}\u202e\udc80\x00"
    if isinstance(found, list):
        return [hostile(one) for one in found]
    return {key: hostile(one) for key, one in found.items()} if isinstance(found, dict) else found


def test_altered_documents_cannot_break_out(store: Path, capsys: Captured) -> None:
    def change(answer: Any) -> None:
        answer["document"] = {**hostile(answer["document"]), "checks": []}  # words of checks are checked
        run = answer["run"]
        for name in ("command", "made", "versions"):
            run[name] = hostile(run[name])

    altered(store, change)
    file = store / "a.html"
    assert main(["report", "false_claim", "--html", str(file), "--store", str(store)]) == 0, capsys.readouterr().err
    page = file.read_text("utf-8")
    found = checked(page)
    assert "<script" not in page
    assert "<img" not in page
    assert found.text.count("<script>alert(1)</script>") > 50
    assert main(["report", "false_claim", "--store", str(store)]) == 0
    assert set("\x00\u202e\udc80") & set(capsys.readouterr().out) == set()


def test_a_file_cut_short_is_refused(store: Path, capsys: Captured) -> None:
    path = the_file(store)
    path.write_bytes(path.read_bytes()[:-40])
    assert main(["report", "false_claim", "--store", str(store)]) == 2
    assert "TP523" in capsys.readouterr().err


def test_runs_of_earlier_versions_have_a_page_without_their_program(store: Path) -> None:
    altered(store, lambda answer: answer.pop("run"))
    row = StoredRuns(store).find("false_claim")
    page = stored_page(row)
    assert "An earlier version of tp kept this run" in page
    assert ">Program</h2>" not in page
    assert tp.render([report(row)]).startswith("false_claim (")


def test_a_program_that_cannot_be_read_any_more_is_said(store: Path) -> None:
    altered(store, lambda answer: answer["run"]["texts"].update({FALSE: "program <b>"}))
    page = stored_page(StoredRuns(store).find("false_claim"))
    assert "cannot read the program of the run" in page
    assert "<b>" not in page


def test_what_is_kept_of_a_run_is_read_back(tmp_path: Path) -> None:
    model = tp.load(ROOT / "programs" / "transformer_block.tp")
    asked = Asked(("tp", "orders", "\udc80"), {"phi": "tanh"}, "adam", {"--eta": "1", "--nesterov": True})
    kept = asked.run(model.program)
    assert run_of(json.loads(json.dumps(kept.as_json()))) == kept
    assert isinstance(kept, Run)
    assert set(kept.texts) == {model.program.file, "library/blocks.tp", "library/norms.tp"}
    again = reread(kept.texts, kept.file, {})
    assert again.program == model.program


def test_a_memory_without_a_question_keeps_no_run(tmp_path: Path) -> None:
    model = tp.parse(TEXT)
    Memory(tmp_path).recall(model.program, "orders", {}, lambda: model.orders(["F"]))
    assert "run" not in json.loads(the_file(tmp_path).read_bytes())["answer"]
