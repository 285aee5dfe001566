"""The memory that a run takes, as the system measures it, against the rule that lets it in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.marks import exhaustive, slow
from tp.laws import LAWS
from tp.sampling.memory_limit import RUNTIME, SPARE

PROGRAMS = Path(__file__).parents[2] / "programs"
CHILD = """
import json, re, sys
from pathlib import Path
import tp
from tp import Schedule
from tp.experiments.at import At
from tp.sampling.memory_limit import needed
from tp.studies.correlations import correlations_of
from tp.studies.train import trainer_of

text, n, engine, dtype, trained = json.loads(sys.argv[1])
program = (tp.parse(text) if "{" in text else tp.load(text)).program
if trained:
    experiment = trainer_of(program, Schedule(steps=3), None, dtype)
else:
    experiment = correlations_of(program, ["F", "kernel", "C[0,2]"], None, equal_inputs=False, dtype=dtype)
at = At(n, dtype, engine)
experiment.draw(at, 0, 2)
# The peak of this process alone: ru_maxrss of getrusage starts at the peak of the parent on Linux.
peak = 1024 * int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
print(json.dumps([needed(experiment, at), experiment.memory(at), peak]))
"""


STRUCTURES = {
    "orthogonal": "1",
    "sparse": "1, normal(0, 1)",
    "low_rank": "100",
    "banded": "5",
    "block_diagonal": "2",
    "circulant": "normal(0, 1)",
    "hadamard": "1",
}
"""Arguments with which each structure takes much memory."""


def program(law: str) -> str:
    arguments = "1" if law == "constant" else STRUCTURES.get(law, "0, 1")
    return f"""program p {{
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ {law}({arguments})
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(W @ tanh(U @ x) / sqrt(n))) / sqrt(n)
    }}"""


def measured(*case: Any) -> tuple[int, int, int]:
    """Bytes: what the rule asks for, the estimate of the experiment, and the peak of a process that draws."""
    done = subprocess.run([sys.executable, "-c", CHILD, json.dumps(case)], capture_output=True, text=True, check=True)
    need, estimate, peak = json.loads(done.stdout)
    return need, estimate, peak


CASES = [(law, dtype) for law in (*LAWS, *STRUCTURES) for dtype in ("float32", "float64")]
HEAVY = ("student_t", "float32")


@pytest.mark.parametrize(("law", "dtype"), [*slow([HEAVY]), *exhaustive(case for case in CASES if case != HEAVY)])
def test_weights_of_every_law_fit_into_what_is_asked_for(law: str, dtype: str) -> None:
    need, estimate, peak = measured(program(law), 5000, "dense", dtype, False)
    assert peak <= need
    assert need <= RUNTIME + 2 * SPARE * peak, "a run that would fit is not refused for nothing"
    assert estimate >= 25e6 * (4 if dtype == "float32" else 8)


@pytest.mark.parametrize(
    ("name", "n", "engine", "dtype", "trained"),
    exhaustive(
        (name, n, engine, dtype, trained)
        for name, n, engine in (
            ("attention", 2500, "dense"),
            ("attention", 100_000, "conditioned"),
            ("cnn", 1200, "dense"),
            ("cnn", 50_000, "conditioned"),
        )
        for dtype in ("float32", "float64")
        for trained in (False, True)
    ),
)
def test_programs_fit_into_what_is_asked_for(name: str, n: int, engine: str, dtype: str, trained: bool) -> None:
    need, _, peak = measured(str(PROGRAMS / f"{name}.tp"), n, engine, dtype, trained)
    assert peak <= need
    assert need <= RUNTIME + 2 * SPARE * peak, "a run that would fit is not refused for nothing"


@pytest.mark.parametrize(
    ("n", "engine", "trained"),
    exhaustive((n, e, t) for n, e in ((4000, "dense"), (400_000, "conditioned")) for t in (False, True)),
)
def test_runs_of_both_engines_fit_into_what_is_asked_for(n: int, engine: str, trained: bool) -> None:
    need, _, peak = measured(program("normal"), n, engine, "float64", trained)
    assert peak <= need
