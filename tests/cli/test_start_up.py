"""What a command imports decides how long it takes to start: the list of packages that each one may load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import slow

ROOT = Path(__file__).parents[2]
MLP = "programs/mlp.tp"
WATCHED = (
    "click", "dask", "distributed", "h5py", "interegular", "jax", "jaxtyping", "lark", "matplotlib", "networkx",
    "numpy", "pandas", "pydantic", "rich", "scipy", "scipy.stats", "sklearn", "typer", "xarray",
)  # fmt: skip
NOTHING: frozenset[str] = frozenset()

ARRAYS = frozenset({"numpy"})
NUMERICAL = frozenset({"numpy", "scipy", "scipy.stats", "jax", "jaxtyping"})
FEW = ["--widths", "8,16", "--seeds", "2"]
DRAWN = [*FEW, "--no-store"]
KERNEL = ["--quantities", "kernel"]

COMMANDS = [
    (["--version"], NOTHING),
    (["--help"], NOTHING),
    (["check", MLP], NOTHING),
    (["check", MLP, "--format", "json"], NOTHING),
    (["check", MLP, "--format", "github"], NOTHING),
    (["check", "programs/nonexistent.tp"], NOTHING),
    (["format", MLP], NOTHING),
    (["new", "--help"], NOTHING),
    (["lint", MLP], NOTHING),
    (["explain", "TP501"], NOTHING),
    (["graph", MLP], NOTHING),
    (["graph", MLP, "--format", "svg"], NOTHING),
    (["orders", MLP, "--certificate", "CERTIFICATE"], NOTHING),
    (["certify", "CERTIFICATE"], NOTHING),
    (["compare", MLP, "--against-set", "phi=relu", "--quantities", "F"], NOTHING),
    (["blame", MLP], NOTHING),
    (["orders", "programs/false_claim.tp", "--html", "PAGE"], NOTHING),
    (["report", "--store", "FOLDER"], NOTHING),
    (["results", "--store", "FOLDER"], ARRAYS),
    (["run", MLP, "--widths", "8"], NUMERICAL),
    (["kernel", "--help"], NOTHING),
    (["kernel", MLP], frozenset({"numpy", "scipy", "jaxtyping"})),
    (["correlations", MLP, *DRAWN, "--quantities", "kernel"], NUMERICAL),
]
COSTLY = [
    (["verify", MLP, *DRAWN, "--quantities", "kernel"], NUMERICAL),
    (["train", MLP, *DRAWN, "--steps", "1"], NUMERICAL),
    (["linearize", MLP, *DRAWN, "--steps", "1", "--no-second"], NUMERICAL),
]


def loaded(words: list[str]) -> set[str]:
    """The watched packages that ``tp words`` loads in a process of its own."""
    script = (
        "import sys; from tp.cli import main; code = main(sys.argv[1:]); sys.stdout.flush(); "
        f"print(code, *(name for name in {WATCHED} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split()[1:])


def label(value: list[str] | frozenset[str]) -> str:
    """The same in every process: the order of a set is not."""
    return " ".join(value) if isinstance(value, list) else " ".join(sorted(value)) or "nothing"


@pytest.mark.parametrize("command", slow(["verify", "correlations", "train"], ["correlations"]))
def test_what_is_known_needs_nothing(command: str, tmp_path: Path) -> None:
    """A repeated report is printed as it is; a view that is shown for a moment is not loaded either."""
    words = [command, MLP, *FEW, *([] if command == "train" else KERNEL), "--store", str(tmp_path)]
    loaded(words)
    assert loaded(words) == NOTHING


@pytest.mark.slow
def test_stored_draws_need_no_jax(tmp_path: Path) -> None:
    """A verification whose draws are stored, but not its report, judges them."""
    words = ["verify", MLP, *FEW, *KERNEL, "--store", str(tmp_path)]
    loaded(words)
    for report in tmp_path.rglob("verify-*.json"):
        report.unlink()
    assert loaded(words) <= NUMERICAL - {"jax"}


@pytest.mark.parametrize(("words", "allowed"), [*COMMANDS, *slow(COSTLY)], ids=label)
def test_a_command_loads_nothing_else(words: list[str], allowed: frozenset[str], tmp_path: Path) -> None:
    if words[0] == "certify":
        loaded(["orders", MLP, "--certificate", str(tmp_path / "proof.json")])
    places = {"CERTIFICATE": str(tmp_path / "proof.json"), "FOLDER": str(tmp_path), "PAGE": str(tmp_path / "a.html")}
    assert loaded([places.get(word, word) for word in words]) <= allowed
