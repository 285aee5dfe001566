"""Measured slopes of the correlations of one program, and how they compare with predicted exponents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import numpy as np

from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.slot import DIRECTIONS, POINT, Role, Slot
from tp.interpret.drawn.batch import Batch
from tp.interpret.drawn.matrices import Array
from tp.primitives.apply import Apply
from tp.primitives.input import Input
from tp.primitives.read import Read
from tp.quantities.programs import gradient_at, gradient_of, jet_output, metric
from tp.transform.algebra import Taylor
from tp.transform.direction import squared_norm

QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")
DEPTH = 3


class Correlations:
    """F, the kernel, C[0,2], C[0,3] and C[1,1] (up to constants) of a program, all directions at one input x_1."""

    def __init__(self, program: Graph, data: int = 0) -> None:
        self.program = program
        self.graph = graph = GraphBuilder.like(program)
        along = gradient_at(program, graph, None, DIRECTIONS)
        algebra = Taylor(graph, [(along, DEPTH)])
        output = jet_output(program, algebra, POINT)
        nodes = [algebra.coefficient(output, d) for d in range(DEPTH + 1)]
        moving = nodes[1]
        gradient = None if moving is None else gradient_of(program, graph, moving)
        nodes.append(None if gradient is None else squared_norm(graph, gradient, metric(program)))
        self.nodes = dict(zip(QUANTITIES, nodes, strict=True))
        self.inputs = _inputs(program, data)

    def sample(self, n: int, draws: int, seed: int) -> dict[str, Array]:
        """Absolute values at width ``n``, one a draw."""
        roots = {name: node for name, node in self.nodes.items() if node is not None}
        out = {name: np.zeros(draws) for name in self.nodes}
        for name, value in zip(
            roots, Batch(self.graph, n, draws, seed, self.inputs).run(list(roots.values())), strict=True
        ):
            size = np.broadcast_to(np.abs(value), (draws,))
            out[name] = np.sqrt(size) if name == "C[1,1]" else size
        return out


SIZES = (1.2, 0.7)
"""Root mean squares of the inputs of each set of data."""


def _inputs(program: Graph, data: int) -> dict[str, Array]:
    """Two generic correlated inputs, the same at every width, and generic weights of output components.

    Prefactors depend on the inputs and may nearly vanish by accident, hence more than one set of ``data``; weights of
    components are positive for the same reason.
    """
    generator = np.random.default_rng(7 + data)
    out: dict[str, Array] = {}
    axes_of = {i.name: i.axes for node in program if isinstance(i := program[node].operation, Input)}
    for name, axes in axes_of.items():
        shape = tuple(a.at(1) for a in axes)
        common = 0.5 + generator.standard_normal(shape)
        for place in (POINT, DIRECTIONS):
            one = common + 0.5 * generator.standard_normal(shape)
            out[place.of(name)] = SIZES[data] * one / np.sqrt(np.mean(one**2))
    for name, node in program.outputs.items():
        shape = tuple(a.at(1) for a in program.type(node))
        for place in (POINT, DIRECTIONS):
            out[place.of(Slot(Role.OUTPUT, name))] = generator.uniform(0.5, 1.5, shape)
    return out


def widths_for(program: Graph) -> tuple[int, ...]:
    """Three widths, and a fourth for doubtful cases: such that the widest weight has 64 to 16384 rows, or 32 to 1024
    where there is a law other than the Gaussian."""
    used = [program[i].operation for i in program.needed(list(program.outputs.values()))]
    read = [program.parameters[o.parameter] for o in used if isinstance(o, Read | Apply)]
    top = max((a.exponent for p in read for a in (*p.outs, *p.ins)), default=Fraction(1))
    dense = any(p.is_operator and (p.law.structure or p.law.family not in ("normal", "constant")) for p in read)
    dense |= any(sum(a.wide for a in program.type(i)) > 1 for i in program)
    return tuple(round(size ** (1 / top)) for size in ((32, 128, 512, 1024) if dense else (64, 512, 4096, 16384)))


@dataclass(frozen=True)
class Points:
    """Logarithms of medians over widths, with their standard errors; empty where everything is rounding noise."""

    widths: tuple[int, ...]
    logs: tuple[float, ...]
    errors: tuple[float, ...]

    def slope(self, first: int = 0) -> tuple[float, float]:
        """Least-squares slope from the width number ``first`` on, and its standard error."""
        x = np.log(np.array(self.widths[first:], float))
        centred = x - x.mean()
        weights = centred / (centred @ centred)
        return float(weights @ self.logs[first:]), float(np.sqrt(weights**2 @ np.square(self.errors[first:])))


def points(samples: Mapping[int, Array]) -> Points | None:
    """The medians of ``samples[n]`` with binomial standard errors; None when all values are zero."""
    if not any(v.any() for v in samples.values()):
        return None
    logs, errors = [], []
    for values in samples.values():
        ordered = np.log(np.sort(np.maximum(values, 1e-300)))
        half, reach = len(ordered) / 2, len(ordered) ** 0.5 / 2
        logs.append(float(np.median(ordered)))
        low, high = ordered[max(0, int(half - 2 * reach))], ordered[min(len(ordered) - 1, int(half + 2 * reach))]
        errors.append(float(high - low) / 4 + 1e-9)
    return Points(tuple(samples), tuple(logs), tuple(errors))


class Outcome(Enum):
    AGREE = "agree"
    BOUND = "bound"
    """Smaller than an exponent that was given as an upper bound only."""
    LARGER = "larger"
    SMALLER = "smaller"
    UNDECIDED = "undecided"


DRIFT = 0.2
"""Allowance for corrections at finite width: less than half of 1/2, the usual distance of exponents."""
ERRORS = 3.5
"""Standard errors that a disagreement must exceed."""


def compare(predicted: Fraction | None, exact: bool, found: Points | None) -> Outcome:
    """Does a slope agree with the predicted exponent (None: vanishes identically)?

    It agrees if the slope over all widths or the last one is within :data:`DRIFT`, and known well enough to exclude a
    distance of 1/2; or if the predicted power with one correction of relative order n^{-1/2} or n^{-1} fits the
    medians, its own coefficient being more than :data:`ERRORS` standard errors from zero and about the last value. It
    disagrees if both slopes are off by more than :data:`DRIFT` and :data:`ERRORS` standard errors, on the same side.
    """
    if predicted is None or found is None:
        if predicted is None and found is None:
            return Outcome.AGREE
        return Outcome.LARGER if predicted is None else Outcome.SMALLER if exact else Outcome.BOUND
    p = float(predicted)
    slopes = [found.slope(), found.slope(len(found.widths) - 2)]
    if any(abs(s - p) <= DRIFT and abs(s - p) + 2 * e < 0.45 for s, e in slopes) or corrected(p, found):
        return Outcome.AGREE
    if all(s + ERRORS * e < p - DRIFT for s, e in slopes):
        return Outcome.SMALLER if exact else Outcome.BOUND
    if all(s - ERRORS * e > p + DRIFT for s, e in slopes):
        return Outcome.LARGER
    return Outcome.UNDECIDED


def corrected(p: float, found: Points) -> bool:
    """Do the medians fit n^p (a + b n^-c), or the root of the sum of squares, with a well away from zero?"""
    if len(found.widths) < 4:
        return False
    widths = np.array(found.widths, float)
    logs = np.array(found.logs) - p * np.log(widths)
    if np.ptp(logs) > FAR:
        return False
    values, errors = np.exp(logs - logs.max()), np.array(found.errors)
    for power in (1, 2):
        for c in (0.5, 1.0):
            y, sigma = values**power, power * errors * values**power
            matrix = np.stack([np.ones_like(widths), (widths / widths[0]) ** (-c * power)], axis=1) / sigma[:, None]
            inverse = np.linalg.pinv(matrix.T @ matrix)
            fit = inverse @ matrix.T @ (y / sigma)
            misfit = float(np.sum((matrix @ fit - y / sigma) ** 2))
            if fit[0] > ERRORS * inverse[0, 0] ** 0.5 and misfit < MISFIT and 0.3 < fit[0] / y[-1] < 1.5:
                return True
    return False


FAR = 30.0
"""Logarithms further apart follow no power with one correction; medians that underflow are the extreme case."""
MISFIT = 6.0
"""Chi-square of two degrees of freedom exceeds this with probability 5%."""


class Sweep:
    """Samples over widths, added to as needed."""

    def __init__(self, correlations: Correlations) -> None:
        self.correlations = correlations
        self.samples: dict[int, list[dict[str, Array]]] = {}

    def add(self, widths: Sequence[int], draws: int, seed: int) -> None:
        for n in widths:
            self.samples.setdefault(n, []).append(self.correlations.sample(n, draws, seed))

    def points(self) -> dict[str, Points | None]:
        widths = sorted(self.samples)
        return {q: points({n: np.concatenate([s[q] for s in self.samples[n]]) for n in widths}) for q in QUANTITIES}
