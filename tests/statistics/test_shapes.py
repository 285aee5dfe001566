"""The shapes in annotations are true: both rooms run with every annotation checked."""

from __future__ import annotations

import subprocess
import sys

import pytest

HOOK = """
import numpy as np
from jaxtyping import TypeCheckError, install_import_hook
with install_import_hook(["tp.statistics", "tp.asymptotics"], "beartype.beartype"):
    import tp.asymptotics as a
    from tp.statistics import intervals
    from tp.statistics.fit import fit
    from tp.statistics.verdict_of_fit import coarse, judge
from fractions import Fraction
draw = np.random.default_rng(0)
"""
STATISTICS = """
for law in (lambda n: 1 / n, lambda n: n**-0.5, lambda n: 1 / n + 1 / 100):
    found = fit({n: draw.normal(size=64) * law(n) for n in (64, 128, 256, 512, 1024, 65536)}, None, 3)
    assert found.late is not None
    judge(Fraction(-1), found), coarse(found)
intervals.median_interval(draw.normal(size=20), 0.99)
try:
    intervals.median_interval(draw.normal(size=(20, 2)), 0.99)
except TypeCheckError:
    pass
else:
    raise SystemExit("shapes are not checked")
"""
ASYMPTOTICS = """
number = a.batched(lambda n, count, draw: draw.standard_cauchy(count))
samples = a.sample(number * a.ONE, a.Plan((16, 17, 32, 33, 64, 65, 128, 129, 256, 257), 500))
a.is_bounded_by(samples, a.ONE), a.is_bounded_below_by(samples, a.N), a.has_definite_bound(samples, a.ONE)
a.definite_exponent(samples), a.decays(samples)
tensors = a.batched(lambda n, count, draw: draw.standard_normal((count, 2, n, 3)))
a.definite_exponent(a.sample(tensors.contract(tensors.map(lambda n, batch: batch[:, 0].mT, "T")), a.Plan((2, 16), 3)))
a.subordinate_norm(draw.normal(size=(3, 4, 5))), a.symmetric_norm(np.ones((3, 3, 3)))
for shape in ((), (3,), (3, 4)):
    a.subordinate_norm(draw.normal(size=shape))
"""


@pytest.mark.slow
def test_annotated_shapes_are_true() -> None:
    # Without -B, modules that a checked one imports would be cached as if they were checked, for the next such test.
    script = HOOK + STATISTICS + ASYMPTOTICS
    ran = subprocess.run([sys.executable, "-B", "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
