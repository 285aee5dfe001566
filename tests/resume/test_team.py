"""Teams: whoever draws, the numbers are the same; workers that die lose nothing; an interrupt ends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import active_children, get_context
from pathlib import Path

import numpy as np
import pytest

import tp
from tests.marks import exhaustive
from tests.resume.chores import double, fatal, fatal_once, slowly, threads, wrong
from tests.resume.program import ROOT, SMALL, begun, group_is_gone, numbers, written
from tests.store.cells import Warnings
from tp.diagnostics.diagnostic import TpError
from tp.sampling.workers import PATIENCE, Team, assembled, local


def test_results_come_with_their_numbers() -> None:
    said = Warnings()
    with ThreadPoolExecutor(3) as executor:
        assert dict(Team(executor).results([(double, i) for i in range(20)], said)) == {i: 2 * i for i in range(20)}
    assert not said.found


def test_a_lost_worker_loses_nothing(tmp_path: Path) -> None:
    said = Warnings()
    with local(2) as team:
        tasks = [(double, 0), (fatal_once, 1, str(tmp_path / "flag")), *((double, i) for i in range(2, 12))]
        assert dict(team.results(tasks, said)) == {i: 2 * i for i in range(12)}
        assert team.ask(threads) == (str(max(1, len(os.sched_getaffinity(0)) // 2)), True)
    assert said.codes == ["TP717"]


def test_workers_that_are_always_lost() -> None:
    said = Warnings()
    with local(2) as team, pytest.raises(TpError, match="TP716"):
        list(team.results([(fatal,)], said))
    assert said.codes == ["TP717"] * PATIENCE


def test_an_executor_that_cannot_be_renewed(tmp_path: Path) -> None:
    """This process does the rest."""
    said = Warnings()
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        tasks = [(fatal_once, 0, str(tmp_path / "flag")), *((double, i) for i in range(1, 5))]
        assert dict(Team(executor).results(tasks, said)) == {i: 2 * i for i in range(5)}
    assert said.codes == ["TP717"]


def test_diagnostics_of_workers_arrive() -> None:
    with local(2) as team, pytest.raises(TpError) as raised:
        list(team.results([(wrong,)], Warnings()))
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.code, diagnostic.hint) == ("TP511", "use --engine dense")


def soon(condition: Callable[[], bool]) -> None:
    """Waits until ``condition`` holds; the limit only guards against waiting for ever."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_nobody_wants_any_more_is_stopped(tmp_path: Path) -> None:
    with local(2) as team:
        results = team.results([(double, 1), *((slowly, i, str(tmp_path / str(i))) for i in (2, 3))], Warnings())
        assert next(results) == (0, 2)
        results.close()
    soon(lambda: not active_children())  # a thread of the executor reaps what was ended
    assert not list(tmp_path.iterdir())


def same(workers: int | str | Executor) -> None:
    model = tp.parse(SMALL)
    alone = model.correlations([8, 16], seeds=200, quantities=["kernel", "F"], store=False)
    shared = model.correlations([8, 16], seeds=200, quantities=["kernel", "F"], store=False, workers=workers)
    assert shared.quantities == alone.quantities


def test_any_executor() -> None:
    with ThreadPoolExecutor(2) as executor:
        same(executor)


@pytest.mark.slow
def test_processes() -> None:
    same(2)


SCRIPT = """
import tp
print("begun")
model = tp.parse(open(%r).read())
print(len(model.correlations([8], seeds=70, quantities=["kernel"], store=False, workers=2).array("kernel")[0]))
"""


@pytest.mark.slow
def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    """Workers do not run the script again."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT % written(tmp_path))
    done = subprocess.run([sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["begun", "70"], done.stderr


def test_no_scheduler(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(TpError, match="no scheduler answers"), assembled("nonsense://127.0.0.1:1"):
        pass


def test_without_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(TpError, match="needs the package"), assembled("tcp://127.0.0.1:1"):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_and_killed(tmp_path: Path, jobs: str, blow: signal.Signals) -> None:
    """An interrupt shows what is known; a kill does not, but workers end in both cases, and a new run goes on."""
    program, store = written(tmp_path), tmp_path / "store"
    asked = ("--widths", "8,16", "--quantities", "F", "--format", "json")
    words = ("correlations", program, "--store", str(store), *asked)
    running = begun(*words, "--seeds", "1000000", "--jobs", jobs)
    first = int(np.random.SeedSequence((0, 8)).generate_state(1)[0] >> 1)  # the draw that the sweep begins with
    while len(list(store.rglob("*.cell"))) < 8 or not list(store.rglob(f"8-{first}-*.cell")):
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    if blow is signal.SIGINT:
        os.killpg(running.pid, blow)  # as a terminal does it
    else:
        running.send_signal(blow)
    out, said = running.communicate(timeout=300)
    if blow is signal.SIGINT:
        assert running.returncode == 3, said
        assert json.loads(out)["interrupted"]
        assert json.loads(out)["quantities"][0]["widths"]
        assert "Traceback" not in said
    soon(lambda: group_is_gone(running.pid))
    resumed = subprocess.run(
        [sys.executable, "-m", "tp", *words, "--seeds", "256"], cwd=ROOT, capture_output=True, text=True
    )
    assert json.loads(resumed.stdout)["cells"]["stored"] > 0
    model = tp.load(program)
    alone = model.correlations([8, 16], seeds=256, quantities=["F"], store=False)
    found = {cell["n"]: tuple(cell["values"]) for cell in numbers(resumed.stdout)["quantities"][0]["widths"]}
    assert found == {cell.n: cell.values for cell in alone.quantities["F"]}


@pytest.mark.slow
def test_dask(tmp_path: Path) -> None:
    """A real scheduler and two workers in processes of their own, one of which is killed while it draws."""
    pytest.importorskip("distributed")
    words = [sys.executable, "-m", "tests.resume.on_dask", written(tmp_path), str(tmp_path / "store")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["killed"]
    assert found["same"]
    assert found["cells"] == len(list((tmp_path / "store").rglob("*.cell")))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "more"),
    [("conditioned", ()), *exhaustive([("dense", ("hessian",)), ("conditioned", ("hessian",))])],
)
def test_threads_do_not_matter(engine: str, more: tuple[str, ...]) -> None:
    """A worker with one thread and this process with all of them agree in every bit, where products are large, too."""
    model = tp.load(ROOT / "programs/mlp.tp")
    names = ["F", "C[0,2]", "C[1,1]", *more]
    alone = model.correlations([96, 1024], seeds=2, quantities=names, engine=engine, store=False)
    with local(1, threads=1) as team:
        shared = model.correlations([96, 1024], seeds=2, quantities=names, engine=engine, store=False, workers=team)
    assert shared.quantities == alone.quantities
