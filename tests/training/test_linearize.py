"""Both sides of theorem 3.1, and what training refuses."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import tp
from tests.marks import exhaustive
from tests.training.measured import one_layer
from tp.answer import Answer
from tp.cli import main
from tp.data.targets import labelled
from tp.diagnostics.diagnostic import TpError
from tp.experiments.at import At
from tp.experiments.training.observables import KERNEL
from tp.experiments.training.schedule import Schedule, reparametrized
from tp.optimizers import SGD
from tp.quantities.definitions import DEVIATION
from tp.report.contents import document
from tp.report.render import render
from tp.sampling.plan import Plan
from tp.statistics.verdict import Verdict
from tp.studies.linearize.linearization import Linearization
from tp.studies.train import train, trainer_of

PROGRAMS = Path(__file__).parents[2] / "programs"
SHORT = Schedule(steps=4, samples=3)
SHARED = """program shared {
  width n
  width k = n^(1/2)
  input x : [d=4]
  param E : [k, n | d] ~ normal(0, 1)
  param W : [n, n] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(E @ x / sqrt(d))
  output f = dot(v, mean(tanh(W @ h / sqrt(n)), k)) / sqrt(n)
}"""


def predicted(name: str, schedule: Schedule) -> dict[str, Fraction | None]:
    from tp.theory.analysis import Analysis

    found = Analysis(reparametrized(tp.load(PROGRAMS / f"{name}.tp").program, schedule).graph).regime
    return {DEVIATION: found.deviation, KERNEL: found.drift}


@pytest.mark.parametrize("rho", [Fraction(0), Fraction(-1, 2), Fraction(-1)])
def test_smaller_rates_linearise_faster(rho: Fraction) -> None:
    """F - F_lin is 2 rho - 1 (paper, section 3), the kernel drifts with n^(rho) times its relative change."""
    assert predicted("mlp", Schedule(rho=rho))[DEVIATION] == 2 * rho - 1


def test_an_external_scale_goes_from_feature_learning_to_lazy() -> None:
    assert predicted("mean_field", Schedule())[DEVIATION] == 0
    lazy = predicted("mean_field", Schedule(scale=Fraction(1, 4)))[DEVIATION]
    assert lazy is not None
    assert lazy < 0


def rows(result: Linearization) -> dict[str, Verdict]:
    return {q.name: q.judgement.verdict for q in (*result.theorem_3_1.left, *result.theorem_3_1.right)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "decays"), [("mlp of one layer", True), *exhaustive([("nonlinear_output", False), ("mlp", True)])]
)
def test_both_sides_agree(name: str, decays: bool) -> None:
    if name == "mlp of one layer":
        found = one_layer()
    else:
        model = tp.load(PROGRAMS / f"{name}.tp")
        found = model.linearize(Schedule(steps=3), [32, 181, 1024, 5793], seeds=512, second=False, store=False)
    assert Verdict.REFUTED not in rows(found).values()
    assert not decays or rows(found)[DEVIATION] is Verdict.CONFIRMED
    assert found.theorem_3_1.outcome == "agree"
    assert found.theorem_3_1.weak is Answer.of(decays)
    assert found.theorem_3_1.linear is Answer.of(decays)
    assert found.exit_code == 0


@pytest.mark.slow
def test_text_and_json_of_both_sides() -> None:
    found = tp.load(PROGRAMS / "mlp.tp", depth=1).linearize(SHORT, [8, 16, 64], seeds=8, second=False, store=False)
    shown = str(found)
    for word in (DEVIATION, KERNEL, "C[0,2]", "moved h[1]", "|F - F_lin| after steps", "theorem 3.1"):
        assert word in shown
    value = json.loads(render([document(found)], "json"))
    assert [q["name"] for q in value["correlations"]] == ["kernel", "C[0,2]", "C[0,3]", "C[1,1]"]
    assert [c["n"] for c in value["curves"]] == [8, 16, 64]
    assert value["curves"][0]["after"][DEVIATION][0] < 1e-12
    assert value["agreement"] in ("agree", "undecided")


def test_a_diverging_run_is_no_evidence() -> None:
    found = tp.load(PROGRAMS / "mlp.tp", depth=1).linearize(
        Schedule(optimizer=SGD(50.0), steps=60, samples=3), [8, 16, 64], seeds=4, second=False, store=False
    )
    assert set(found.diverged) == {8, 16, 64}
    assert all(q.judgement.verdict is Verdict.UNDECIDED for q in found.theorem_3_1.right)
    assert found.theorem_3_1.outcome == "undecided"
    assert "diverged in step" in str(found)
    json.loads(render([document(found)], "json"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mlp", *exhaustive(["rnn", "attention"])])
def test_both_engines_train_to_the_same_law(name: str) -> None:
    """Two-sample Kolmogorov-Smirnov tests of six numbers, 400 runs each, all above 1e-4: one failure in 550."""
    settings = {"depth": 2} if name == "mlp" else {}
    model = tp.load(PROGRAMS / f"{name}.tp", **settings)
    trainer = trainer_of(model.program, Schedule(steps=3, samples=3), None, "float64")
    places = (At(32, "float64", "dense"), 0), (At(32, "float64", "conditioned"), 10_000)
    dense, conditioned = (trainer.runs(at, first, 400) for at, first in places)
    for key in ("output", "linear", "kernel", "gradient", "loss", "linear loss"):
        one, two = (found[key].reshape((400, -1))[:, -1] for found in (dense, conditioned))
        assert stats.ks_2samp(one, two).pvalue > 1e-4


@pytest.mark.slow
def test_runs_repeat_and_do_not_depend_on_their_grouping() -> None:
    trainer = trainer_of(tp.load(PROGRAMS / "mlp.tp", depth=2).program, SHORT, None, "float64")
    at = At(16, "float64", "conditioned")
    whole, later = trainer.runs(at, 5, 3), trainer.runs(at, 7, 1)
    for key, values in whole.items():
        np.testing.assert_array_equal(values[2], later[key][0])


def test_digits_of_two_and_of_ten_classes() -> None:
    model = tp.load(PROGRAMS / "mlp.tp", d=64)
    inputs, targets = labelled(model.inputs, (), 20, "digits", "float64")
    assert inputs["x"].shape == (20, 64)
    assert set(targets.tolist()) == {-1.0, 1.0}
    (axis,) = tp.parse("program p { width n\n input y : [c=10]\n output f = y\n}").inputs["y"]
    _, targets = labelled(model.inputs, (axis,), 20, "digits", "float64")
    assert targets.shape == (20, 10)
    assert (targets.sum(axis=1) == 1).all()
    assert len({int(row.argmax()) for row in targets}) > 5


def test_arrays_of_ones_own(tmp_path: Path) -> None:
    model = tp.load(PROGRAMS / "mlp.tp")
    shape = tuple(a.at(1) for a in model.inputs["x"])
    draw = np.random.default_rng(0)
    np.savez(tmp_path / "own.npz", x=draw.normal(size=(5, *shape)), targets=np.arange(5.0))
    _, targets = labelled(model.inputs, (), 4, str(tmp_path / "own.npz"), "float64")
    assert targets.tolist() == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("arrays", "code"),
    [
        ({"x": np.ones((5, 8))}, "TP608"),
        ({"x": np.eye(5, 8), "targets": np.ones(4)}, "TP608"),
        ({"x": np.eye(5, 8), "targets": np.ones((5, 2))}, "TP608"),
        ({"x": np.eye(5, 8), "targets": np.array(list("abcde"))}, "TP608"),
        ({"x": np.eye(5, 8), "targets": np.full(5, np.nan)}, "TP604"),
        ({"x": np.ones((5, 8)), "targets": np.ones(5)}, "TP605"),
        ({"x": np.ones((0, 8)), "targets": np.ones(0)}, "TP603"),
        ({"x": np.eye(2, 8), "targets": np.ones(2)}, "TP603"),
    ],
)
def test_data_that_do_not_do(tmp_path: Path, arrays: dict[str, np.ndarray], code: str) -> None:
    model = tp.load(PROGRAMS / "mlp.tp", d=8)
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(TpError) as problem:
        labelled(model.inputs, (), 4, str(tmp_path / "own.npz"), "float64")
    assert problem.value.diagnostics[0].code == code


def test_digits_of_three_classes() -> None:
    model = tp.load(PROGRAMS / "mlp.tp", d=64)
    (axis,) = tp.parse("program p { width n\n input y : [c=3]\n output f = y\n}").inputs["y"]
    with pytest.raises(TpError, match="TP608"):
        labelled(model.inputs, (axis,), 4, "digits", "float64")


def test_weights_shared_along_a_wide_axis_are_refused() -> None:
    with pytest.raises(TpError, match="TP512"):
        train(tp.parse(SHARED).program, Plan((16,)), SHORT)


@pytest.mark.parametrize(
    "settings",
    [
        {"steps": 0},
        {"steps": 2.5},
        {"steps": "5"},
        {"batch": 0},
        {"batch": 7},
        {"samples": 0},
        {"rho": "-1/2"},
        {"rho": 400},
        {"scale": -0.5},
    ],
)
def test_schedules_that_make_no_sense(settings: dict[str, float]) -> None:
    with pytest.raises(TpError, match="TP513"):
        Schedule(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings",
    [
        {"eta": 0.0},
        {"eta": float("nan")},
        {"eta": "0.2"},
        {"momentum": 1.0},
        {"momentum": None},
        {"decay": -1.0},
        {"decay": 5.0},
        {"power": 9},
        {"power": 0.5},
        {"coupled": 1},
        {"decays": 0.1},
        {"decays": {"W": -1.0}},
        {"decays": {"W": 5.0}},
    ],
)
def test_settings_outside_their_range(settings: dict[str, float]) -> None:
    with pytest.raises(TpError, match="TP513"):
        SGD(**settings)


def test_decay_of_an_unknown_weight_is_refused_before_anything_is_computed() -> None:
    model, schedule = tp.load(PROGRAMS / "mlp.tp"), Schedule(optimizer=SGD(decays={"W": 0.1, "Q": 0.2}))
    for study in (model.train, model.linearize):
        with pytest.raises(TpError, match="no weight is called Q"):
            study(schedule, [10_000_000], seeds=1, store=False)


def test_the_command_that_trains(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", str(PROGRAMS / "mlp.tp"), "--set", "depth=1", "--widths", "16,32", "--steps", "4", "--seeds", "2"]
    assert main(words) == 0
    assert "loss of the linear model" in capsys.readouterr().out
    assert main([*words, "--format", "json", "--momentum", "0.5", "--cost", "logistic"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [c["n"] for c in found["curves"]] == [16, 32]
    assert len(found["curves"][0]["at"]["loss"]) == 4


CLASSES = """program classes(phi: activation = tanh) {
  width n
  input x : [d=64]
  param U : [n, d] ~ normal(0, 1)
  param V : [c=10, n] ~ normal(0, 1)
  h = U @ x / sqrt(d)
  output f = V @ phi(h) / sqrt(n)
}"""


def test_ten_classes_of_digits_are_learned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "classes.tp").write_text(CLASSES)
    words = ["--data", "digits", "--cost", "cross-entropy", "--samples", "20", "--batch", "20", "--eta", "5"]
    assert main(["train", str(tmp_path / "classes.tp"), *words, "--widths", "64", "--format", "json"]) == 0
    (curve,) = json.loads(capsys.readouterr().out)["curves"]
    for loss in (curve["at"]["loss"], curve["at"]["linear loss"]):
        assert loss[0] > 2.0  # about log 10
        assert loss[-1] < 0.5 * loss[0]


@pytest.mark.slow
def test_images_rows_and_tokens_of_digits(capsys: pytest.CaptureFixture[str]) -> None:
    """The same images as what a program's input has for axes."""
    for name in ("cnn", "rnn", "attention"):
        words = ["--data", "digits", "--widths", "8", "--steps", "2", "--seeds", "1", "--no-store"]
        assert main(["train", str(PROGRAMS / f"{name}.tp"), *words]) == 0
        assert "unseen" in capsys.readouterr().out


