"""``tp new``: every template is a program whose claims hold, in canonical layout."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

import tp
from tests.marks import exhaustive, slow
from tp.answer import Answer
from tp.api.templates import template, templates
from tp.cli import main

EVERY = [*chain.from_iterable([(kind, p) for p in these] for kind, these in templates().items())]
QUICK = [case for case in EVERY if case[0] not in ("attention", "lstm", "transformer")]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_kinds() -> None:
    assert set(templates()) == {"mlp", "cnn", "resnet", "rnn", "lstm", "attention", "transformer", "moe", "lora"}
    assert templates()["mlp"] == ("ntk", "mup", "standard")
    assert all(these[0] == "ntk" for these in templates().values())


@pytest.mark.parametrize(("kind", "parametrization"), EVERY)
def test_templates_are_in_order(kind: str, parametrization: str, folder: Path, capsys: Captured) -> None:
    assert main(["new", "mine", "--kind", kind, "--parametrization", parametrization]) == 0
    assert "tp verify mine.tp" in capsys.readouterr().out
    assert main(["check", "--strict", "mine.tp"]) == 0
    assert main(["format", "--check", "mine.tp"]) == 0
    text = (folder / "mine.tp").read_text()
    assert "program mine" in text
    assert "my_network" not in text


@pytest.mark.parametrize(("kind", "parametrization"), slow(EVERY, QUICK))
def test_the_calculus_confirms_all_claims(kind: str, parametrization: str) -> None:
    claims = tp.parse(template("mine", kind, parametrization)).orders(["F"]).claims
    assert len(claims) >= 3
    assert {claim.answer for claim in claims} == {Answer.YES}


@pytest.mark.slow
def test_measurements_confirm_the_claims_of_the_default() -> None:
    assert tp.parse(template("mine", "mlp"), depth=1).verify("16:256").exit_code == 0


@pytest.mark.parametrize(("kind", "parametrization"), exhaustive(EVERY))
def test_measurements_support_all_claims(kind: str, parametrization: str) -> None:
    """Within the default budget: it decides every quantity on which a claim depends."""
    assert tp.parse(template("mine", kind, parametrization)).verify().exit_code == 0


def test_a_file_is_replaced_only_on_demand(folder: Path, capsys: Captured) -> None:
    (folder / "mine.tp").write_text("old")
    assert main(["new", "mine"]) == 2
    assert "TP508" in capsys.readouterr().err
    assert (folder / "mine.tp").read_text() == "old"
    assert main(["new", "mine", "--force"]) == 0
    assert "program mine(" in (folder / "mine.tp").read_text()


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["a-b"], "TP525", "letters, digits and _"),
        (["3d"], "TP525", "no digit first"),
        (["größe"], "TP525", "letters"),
        (["nets/small"], "TP525", "in the folder where tp runs"),
        (["../small"], "TP525", "in the folder where tp runs"),
        (["small.tp"], "TP525", "tp new small"),
        (["n" * 101], "TP525", "at most 100"),
        (["net", "--kind", "gru"], "TP500", "see tp new --help"),
        (["net", "--kind", "rnn", "--parametrization", "mup"], "TP526", "parametrizations of rnn: ntk"),
    ],
)
def test_what_cannot_be_written(words: list[str], code: str, hint: str, folder: Path, capsys: Captured) -> None:
    assert main(["new", *words]) == 2
    shown = capsys.readouterr().err
    assert f"error[{code}]" in shown
    assert hint in shown
    assert list(folder.iterdir()) == []
