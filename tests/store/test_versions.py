"""The version in a key has the code of exactly the modules that a draw loads."""

from __future__ import annotations

import ast
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules

import pytest

import tp
import tp.activations
from tests.marks import exhaustive, slow
from tp.experiments.experiment import Experiment
from tp.experiments.training.schedule import Schedule
from tp.store.loaded import ROOT, imports, loaded
from tp.store.versions import EXPERIMENTS, code_hash, versions
from tp.studies.correlations import correlations_of
from tp.studies.train import trainer_of

CORRELATIONS, TRAINER = EXPERIMENTS
FOR_MESSAGES = {f"tp.diagnostics.{name}" for name in ("text", "sources", "packaged")}
"""What errors import when they are printed."""
FOR_JAX = {"tp.matrix_free.noise", "tp.interpret.arrays.backend"}
"""What is imported where JAX computes: draws of programs as small as these are made by NumPy."""
FOR_LIMITS = {f"tp.gaussian.{name}" for name in ("closed", "hermite", "mean", "normal", "panels", "quadrature")}
"""What is imported where a limit at infinite width is evaluated: a program at a width has no such operation."""
KINDS = {"tp.matrix_free.fixed"} | {
    name
    for path in (ROOT / "laws").glob("*.py")
    for name in imports(path.read_bytes())
    if name.startswith("tp.matrix_free.")
}
"""What laws import for weights that are not arrays."""
DRAW = """
import pickle, sys
import tp
offered = set(sys.modules)
from tp.experiments.at import At
experiment = pickle.load(sys.stdin.buffer)
at = At(6, "float64", sys.argv[1])
experiment.engine(at), experiment.cost(at), experiment.memory(at), experiment.identity(), experiment.draw(at, 0, 1)
print(*(name for name in set(sys.modules) - offered if name.startswith("tp.")))
"""
"""The modules that a draw loads, beside those that ``import tp`` does."""


def experiment(code: str) -> Experiment:
    """One that makes use of all that its kind can do."""
    program = tp.load(ROOT.parent / "programs/mlp.tp", depth=1).program
    if code == CORRELATIONS:
        return correlations_of(program, ["F", "hessian"], None, equal_inputs=False, dtype="float64")
    return trainer_of(program, Schedule(steps=1, samples=2), None, "float64", ["h[1]"], curved=True)


@pytest.mark.parametrize(
    ("code", "engine"), [(CORRELATIONS, "conditioned"), (TRAINER, "dense"), *exhaustive([(TRAINER, "conditioned")])]
)
def test_exactly_what_a_draw_loads_is_hashed(code: str, engine: str) -> None:
    """In a process that has nothing but the pickled experiment, as a worker."""
    words = [sys.executable, "-c", DRAW, engine]
    done = subprocess.run(words, input=pickle.dumps(experiment(code)), stdout=subprocess.PIPE, check=True)
    drawn, hashed = set(done.stdout.decode().split()), set(loaded(code))
    assert drawn <= hashed
    # The file of an activation, or of a kind of matrix, is loaded by the draws of programs that use it; all count.
    others = {f"tp.activations.{module.name}" for module in iter_modules(tp.activations.__path__)}
    others |= KINDS
    assert hashed - drawn <= FOR_MESSAGES | FOR_JAX | FOR_LIMITS | others
    for above in ("tp.api", "tp.cli", "tp.report", "tp.studies", "tp.sampling", "tp.store", "tp.theory", "tp.syntax"):
        assert not [name for name in hashed if name.startswith(above)]


def test_imports_are_those_that_python_parses() -> None:
    """In all modules: what is imported, but not for type checkers."""
    for path in ROOT.rglob("*.py"):
        source = path.read_bytes()
        assert set(imports(source)) == set(_parsed(ast.parse(source).body)), path


def _parsed(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield from (statement.module or "", *(f"{statement.module}.{alias.name}" for alias in statement.names))
        elif not (isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"):
            for inner in ("body", "orelse", "finalbody"):
                yield from _parsed(getattr(statement, inner, []))
            for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
                yield from _parsed(part.body)


def test_the_coefficients_of_quantities_are_hashed() -> None:
    assert "tp.quantities.definitions" in loaded(CORRELATIONS)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("code") / "tp"))


@pytest.mark.parametrize("code", slow(EXPERIMENTS, but=(CORRELATIONS,)))
def test_edits_of_them_change_the_version(copied: Path, code: str) -> None:
    before = code_hash(code, copied)
    assert versions(code)["tp"].endswith("+" + before)
    for path in [*loaded(code, copied).values()][::6]:  # every edit reads all files anew
        source = path.read_bytes()
        path.write_bytes(source + b"# edited\n")
        assert code_hash(code, copied) != before
        path.write_bytes(source)
    assert code_hash(code, copied) == before


@pytest.mark.parametrize("code", EXPERIMENTS)
def test_edits_of_other_modules_do_not(copied: Path, code: str) -> None:
    before, hashed = code_hash(code, copied), set(loaded(code, copied).values())
    others = [path for path in copied.rglob("*.py") if path not in hashed]
    assert len(others) > 50
    for path in others:
        path.write_bytes(path.read_bytes() + b"# edited\n")
    assert code_hash(code, copied) == before


def test_a_module_that_is_imported_from_now_on_counts(copied: Path) -> None:
    source = (copied / "quantities/definitions.py").read_bytes()
    (copied / "quantities/new.py").write_text("ONE = 1\n")
    for line in (
        "if TYPE_CHECKING:\n    from tp.quantities.new import ONE\n",
        "def f():\n    import tp.quantities.new\n",
    ):
        (copied / "quantities/definitions.py").write_bytes(source + b"\n" + line.encode())
        assert ("tp.quantities.new" in loaded(CORRELATIONS, copied)) == line.startswith("def")
    (copied / "quantities/definitions.py").write_bytes(source)
