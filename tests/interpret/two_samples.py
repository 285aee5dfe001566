"""Programs drawn with both engines, and tests of whether two samples come from one law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy import stats

from tp.correlations import sample
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


def rank_p_values(first: Samples, second: Samples) -> Iterator[float]:
    """Whether two quantities hang together as much in both samples: Fisher's z for Spearman's correlations.

    The variance of z is at most (1 + rho^2 / 2) / (draws - 3) for Spearman's coefficient (Bonett and Wright,
    Psychometrika 65 (2000) 23).
    """
    names = sorted(first)
    for i, a in enumerate(names):
        for b in names[:i]:
            rho = np.array([stats.spearmanr(s[a], s[b]).statistic for s in (first, second)]).clip(-0.999, 0.999)
            variances = [(1 + r**2 / 2) / (len(s[a]) - 3) for r, s in zip(rho, (first, second), strict=True)]
            z = (np.arctanh(rho[0]) - np.arctanh(rho[1])) / np.sqrt(sum(variances))
            yield float(2 * stats.norm.sf(abs(z)))
