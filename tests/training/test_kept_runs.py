"""Runs are draws like any others: stored, found again, made by other processes, with the same numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tp
from tp.cli import main
from tp.experiments.training.observables import names
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD
from tp.sampling.drawing import Means
from tp.sampling.plan import Plan
from tp.sampling.remote import Job
from tp.sampling.sweep import Sweep
from tp.sampling.workers import assembled
from tp.store.identity import inputs_hash
from tp.store.listing import entries
from tp.store.store import Store
from tp.studies.train import draw_runs, task_of, trainer_of

PROGRAMS = Path(__file__).parents[2] / "programs"
SHORT = Schedule(steps=3, samples=2)
PLAN = Plan((12, 24), 3)


def drawn(means: Means, schedule: Schedule = SHORT, features: tuple[str, ...] = ("h[1]",), plan: Plan = PLAN) -> Sweep:
    program = tp.load(PROGRAMS / "mlp.tp", depth=2).program
    trainer = trainer_of(program, schedule, None, "float64", features)
    found = draw_runs(program, trainer, schedule, plan, means)
    assert set(found.samples) == set(names(trainer))
    return found


def same(one: Sweep, other: Sweep) -> None:
    for name, by_width in one.samples.items():
        for n, values in by_width.items():
            np.testing.assert_array_equal(values, other.samples[name][n])


def test_runs_are_found_again(tmp_path: Path) -> None:
    first = drawn(Means(Store(tmp_path)))
    again = drawn(Means(Store(tmp_path)))
    assert first.stored == 0
    assert again.stored == again.calls == first.calls
    same(first, again)
    same(first, drawn(Means()))


def test_what_decides_numbers_is_in_the_key() -> None:
    program = tp.load(PROGRAMS / "mlp.tp", depth=2).program
    others = [
        replace(SHORT, steps=4),
        replace(SHORT, samples=3),
        replace(SHORT, optimizer=SGD(0.3)),
        replace(SHORT, optimizer=SGD(momentum=0.5)),
        replace(SHORT, optimizer=SGD(decay=0.5)),
        replace(SHORT, batch=2),
        replace(SHORT, cost="logistic"),
    ]
    keys: set[tuple[str, tuple[str, ...]]] = set()
    jobs: set[Job] = set()
    for schedule in (SHORT, *others):
        for curved in (False, True):
            trainer = trainer_of(program, schedule, None, "float64", (), curved)
            task = task_of(program, trainer, schedule, PLAN)
            keys.add((inputs_hash(task.inputs), task.quantities))
            jobs.add(task.job())
    assert len(keys) == len(jobs) == 2 * (1 + len(others))


@pytest.mark.slow
def test_features_of_one_name_in_different_places(tmp_path: Path) -> None:
    """The same computation, with another value called h: its move is another number."""
    text = """program p {{
      width n
      input x : [d=3]
      param U : [n, d] ~ normal(0, 1)
      param W : [n, n] ~ normal(0, 1)
      param v : [n] ~ normal(0, 1)
      {} = U @ x
      {} = W @ tanh({}) / sqrt(n)
      output f = dot(v, tanh({})) / sqrt(n)
    }}"""
    found = []
    for first, second in (("h", "g"), ("g", "h")):
        program = tp.parse(text.format(first, second, first, second)).program
        trainer = trainer_of(program, SHORT, None, "float64", ["h"])
        found.append(draw_runs(program, trainer, SHORT, PLAN, Means(Store(tmp_path))))
    assert found[1].stored == 0
    moves = [f.samples["moved h after 3"][12] for f in found]
    assert not np.array_equal(*moves)


@pytest.mark.slow
def test_workers_find_the_same_numbers(tmp_path: Path) -> None:
    with assembled(2) as team:
        by_team = drawn(Means(Store(tmp_path), team))
    same(by_team, drawn(Means()))
    assert len(list(entries(tmp_path))) == by_team.calls


@pytest.mark.slow
def test_commands_keep_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "depth=1", "--widths", "8,16,64", "--seeds", "4", "--steps", "2", "--store", str(tmp_path)]
    assert main(["linearize", str(PROGRAMS / "mlp.tp"), *words, "--no-second"]) in (0, 3)
    assert "from the store" not in capsys.readouterr().out
    main(["linearize", str(PROGRAMS / "mlp.tp"), *words, "--no-second"])
    assert "6 of 6 cells from the store" in capsys.readouterr().out
    assert main(["results", "--store", str(tmp_path)]) == 0
