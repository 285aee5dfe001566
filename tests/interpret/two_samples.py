"""Programs drawn with both engines, and tests of whether two samples come from one law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy import stats

from tests.experiments.drawn import sample
from tp.syntax import Program, load

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = {"t": "3", "d": "4", "i": "2", "j": "2", "depth": "2"}
"""Settings, where a program has them, that keep derived programs short to compile."""
Samples = Mapping[str, np.ndarray]


def shipped(name: str, **settings: str) -> Program:
    """A program of the folder programs/, made small."""
    path = PROGRAMS / f"{name}.tp"
    known = load(path).settings
    return load(path, {k: v for k, v in SMALL.items() if k in known} | settings)


def inputs_of(program: Program, slots: int = 4) -> dict[str, np.ndarray]:
    """Generic inputs: distinct, and neither orthogonal nor parallel."""
    generator = np.random.default_rng(1)
    return {
        name: 0.5 + generator.standard_normal((slots, *(a.at(1) for a in axes)))
        for name, axes in program.inputs.items()
    }


def draws(program: Program, quantities: Sequence[str], n: int, count: int, engine: str, key: int = 0) -> Samples:
    return sample(program.graph, list(quantities), n, count, key, inputs_of(program), "float32", engine)


def both(program: Program, quantities: Sequence[str], n: int, count: int) -> tuple[Samples, Samples]:
    """Independent draws of the conditioned and of the dense engine."""
    return tuple(draws(program, quantities, n, count, e, k) for e, k in (("conditioned", 0), ("dense", 10**6)))


def p_values(first: Samples, second: Samples) -> Iterator[float]:
    """Two-sample Kolmogorov-Smirnov for each quantity."""
    for name, values in first.items():
        yield float(stats.ks_2samp(values, second[name]).pvalue)


def pair_p_values(first: Samples, second: Samples) -> Iterator[float]:
    """Whether two quantities hang together in both samples as they should.

    Kolmogorov-Smirnov on sums and differences of normal scores. These are functions of the value and of the pooled
    sample, so under one joint law they are exchangeable and the p-value is as valid as for the values themselves.
    """
    scores = {}
    for name, values in first.items():
        ranks = stats.rankdata(np.concatenate([values, second[name]]))
        scores[name] = stats.norm.ppf((ranks - 0.5) / len(ranks))
    for a, b in combinations(scores, 2):
        for both_of in (scores[a] + scores[b], scores[a] - scores[b]):
            parts = both_of[: len(first[a])], both_of[len(first[a]) :]
            yield float(stats.ks_2samp(*parts).pvalue)
