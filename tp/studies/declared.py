"""Maps before and during a measurement: whether their functions can be called, and whether declared facts hold.

A fact is tested at the values that the program itself makes, at several small widths. Numbers can contradict it, never
prove it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite, log, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.span import Span
from tp.graph.mapping import MapOperation
from tp.primitives.mapped import Mapped, function_at

if TYPE_CHECKING:
    from tp.data.source import Data
    from tp.graph.graph import Graph
    from tp.program import Program

ENTRIES = 300
"""The most entries of an operand or a result at the widths that facts are tested at: whole Jacobians are computed."""
WIDTHS, SEEDS = 4, 3
"""The number of widths, each twice the one before, and of draws of the weights at each."""
HIGHEST = 3
"""The highest derivative whose norm is tested."""
MARGIN = 0.25
"""Exponents that differ by less are not told apart at such widths: logarithms look like 0.2."""
ROUNDING = 1e-9
"""What should vanish is at most this, in double precision."""


@dataclass(frozen=True, slots=True)
class DeclaredFact:
    """One declared fact of a map. ``declared`` is an exponent of n, or None for a parity or a derivative that vanishes.

    ``measured`` is the measured exponent of n. For a parity it is the largest |M(-x) - M(x)|, or |M(-x) + M(x)|,
    relative to max |M(x)|, and for a derivative that vanishes its largest norm; both have to be at most
    :data:`ROUNDING`.
    """

    map: str
    line: int | None
    fact: str
    declared: Fraction | None
    measured: float
    holds: bool


def require_functions(program: Program, n: int) -> None:
    """Calls the function of every map of ``program`` once, at width ``n``, without computing anything.

    Raises TpError TP621, TP623 or TP624, with the place of the call.
    """
    for operation, _, span in _maps(program.graph):
        with _placed(span):
            function = _moved(function_at(operation, n))
            import jax

            from tp.interpret.arrays.backend import precision

            with precision("float64") as kind:
                jax.eval_shape(function, jax.ShapeDtypeStruct(tuple(a.at(n) for a in operation.ins), kind))


def require_declared(program: Program, data: str | Data | None = None) -> None:
    """Raises TpError TP626 where numbers contradict what ``program`` declares of a map, TP623 or TP624."""
    wrong = [fact for fact in declared_facts(program, data) if not fact.holds]
    if wrong:
        raise error("TP626", contradiction(wrong), hint="correct the declaration: all predictions rest on it")


def contradiction(wrong: Sequence[DeclaredFact]) -> str:
    """What is wrong, in a sentence."""
    first = wrong[0]
    place = "" if first.line is None else f" (line {first.line})"
    return f"numbers contradict what is declared of the map {first.map}{place}: {first.fact}"


def declared_facts(program: Program, data: str | Data | None = None) -> tuple[DeclaredFact, ...]:
    """All declared facts of the maps of ``program``, tested. Raises TpError TP623 or TP624."""
    found: dict[str, list[tuple[MapOperation, int, Span | None]]] = {}
    for operation, operand, span in _maps(program.graph):
        found.setdefault(operation.name, []).append((operation, operand, span))
    return tuple(fact for uses in found.values() for fact in _tested(program, uses, data))


def _maps(graph: Graph) -> Iterator[tuple[MapOperation, int, Span | None]]:
    """Every use of a map that outputs need: the map, its operand, its place."""
    for index in graph.needed(list(graph.outputs.values())):
        node = graph[index]
        if isinstance(node.operation, Mapped):
            yield node.operation, node.operands[0], node.span


class _placed:
    """Gives errors that are raised inside the place ``span``."""

    def __init__(self, span: Span | None) -> None:
        self.span = span

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, TpError):
            raise TpError(
                [d if d.span is not None else replace(d, span=self.span) for d in problem.diagnostics], problem.sources
            ) from problem.__cause__


def _tested(
    program: Program, uses: Sequence[tuple[MapOperation, int, Span | None]], data: str | Data | None
) -> Iterable[DeclaredFact]:
    operation, _, span = uses[0]
    line = None if span is None else span.line
    from tp.interpret.arrays.backend import precision

    exponents = _facts(operation)
    sizes: dict[str, list[float]] = {name: [] for name in exponents}
    widths = _widths(operation)
    for n in widths:
        with _placed(span), precision("float64"):
            measure = _sizes(operation, n)
            rows = [[float(size) for size in measure(x)] for x in _operands(program, uses, n, data)]
            for name, column in zip(exponents, zip(*rows, strict=True), strict=True):
                if not all(map(isfinite, column)):
                    raise error("TP624", f"{name} of the map {operation.name} is not finite at width {n}")
                sizes[name].append(max(column))
    for name, exponent in exponents.items():
        found = sizes[name]
        if exponent is None:
            yield DeclaredFact(operation.name, line, name, None, max(found), max(found) <= ROUNDING)
            continue
        slopes = [_slope(widths, found), _slope(widths[-2:], found[-2:])]
        holds = min(slopes) <= float(exponent) + MARGIN
        yield DeclaredFact(operation.name, line, name, exponent, slopes[0], holds)


def _slope(widths: Sequence[int], sizes: Sequence[float]) -> float:
    """The exponent between the first and the last width."""
    if not (sizes[0] > 0.0 and sizes[-1] > 0.0):
        return float("-inf") if not sizes[-1] > 0.0 else float("inf")
    return log(sizes[-1] / sizes[0]) / log(widths[-1] / widths[0])


def _widths(operation: MapOperation) -> list[int]:
    """Widths, each twice the one before, at which all Jacobians can be computed."""

    def entries(n: int) -> int:
        return max(prod(a.at(n) for a in axes) for axes in (operation.ins, operation.outs))

    fitting = [1 << k for k in range(1, 16) if entries(1 << k) <= ENTRIES]
    return (fitting or [2])[-WIDTHS:]


def _operands(
    program: Program, uses: Sequence[tuple[MapOperation, int, Span | None]], n: int, data: str | Data | None
) -> list[Any]:
    """What the program applies a map to, at weights that are drawn: arrays with the axes of its operand."""
    import jax

    from tp.data.inputs import inputs_for
    from tp.graph.axes import names, without
    from tp.interpret.arrays.backend import precision
    from tp.interpret.arrays.evaluate import evaluator
    from tp.interpret.arrays.initial_weights import draw
    from tp.primitives.arrays import aligned

    graph, core = program.graph, uses[0][0].ins
    nodes = [node for _, node, _ in uses]
    found: list[Any] = []
    inputs = inputs_for(program.inputs, 1, data, one_hot=program.one_hot)
    with precision("float64") as kind:
        run = evaluator(graph, nodes, n, kind)
        given = {name: jax.numpy.asarray(array[0], kind) for name, array in inputs.items()}
        for seed in range(SEEDS):
            values = run(draw(graph.parameters, n, jax.random.key(seed), kind), given)
            for node, value in zip(nodes, values, strict=True):
                rest = without(graph.type(node), names(core))
                array = aligned(value, graph.type(node), (*rest, *core))
                found += list(array.reshape((-1, *array.shape[len(rest) :]))[:2])
        return found


def _facts(operation: MapOperation) -> dict[str, Fraction | None]:
    """What is tested: the declared exponent of each size, or None for what should vanish, by name."""
    found: dict[str, Fraction | None] = {"value": operation.size}
    if operation.symmetry != "none":
        found[operation.symmetry] = None
    last = len(operation.norms) + 1 if operation.ends else max(len(operation.norms), 2)
    for k in range(1, min(last, HIGHEST) + 1):
        if operation.vanishes(k):
            found[f"derivative {k} vanishes"] = None
        else:
            found[f"derivative {k}"] = operation.exponent(k)
    return found


def _sizes(operation: MapOperation, n: int) -> Callable[[Any], list[Any]]:
    """The sizes of :func:`_facts` at an operand, as a compiled function; infinite or NaN where numbers are."""
    import jax
    import jax.numpy as jnp

    function, facts = function_at(operation, n), _facts(operation)
    generator = np.random.default_rng(n)
    shape = tuple(a.at(n) for a in operation.ins)
    signs = [generator.choice([-1.0, 1.0], shape) for _ in range(HIGHEST)]

    def sizes(x: Any) -> list[Any]:
        value = function(x)
        found = [jnp.abs(value).max()]
        if operation.symmetry != "none":
            other = function(-x)
            left = other + value if operation.symmetry == "odd" else other - value
            found.append(jnp.abs(left).max() / jnp.maximum(found[0], 1e-300))
        along = function
        for k in range(len(facts) - len(found)):
            found.append(_matrix_norm(jax.jacfwd(along)(x), x.size))
            along = _directional(along, jnp.where(x < 0, -1.0, 1.0) if not k else jnp.asarray(signs[k]))
        return found

    return jax.jit(sizes)


def _moved(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Value and derivative of ``function`` together."""
    import jax

    return lambda x: jax.jvp(function, (x,), (x,))


def _directional(function: Callable[[Any], Any], u: Any) -> Callable[[Any], Any]:
    import jax

    return lambda x: jax.jvp(function, (x,), (u,))[1]


def _matrix_norm(jacobian: Any, columns: int) -> Any:
    """The larger of the norms from ℓ1 to ℓ1 and from ℓ∞ to ℓ∞ of a matrix [...outs, ...ins]."""
    import jax.numpy as jnp

    matrix = jnp.abs(jacobian).reshape((-1, columns))
    return jnp.maximum(matrix.sum(axis=0).max(), matrix.sum(axis=1).max())
