"""Kernels at a width: averages of tangent kernels, and covariances of outputs, over draws of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from tp.experiments.experiment import Floats
from tp.experiments.kernels import Kernels
from tp.quantities.kernels import pair
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report


@dataclass(frozen=True, slots=True)
class Measured:
    """Kernels [left, right, ...] by pair of outputs, from ``draws`` draws of the weights.

    ``errors`` are standard errors, empty for one draw. ``means`` are those of outputs at both batches, if they were
    drawn. ``interrupted``: fewer were drawn than were asked for.
    """

    values: Mapping[str, Floats]
    errors: Mapping[str, Floats]
    draws: int
    means: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict[str, tuple[Floats, Floats]])
    interrupted: bool = False


def tangent_kernel(experiment: Kernels, plan: Plan, draws: int, report: Report | None = None) -> Measured:
    """The mean of the tangent kernel over ``draws`` draws at the width of ``plan``."""
    means: dict[str, Floats] = {}
    squares: dict[str, Floats] = {}

    def take(found: Mapping[str, Floats], first: int) -> None:
        for name, values in found.items():
            for number, value in enumerate(values, first + 1):  # Welford's sums
                before = means.setdefault(name, np.zeros(value.shape))
                means[name] = before + (value - before) / number
                if draws > 1:
                    squares[name] = squares.get(name, 0.0) + (value - before) * (value - means[name])

    done, interrupted = _drawn(experiment, plan, draws, report, take)
    errors = {name: np.sqrt(total / (done - 1) / done) for name, total in squares.items()} if done > 1 else {}
    return Measured(means, errors, done, interrupted=interrupted)


def outputs_covariance(experiment: Kernels, plan: Plan, draws: int, report: Report | None = None) -> Measured:
    """The covariance of the outputs over ``draws`` >= 2 draws at the width of ``plan``."""
    parts: list[Mapping[str, Floats]] = []
    done, interrupted = _drawn(experiment, plan, draws, report, lambda found, _: parts.append(found))
    left = experiment.count_left
    every = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    means = {name: values.mean(axis=0) for name, values in every.items()}
    centred = {name: values - means[name] for name, values in every.items()}
    right = slice(None) if experiment.right is None else slice(left, None)
    values: dict[str, Floats] = {}
    errors: dict[str, Floats] = {}
    for f, one in centred.items():
        for g, other in centred.items():
            name = pair(f, g)
            biased = _products(one[:, :left], other[:, right]) / done
            fourth = _products(one[:, :left] ** 2, other[:, right] ** 2) / done
            values[name] = biased * done / max(done - 1, 1)
            errors[name] = np.sqrt(np.maximum(fourth - biased**2, 0.0) / max(done - 1, 1))
    both = {name: (mean[:left], mean[right]) for name, mean in means.items()}
    return Measured(values, errors if done > 1 else {}, done, both, interrupted)


def _products(one: Floats, other: Floats) -> Floats:
    """Σ over draws of one [draws, left, ...] times other [draws, right, ...]: [left, right, ..., ...]."""
    flat = one.reshape(len(one), -1).T @ other.reshape(len(other), -1)
    shaped = flat.reshape(*one.shape[1:], *other.shape[1:])
    return np.moveaxis(shaped, one.ndim - 1, 1)


def _drawn(
    experiment: Kernels,
    plan: Plan,
    draws: int,
    report: Report | None,
    take: Callable[[Mapping[str, Floats], int], None],
) -> tuple[int, bool]:
    """How many draws ``take`` was given, and whether an interrupt ended them.

    Raises KeyboardInterrupt where there was none.
    """
    at = plan.at(plan.widths[0])
    each, step, done = experiment.cost(at), experiment.choice(at).together, 0
    while done < draws:
        if report is not None:
            report(done * each, draws * each, f"width {at.width}, draw {done + 1} of {draws}")
        try:
            found = experiment.draw(at, plan.key + done, min(step, draws - done))
        except KeyboardInterrupt:
            if not done:
                raise
            return done, True
        take(found, done)
        done += min(step, draws - done)
    return done, False
