"""Regression with the kernels of programs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tp
from tp.data.targets import labelled

PROGRAMS = Path(__file__).parents[2] / "programs"
SAMPLES = 5


def relu(samples: int = 1) -> tuple[tp.Model, np.ndarray, np.ndarray, np.ndarray]:
    """A program, a sample that is never trained on, the training samples and their targets, as `tp train` has them."""
    model = tp.load(PROGRAMS / "relu_mlp.tp", depth=1)
    output = model.graph.type(next(iter(model.graph.outputs.values())))
    inputs, targets = labelled(model.inputs, output, 1 + samples, None, "float64")
    return model, inputs["x"][:1], inputs["x"][1:], targets[1:]


def test_losses_are_those_of_runs_of_training() -> None:
    """The median loss over networks of width 512, after 16 steps on all samples with momentum."""
    model, _, x, y = relu(SAMPLES)
    optimizer = tp.SGD(eta=0.3, momentum=0.5)
    schedule = tp.Schedule(optimizer=optimizer, steps=17, batch=SAMPLES, samples=SAMPLES)
    runs = model.train(schedule, [512], seeds=200, store=False)
    law = model.train_infinitely_wide(x, y).predict(x, steps=16, eta=0.3, momentum=0.5)
    losses = ((law.sample(20000) - y) ** 2).mean(axis=1) / 2
    (curve,) = runs.curves
    step = list(curve.steps).index(16)
    assert curve.at["loss"][step] == pytest.approx(np.median(losses), rel=0.2)
    assert np.median(losses) < 0.5 * curve.at["loss"][0]


def test_a_process_and_a_network_of_which_only_the_readout_moves_agree() -> None:
    """Then the tangent kernel is the NNGP, and training for infinite time takes away all that targets determine."""
    model, new, x, y = relu(SAMPLES)
    text = (PROGRAMS / "relu_mlp.tp").read_text()
    frozen = tp.parse(text.replace("normal(0, sqrt(2))", "normal(0, sqrt(2)) rate 0"), depth=1)
    process, trained = model.gaussian_process(x, y).predict(new), frozen.train_infinitely_wide(x, y).predict(new)
    np.testing.assert_allclose(trained.mean, process.mean, rtol=1e-8)
    np.testing.assert_allclose(trained.covariance, process.covariance, rtol=1e-8)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "code"),
    [("mup_mlp", "TP635"), ("mean_field", "TP635"), ("attention_sqrt", "TP635"), ("bottleneck", "TP635")],
)
def test_programs_that_do_not_become_linear(name: str, code: str) -> None:
    model = tp.load(PROGRAMS / f"{name}.tp")
    shapes = {k: tuple(a.at(1) for a in axes) for k, axes in model.inputs.items()}
    x = {k: np.random.default_rng(0).standard_normal((2, *shape)) for k, shape in shapes.items()}
    with pytest.raises(tp.TpError) as caught:
        model.train_infinitely_wide(x, np.zeros(2))
    assert caught.value.diagnostics[0].code == code


def test_processes_of_vanishing_outputs_and_bad_data_are_refused() -> None:
    model, _, x, y = relu(SAMPLES)
    field = tp.load(PROGRAMS / "mean_field.tp")
    shape = tuple(a.at(1) for a in next(iter(field.inputs.values())))
    for action, code in (
        (lambda: field.gaussian_process(np.ones((2, *shape)), np.zeros(2)), "TP635"),
        (lambda: model.gaussian_process(x * np.nan, y), "TP604"),
        (lambda: model.gaussian_process(np.concatenate([x, x]), np.concatenate([y, y])), "TP631"),
        (lambda: model.gaussian_process(x, y[1:]), "TP633"),
        (lambda: model.gaussian_process(x[:, :3], y), "TP602"),
    ):
        with pytest.raises(tp.TpError) as caught:
            action()
        assert caught.value.diagnostics[0].code == code
