"""Runs are draws like any others: stored, found again, made by other processes, with the same numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tp
from tp.cli import main
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD
from tp.sampling.means import Means
from tp.sampling.plan import Plan
from tp.sampling.sweep import Sweep, sweep
from tp.sampling.workers import assembled
from tp.store.listing import entries
from tp.store.store import Store
from tp.studies.train import trainer_of

PROGRAMS = Path(__file__).parents[2] / "programs"
SHORT = Schedule(steps=3, samples=2)
PLAN = Plan((12, 24), 3)


def drawn(means: Means, schedule: Schedule = SHORT, features: tuple[str, ...] = ("h[1]",), plan: Plan = PLAN) -> Sweep:
    program = tp.load(PROGRAMS / "mlp.tp", depth=2).program
    trainer = trainer_of(program, schedule, None, "float64", features)
    found = sweep(trainer, plan, means)
    assert set(found.samples) == set(trainer.quantities)
    return found


def same(one: Sweep, other: Sweep) -> None:
    for name, by_width in one.samples.items():
        for n, values in by_width.items():
            np.testing.assert_array_equal(values, other.samples[name][n])


def test_runs_are_found_again(tmp_path: Path) -> None:
    first = drawn(Means(Store(tmp_path)))
    again = drawn(Means(Store(tmp_path)))
    assert first.stored == 0
    assert again.stored == again.cells == first.cells
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
    found = {
        trainer_of(program, schedule, None, "float64", (), curved).identity()
        for schedule in (SHORT, *others)
        for curved in (False, True)
    }
    assert len(found) == len({(identity.inputs, identity.quantities) for identity in found}) == 2 * (1 + len(others))
    assert all(identity.shared for identity in found)


def test_a_function_of_the_user_is_not_shared() -> None:
    program = tp.load(PROGRAMS / "mlp.tp", depth=2).program
    schedule = replace(SHORT, cost=lambda y, t: ((y - t) ** 2).sum())
    assert not trainer_of(program, schedule, None, "float64").identity().shared


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
        found.append(sweep(trainer, PLAN, Means(Store(tmp_path))))
    assert found[1].stored == 0
    moves = [f.samples["moved h after 3"][12] for f in found]
    assert not np.array_equal(*moves)


@pytest.mark.slow
def test_workers_find_the_same_numbers(tmp_path: Path) -> None:
    with assembled(2) as team:
        by_team = drawn(Means(Store(tmp_path), team))
    same(by_team, drawn(Means()))
    assert len(list(entries(tmp_path))) == by_team.cells


@pytest.mark.slow
def test_commands_keep_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "depth=1", "--widths", "8,16,64", "--seeds", "4", "--steps", "2", "--store", str(tmp_path)]
    assert main(["linearize", str(PROGRAMS / "mlp.tp"), *words, "--no-second"]) in (0, 3)
    assert "from the store" not in capsys.readouterr().out
    main(["linearize", str(PROGRAMS / "mlp.tp"), *words, "--no-second"])
    assert "6 of 6 cells from the store" in capsys.readouterr().out
    assert main(["results", "--store", str(tmp_path)]) == 0
