"""What reports say under other optimisers than gradient descent, and what is not predicted then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tp
from tp.api.remembered import asked
from tp.cli.entry import main
from tp.diagnostics.diagnostic import TpError
from tp.experiments.training.observables import GRADIENT, KERNEL
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD, Optimizer, chosen, make
from tp.optimizers.choosing import with_options
from tp.quantities.definitions import DEVIATION
from tp.studies.linearize.along import AlongRuns
from tp.studies.linearize.expected import AFTER, SECOND, expected
from tp.studies.linearize.theorem_3_1 import speaks
from tp.studies.meaning import at_start, descends, meaning
from tp.syntax import parse
from tp.syntax.optimizers import read
from tp.theory.analysis import Analysis

TEXT = """program net {
  width n
  input x : [d=4]
  param U : [n, d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1/sqrt(n)) rate 1/n
  param v : [n] ~ normal(0, 1) rate 1/n
  output f = dot(v, tanh(W @ tanh(U @ x))) / n
}
"""


def net(statement: str = "") -> str:
    return TEXT.replace("}\n", f"  {statement}\n}}\n")


@pytest.mark.parametrize(
    ("optimizer", "drives", "applies"),
    [
        (SGD(), True, True),
        (SGD(momentum=0.9, nesterov=True), True, True),
        (SGD(decay=0.1), True, False),
        (SGD(clip=1.0), True, False),
        (make("adam"), False, False),
        (make("muon", {"momentum": 0.0}), False, False),
        (chosen(read("muon for W; sgd", parse(TEXT))[0]), False, False),
        (chosen(read("sgd(momentum = 0.5) for W; sgd", parse(TEXT))[0]), False, False),
        (chosen(read("sgd(decay = 0.5) for W; sgd", parse(TEXT))[0]), True, False),
        (chosen(read("sgd(eta = 10) for W; sgd", parse(TEXT))[0]), False, False),
        (chosen(read("sgd(warmup = 5) for W; sgd", parse(TEXT))[0]), False, False),
        (chosen(read("sgd(nesterov = true) for W; sgd", parse(TEXT))[0]), True, True),
    ],
    ids=lambda value: value.called if isinstance(value, Optimizer) else None,
)
def test_where_kernels_drive_training_and_the_theorems_apply(optimizer: Optimizer, drives: bool, applies: bool) -> None:
    assert (optimizer.along_gradients, descends(optimizer)) == (drives, applies)
    assert speaks((), optimizer) is applies
    assert (meaning(optimizer) == ()) is applies
    assert (at_start(optimizer) == ()) is drives


def test_the_regime_is_that_of_the_optimiser() -> None:
    """The same program: stable under gradient descent, unstable under Adam."""
    unstable = TEXT.replace("/ n", "/ sqrt(n)").replace("v : [n] ~ normal(0, 1) rate 1/n", "v : [n] ~ normal(0, 1)")
    plain = tp.parse(unstable)
    adam = tp.parse(unstable.replace("}\n", "  optimizer adam\n}\n"))
    kinds = [model.orders(["F"]).regime for model in (plain, adam, plain.with_optimizer("adam"))]
    said = [None if found is None else found.kind.value for found in kinds]
    assert said[0] != said[1] == said[2]
    replaced = adam.orders(["F"], optimizer=SGD()).regime
    assert replaced is not None
    assert replaced.kind.value == said[0]


def test_reports_name_the_optimiser_and_what_keeps_a_meaning() -> None:
    shown = tp.parse(net("optimizer muon(momentum = 0.5) for W; optimizer adam(eps = 1/n)")).orders(["F"])
    first = str(shown).split("\n")[0]
    assert "trained by muon (eta 0.02, momentum 0.5) for W; adam (eta 0.01, eps n^(-1)) for the rest" in first
    assert "under muon and adam" in str(shown)
    found = json.loads(tp.render([shown], "json"))
    assert found["optimizer"]["groups"][0]["weights"] == ["W"]
    assert any("theorems 3.1 and 3.2" in line for line in found["meaning"])
    plain = json.loads(tp.render([tp.parse(TEXT).orders(["F"])], "json"))
    assert "optimizer" not in plain
    assert "meaning" not in plain
    assert "∇F·Λu = Θ(1)" in str(shown)
    assert "∇F·Λu" not in str(tp.parse(TEXT).orders(["F"]))


@pytest.mark.parametrize(
    ("statement", "reason", "way"),
    [
        ("muon(decay = 0.1, coupled = true)", "polar factors of weight decay", "coupled = false has known orders"),
        ("shampoo(decay = 0.1, coupled = true)", "roots of weight decay", "coupled = false has known orders"),
        ("adafactor(multiply_by_parameter_scale = true)", "in units of the size of parameters", "= false has known"),
    ],
)
def test_a_report_without_a_regime_says_why(statement: str, reason: str, way: str) -> None:
    shown = tp.parse(net(f"optimizer {statement}")).orders(["F"])
    (said,) = [line for line in str(shown).split("\n") if "regime" in line]
    assert "regime: not known, since the orders of" in said
    assert reason in said
    assert way in said
    assert json.loads(tp.render([shown], "json"))["regime"]["reason"] == shown.unknown


@pytest.mark.parametrize(
    ("statement", "where"), [("shampoo", "L and R"), ("muon(iterations = 0)", "the mean of gradients")]
)
def test_claims_about_training_without_known_orders_are_undecided(statement: str, where: str) -> None:
    shown = tp.parse(net(f"claim lazy; optimizer {statement}")).orders(["F"])
    assert "regime: not known, since the orders of the updates of" in str(shown)
    assert f"a sample that is used again adds small new directions to {where}" in str(shown)
    assert "F - F_lin" not in str(shown)
    (claim,) = shown.claims
    assert claim.outcome == "undecided"


def test_one_step_has_a_prediction_where_later_ones_have_none() -> None:
    one, two = (Schedule(optimizer=make("shampoo"), steps=steps) for steps in (1, 2))
    analysis = Analysis(parse(TEXT).graph, SECOND, one.mover)
    assert {DEVIATION, KERNEL, GRADIENT} <= set(expected(analysis, one, second=False).prediction.exponents)
    with pytest.raises(TpError, match="a sample that is used again"):
        expected(analysis, two, second=False)


def test_losses_stand_below_the_program_and_its_optimiser() -> None:
    schedule = Schedule(steps=1, samples=1)
    shown = tp.parse(net("optimizer muon")).train(schedule, [8], seeds=1)
    assert str(shown).split("\n")[0].endswith("trained by muon")
    found = json.loads(tp.render([shown], "json"))
    assert found["optimizer"]["optimizer"] == "muon"
    assert "F_lin" in found["meaning"][0]
    assert "regime" not in str(shown)


def test_what_gradient_descent_alone_makes_true_is_not_predicted() -> None:
    """Second derivatives after a run; changes of gradients and of the kernel are those of any run."""
    graph = parse(TEXT).graph
    by_name = {}
    for optimizer in (SGD(), make("adam", {"eps": 0.0})):
        schedule = Schedule(optimizer=optimizer, steps=2)
        by_name[optimizer.name] = expected(Analysis(graph, SECOND, optimizer), schedule, second=True).prediction
    assert {KERNEL, GRADIENT, AFTER} <= set(by_name["sgd"].exponents)
    assert {KERNEL, GRADIENT} <= set(by_name["adam"].exponents)
    assert AFTER not in by_name["adam"].exponents


def test_critical_rates_and_the_corollary_are_those_of_gradient_descent() -> None:
    along = AlongRuns(schedule=Schedule(optimizer=make("adam")))
    assert (along.critical, along.corollary) == ((), ())


def test_groups_with_one_rate_descend_at_it() -> None:
    groups = chosen(read("sgd(eta = 0.5) for W; sgd(eta = 0.5)", parse(TEXT))[0])
    assert (groups.eta, groups.rate, groups.times(0.5).rate) == (1.0, 0.5, 0.25)
    unequal = chosen(read("sgd(eta = 0.5) for W; sgd", parse(TEXT))[0])
    assert (unequal.called, groups.called) == ("sgd with settings by weight", "sgd")
    alone = unequal.of({name: p for name, p in parse(TEXT).graph.parameters.items() if name != "W"})
    assert (alone.along_gradients, alone.rate) == (True, 0.2)


@pytest.mark.parametrize("statement", ["optimizer adam", "optimizer sgd(eta = 0.001) for U; optimizer sgd(eta = 10)"])
def test_networks_of_infinite_width_are_trained_by_gradient_descent(statement: str) -> None:
    with pytest.raises(TpError, match="TP635") as problem:
        tp.parse(net(statement)).train_infinitely_wide([[1.0, 0, 0, 0]], [1.0])
    assert problem.value.diagnostics[0].span is not None


@pytest.mark.parametrize("setting", ["momentum = 0.9", "warmup = 10"])
def test_networks_of_infinite_width_are_trained_at_one_rate(setting: str) -> None:
    with pytest.raises(TpError, match="TP635"):
        tp.parse(net(f"optimizer sgd({setting})")).train_infinitely_wide([[1.0, 0, 0, 0]], [1.0])


def test_answers_are_kept_by_optimiser() -> None:
    """Programs with one graph, and another optimiser, setting or group."""
    plain = parse(TEXT)
    texts = ("", "optimizer sgd(momentum = 0.5)", "optimizer adam", "optimizer adam(eps = 1/n)", "optimizer adam for W")
    found = [asked(parse(net(text)), "orders", {}) for text in texts]
    assert len({repr(question) for question in found}) == len(texts)
    options = tp.parse(TEXT).with_optimizer("adam", {"--eps": "1/n"}).program
    assert asked(options, "orders", {}).details["optimizers"] == found[3].details["optimizers"]
    assert plain.graph == options.graph


def test_a_stored_answer_is_not_that_of_another_optimiser(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.tp"
    path.write_text(TEXT)
    store = ["--store", str(tmp_path / "store")]
    outputs: list[str] = []
    for words in ([], ["--optimizer", "adam"], ["--optimizer", "adam(eps = 1/n)"], ["--optimizer", "adam"], []):
        assert main(["orders", str(path), "--quantities", "F", *store, *words]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[1] == outputs[3] != outputs[2]
    assert outputs[0] == outputs[4] != outputs[1]


def test_options_change_every_optimiser_that_has_the_setting() -> None:
    program = parse(net("optimizer muon for W; optimizer adam(beta1 = 0.5)"))
    found = with_options(program.optimizers, {"--eta": "0.5", "--beta1": "0.8", "--nesterov": False})
    assert [(one.name, dict(one.settings), one.weights) for one in found] == [
        ("muon", {"eta": 0.5, "nesterov": False}, ("W",)),
        ("adam", {"eta": 0.5, "beta1": 0.8}, ()),
    ]
    assert found[0].text == "muon(eta = 0.5, nesterov = false)"
    rest = with_options(read("muon for W", program)[0], {"--momentum": "0.5"})
    assert [(one.name, dict(one.settings)) for one in rest] == [("muon", {"momentum": 0.5}), ("sgd", {"momentum": 0.5})]
    with pytest.raises(TpError, match="muon, adam has no --decay-rate"):
        with_options(program.optimizers, {"--decay-rate": "0.5"})


def test_settings_of_weights_are_of_weights_of_the_program() -> None:
    model = tp.parse(TEXT)
    model.with_optimizer("sgd for W; adam", {"--weight-decay-of": "W=0.1"})
    with pytest.raises(TpError, match=r"TP513.*no weight is called Q"):
        model.with_optimizer("sgd for W; adam", {"--weight-decay-of": "Q=0.1"})


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--optimizer", "adamm"], "TP411"),
        (["--optimizer", ""], "TP411"),
        (["--optimizer", "adam } program q {"], "TP004"),
        (["--optimizer", "adam(beta1 = 1/n)"], "TP412"),
        (["--optimizer", "adam(beta1 = beta)"], "TP101"),
        (["--optimizer", "muon for Q; adam"], "TP413"),
        (["--optimizer", "muon; adam"], "TP413"),
        (["--optimizer", "adam", "--momentum", "0.5"], "TP513"),
        (["--optimizer", "adam", "--beta1", "1"], "TP513"),
        (["--optimizer", "adam", "--eps", "n^-1/2"], "TP500"),
        (["--beta1", "0.5"], "TP513"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_words_are_diagnostics(
    words: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.tp"
    path.write_text(TEXT)
    assert main(["train", str(path), *words]) == 2
    shown = capsys.readouterr().err
    assert f"error[{code}]" in shown
    assert "Traceback" not in shown


def test_a_program_and_the_option_say_the_same() -> None:
    text = "muon(momentum = 0.5) for matrices; adam(eps = 0.1*n^(-1/2))"
    stated = parse(net("; ".join(f"optimizer {one}" for one in text.split("; "))))
    given, _ = read(text, parse(TEXT))
    assert [(o.name, o.settings, o.weights, o.text) for o in stated.optimizers] == [
        (o.name, o.settings, o.weights, o.text) for o in given
    ]


def test_an_option_for_matrices_where_there_are_none_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.tp"
    path.write_text(TEXT.replace("tanh(W @ tanh(U @ x))", "tanh(U @ x)").replace("  param W", "  # param W"))
    assert main(["orders", str(path), "--quantities", "F", "--no-store", "--optimizer", "muon for matrices"]) == 0
    shown = capsys.readouterr()
    assert "warning[TP806]" in shown.err
    assert "--optimizer:1:20" in shown.err
    assert "trained by" not in shown.out


def test_help_shows_no_default_that_only_some_optimisers_have(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "0.2 for sgd" in shown
    assert "[default: 0.2]" not in shown
