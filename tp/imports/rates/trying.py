"""Which optimiser of the language moves each weight of a module at one width, found by trying."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.rates.clip import Run, clipping
from tp.imports.rates.decay import with_decay
from tp.imports.rates.lion import betas, sign_along
from tp.imports.rates.matrix import muon
from tp.imports.rates.moved import Array, Moved, Tried, entrywise
from tp.imports.rates.probe import Arrays, Probe
from tp.imports.rates.schedules import require_constant
from tp.imports.traced.tracing import Path

ENTRIES = 16
"""How many entries of a weight have gradients."""
SIZE, SHARE = 1e-4, 1e-3
"""The size of gradients, which is small enough for clipping, and the ratio to even smaller ones."""
SEED = 4
HINT = (
    "name an optimiser of the language with --optimizer, or give learning rates as a dictionary; a schedule of "
    "learning rates has to be replaced by a number"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found at one width: by weight, and the norm beyond which gradients are clipped."""

    moved: dict[Path, Moved]
    clip: float


def tried(probe: Probe, clip: float | None = None) -> Seen:
    """How all weights move; ``clip`` is looked for, and schedules are, unless it is known.

    Raises TpError TP908 for a weight that moves as no optimiser of the language does.
    """
    random = np.random.default_rng(SEED)
    zeros = probe.arrays(lambda path, shape: np.zeros(shape))

    def few(path: Path, shape: tuple[int, ...]) -> Array:
        found = np.zeros(shape)
        count = min(found.size, ENTRIES)
        found.flat[:count] = SIZE * random.uniform(0.3, 1.5, count) * random.choice((-1.0, 1.0), count)
        return found

    first = probe.arrays(few)

    def run(gradients: list[Arrays]) -> list[Arrays]:
        return probe.run(gradients, [zeros] * len(gradients))

    turned = run([_times(first, factor) for factor in (1.0, -1.0, 2.0, 0.0)])
    (small,) = run([_times(first, SHARE)])
    weights = _times(first, -1.0)
    decayed = probe.run([_times(first, f) for f in (1.0, -1.0, 2.0)], [zeros, weights, zeros])
    found: dict[Path, Moved | None] = {}
    for path, gradient in first.items():
        used = gradient != 0.0
        trial = Tried(
            gradient[used],
            (turned[0][path][used], turned[1][path][used], turned[2][path][used], turned[3][path][used]),
            small[path][used],
            SHARE,
            (decayed[0][path][used], decayed[1][path][used], decayed[2][path][used]),
            weights[path][used],
            any(bool(one[path][~used].any()) for one in turned),
        )
        plain = entrywise(trial)
        found[path] = with_decay(plain, trial) if plain else None
    moved = _lions(_alone(_matrices(found, probe, zeros), zeros), first, run)
    for path, one in moved.items():
        if one is None:
            raise _unknown("/".join(path), "it moves as no optimiser of the language that was tried")
    known = {path: one for path, one in moved.items() if one is not None}
    if clip is None:
        require_constant(probe, known, first)
        clip = clipping(known, first, run)
    return Seen(known, clip)


def _times(arrays: Arrays, factor: float) -> Arrays:
    return {path: factor * array for path, array in arrays.items()}


def _alone(found: dict[Path, Moved | None], zeros: Arrays) -> dict[Path, Moved | None]:
    """``found``, where weights of one entry have the decay of the others: under LAMB it does not show in theirs."""
    lambs = {path: one for path, one in found.items() if one is not None and one.name == "lamb"}
    inside = next((one.inside for path, one in lambs.items() if zeros[path].size > 1), 0.0)
    single = {path: replace(one, inside=inside) for path, one in lambs.items() if zeros[path].size == 1}
    return {**found, **single}


def _matrices(found: dict[Path, Moved | None], probe: Probe, zeros: Arrays) -> dict[Path, Moved | None]:
    """``found`` with what moves as whole matrices."""
    if all(one is not None for one in found.values()):
        return found
    random = np.random.default_rng(SEED)
    size = SIZE / sum(array.size for array in zeros.values()) ** 0.5
    gradients = [probe.arrays(lambda path, shape: size * random.standard_normal(shape)) for _ in range(3)]
    updates = probe.run(gradients, [zeros] * 3)
    weights = probe.arrays(lambda path, shape: random.standard_normal(shape))
    shrunk = probe.run(gradients[:1], [weights])[0]
    known: dict[Path, Moved | None] = {}
    for path, one in found.items():
        known[path] = one or muon([g[path] for g in gradients], [u[path] for u in updates])
        if one is None and (own := known[path]) is not None:
            away = float(((updates[0][path] - shrunk[path]) * weights[path]).sum() / (weights[path] ** 2).sum())
            known[path] = replace(own, share=away if away > 1e-9 * own.rate else 0.0)
    return known


def _lions(found: dict[Path, Moved | None], first: Arrays, run: Run) -> dict[Path, Moved | None]:
    """``found`` with β1 and β2 of Lion, which are sought once for all weights."""
    path = next((path for path, one in found.items() if one is not None and one.name == "lion"), None)
    if path is None:
        return found

    def moves(factors: list[float]) -> float:
        updates = run([_times(first, factor) for factor in factors])
        return sign_along(updates[-1][path], first[path])

    known = betas(moves)
    if known is None:
        raise _unknown("/".join(path), "it moves by signs, but not as sign descent or Lion")
    settings: dict[str, float | bool] = {"beta1": known[0], "beta2": known[1]}
    return {p: replace(one, settings=settings) if one and one.name == "lion" else one for p, one in found.items()}


def _unknown(name: str, what: str) -> Exception:
    return error("TP908", f"the optimiser of {name} is not recognised: {what}", hint=HINT)