def test_arrays_of_ones_own_are_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = np.random.default_rng(0)
    np.savez(tmp_path / "own.npz", x=draw.normal(size=(7, 16)), targets=np.linspace(-1, 1, 7))
    words = ["train", str(PROGRAMS / "mlp.tp"), "--set", "d=16", "--data", str(tmp_path / "own.npz"), "--widths", "16"]
    assert main([*words, "--steps", "3", "--samples", "6"]) == 0
    assert main([*words, "--steps", "3", "--samples", "7"]) == 2
    assert "TP603" in capsys.readouterr().err


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches(batch: int) -> None:
    """None has a sample twice, the one of all samples is all of them, and none has the unseen one."""
    schedule = Schedule(steps=40, samples=5, batch=batch)
    path = trainer_of(tp.load(PROGRAMS / "mlp.tp").program, schedule, None, "float64").path
    assert path.batches.shape == (40, batch)
    assert all(len(set(row)) == batch for row in path.batches.tolist())
    assert set(path.batches.ravel().tolist()) == {1, 2, 3, 4, 5}
    assert 1 in path.batches[0]


def test_targets_that_a_cost_makes_nothing_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw = np.random.default_rng(0)
    np.savez(tmp_path / "own.npz", x=draw.normal(size=(7, 16)), targets=np.linspace(0, 1, 7))
    words = ["train", str(PROGRAMS / "mlp.tp"), "--set", "d=16", "--data", str(tmp_path / "own.npz"), "--widths", "16"]
    assert main([*words, "--cost", "logistic"]) == 2
    assert "TP513" in capsys.readouterr().err


def test_matrices_with_a_mean_do_not_decay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        (PROGRAMS / "mlp.tp").read_text().replace("param U : [n, d] ~ normal(0, 1)", "param U : [n, d] ~ normal(1, 1)")
    )
    (tmp_path / "own.tp").write_text(text)
    assert main(["train", str(tmp_path / "own.tp"), "--weight-decay", "0.1", "--widths", "8"]) == 2
    said = capsys.readouterr().err
    assert "TP513" in said
    assert "param U" in said  # the line of the source


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--steps", "0"], "TP513"),
        (["--weight-decay", "5"], "TP513"),
        (["--weight-decay=-1"], "TP513"),
        (["--rho", "half"], "TP513"),
        (["--rho", "1/0"], "TP513"),
        (["--rho", "1e400"], "TP513"),
        (["--scale=-300"], "TP513"),
        (["--cost", "cross-entropy"], "TP513"),
        (["--cost", "hinge"], "TP504"),
        (["--data", "digits"], "TP606"),
    ],
)
@pytest.mark.parametrize("command", ["train", "linearize"])
def test_commands_that_are_refused(
    command: str, words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(PROGRAMS / "mlp.tp"), *words]) == 2
    assert code in capsys.readouterr().err
