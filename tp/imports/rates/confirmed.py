"""The optimisers of the language that were found, against those of the module: updates of several steps agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.rates.found import Rates, Statement
from tp.imports.rates.probe import Array, Arrays, Probe
from tp.imports.rates.trying import HINT
from tp.imports.traced.sizes import Number
from tp.imports.traced.tracing import Path
from tp.optimizers import OPTIMIZERS, Optimizer, make
from tp.optimizers.clipping import norm
from tp.optimizers.setting import Value
from tp.optimizers.sides import Sides, usual

STEPS, FEW = 6, 3
AGREED = 1e-6
"""The largest difference of updates, relative to the largest one of the weight in the step."""
SIZES = (1e-3, 10.0, 1e-2, 1e-5, 300.0, 1e-3)
"""Root mean squares of gradients, step by step, on both sides of usual norms for clipping."""
REPEATED = 4099
"""After how many entries random numbers are repeated, which takes less time for large weights."""
ONE = Number(1.0)


def require_agreement(rates: Rates, probe: Probe, n: int, steps: int = STEPS) -> None:
    """Raises TpError TP908 where a weight moves otherwise than ``rates`` say, at width ``n``."""
    random = np.random.default_rng(8)

    def drawn(size: float) -> Arrays:
        numbers = size * random.standard_normal(REPEATED)
        return probe.arrays(lambda path, shape: np.resize(numbers, shape))

    gradients = [drawn(size) for size in SIZES[:steps]]
    weights = [drawn(0.5) for _ in gradients]
    theirs = probe.run(gradients, weights)
    for moving in _moving(rates, list(probe.shapes), n):
        for step, found in enumerate(moving.run(gradients, weights)):
            for path, update in found.items():
                _compare(path, update, theirs[step][path], step, n)
    for path in probe.shapes:
        if rates.rate.get(path, ONE).coefficient == 0.0 and any(one[path].any() for one in theirs):
            raise _differs(path, "it moves, although it did not move at first", n)


class _Moving:
    """One statement at one width."""

    def __init__(self, optimizer: Optimizer, names: Mapping[Path, str], rates: Mapping[str, float]) -> None:
        self.optimizer, self.names, self.rates = optimizer, names, rates

    def run(self, gradients: list[Arrays], weights: list[Arrays]) -> list[dict[Path, Array]]:
        found: list[dict[Path, Array]] = []
        state: Any = self.optimizer.init(self._own(weights[0]))
        for step, (gradient, weight) in enumerate(zip(gradients, weights, strict=True)):
            whole = (
                norm({"/".join(path): one for path, one in gradient.items()}, _sides) if self.optimizer.clips else 1.0
            )
            own = self._own(weight)
            updates, state = self.optimizer.step(self._own(gradient), state, own, self.rates, step, whole)
            found.append({path: updates[name] for path, name in self.names.items()})
        return found

    def _own(self, arrays: Arrays) -> dict[str, Array]:
        return {name: arrays[path] for path, name in self.names.items()}


def _sides(_: str, array: Array) -> Sides:
    return usual(array)


def _moving(rates: Rates, paths: list[Path], n: int) -> list[_Moving]:
    named = {path for one in rates.optimizers for path in one.paths or ()}
    still = {path for path, rate in rates.rate.items() if rate.coefficient == 0.0}
    found: list[_Moving] = []
    for statement in rates.optimizers:
        own = [p for p in paths if p not in still and (p in statement.paths if statement.paths else p not in named)]
        names = {path: f"W{place}" for place, path in enumerate(own)}
        factors = {name: rates.rate.get(path, ONE).at(n) for path, name in names.items()}
        decays = {names[path]: number.at(n) for path, number in rates.decay.items() if path in names}
        found.append(_Moving(_optimizer(statement, decays).at(n), names, factors))
    return found


def _optimizer(statement: Statement, decays: Mapping[str, float]) -> Optimizer:
    declared = {one.name: one for one in OPTIMIZERS[statement.name].settings()}
    values: dict[str, Value] = {}
    for key, text in statement.settings.items():
        values[key] = text == "true" if isinstance(declared[key].default, bool) else declared[key].read(text)
    return make(statement.name, {**values, "decays": decays})


def _compare(path: Path, ours: Array, theirs: Array, step: int, n: int) -> None:
    size = float(np.abs(theirs).max())
    off = float(np.abs(ours - theirs).max())
    if not off <= AGREED * size:
        raise _differs(path, f"step {step + 1} is off by {off / size if size else np.inf:.2g} of the largest move", n)


def _differs(path: Path, what: str, n: int) -> Exception:
    name = "/".join(path)
    return error("TP908", f"the optimiser of {name} is not one of the language: at n = {n}, {what}", hint=HINT)
