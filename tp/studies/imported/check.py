"""Whether a program computes what the module computes: values and gradients, to rounding, before it is given out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.graph.graph import Graph
from tp.imports.module import Module
from tp.imports.traced.jax_internals import double
from tp.studies.imported import points
from tp.studies.imported.sides import Numbers, Side, numbers, original, values

TOLERANCE = 1e-10
"""The largest difference that is rounding, relative to the largest entry of the array."""
LOW_PRECISION = 1e-3
"""The same where the module itself computes some things in single precision, or in less."""
_NEGLIGIBLE = 1e-4
_SPREADS = (1.0, 0.3, 0.0)
_SEED = 29


class Correspondence(Protocol):
    """How weights, inputs and outputs of a program belong to those of the module that it was made of."""

    def arrays(self, leaves: Sequence[Any], n: int) -> Mapping[str, Any]:
        """The arrays of the program's weights at width ``n``."""
        ...

    def inputs(self, arrays: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arrays of the program's inputs."""
        ...

    def outputs(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """The outputs of the module, from those of the program."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest difference of one array, relative to its largest entry."""

    relative: float
    what: str


def checked(
    graph: Graph,
    correspondence: Correspondence,
    modules: Mapping[int, Module],
    paths: Sequence[str],
    exact: Callable[[Module], Side] | None = None,
) -> list[str]:
    """Hold the program against the modules, at the two smallest widths.

    Args:
        graph: the graph of the program.
        correspondence: between program and module.
        modules: the modules by width.
        paths: the names of the leaves of their weights, in order.
        exact: what a module computes with all conversions to lower precision removed.

    Returns:
        What a user should know, such as that the module computes in single precision.

    Raises:
        TpError: TP903 where values or gradients differ by more than rounding.
    """
    notes: dict[str, None] = {}
    for n in sorted(modules)[:2]:
        with double():
            notes.update(dict.fromkeys(_at(n, modules[n], graph, correspondence, paths, exact)))
    return list(notes)


def _at(
    n: int,
    module: Module,
    graph: Graph,
    correspondence: Correspondence,
    paths: Sequence[str],
    exact: Callable[[Module], Side] | None,
) -> Iterator[str]:
    """Compare at width ``n``; what to note."""
    leaves, tree, inputs = _point(module)
    here, there = original(module.apply, tree), program(graph, correspondence, n)
    cotangents = points.cotangents(values(here, leaves, inputs), _SEED)
    wanted, found = (numbers(side, leaves, inputs, cotangents) for side in (here, there))
    worst = max(differences(wanted, found, paths), key=lambda d: d.relative)
    if not worst.relative <= TOLERANCE and worst.relative <= LOW_PRECISION and exact is not None:
        wanted = numbers(exact(module), leaves, inputs, cotangents)
        worst = max(differences(wanted, found, paths), key=lambda d: d.relative)
        yield (
            "the module computes in single precision or less in places; the program was compared with it "
            "without these conversions"
        )
    if not worst.relative <= TOLERANCE:
        raise differs(worst, n)
    given = points.given_inputs(module)
    pairs = zip(values(here, leaves, given), values(there, leaves, given), strict=True)
    for number, (one, other) in enumerate(pairs):
        if not (difference := _relative(one, other)) <= TOLERANCE:
            raise differs(Difference(difference, _output(number)), n)


def _point(module: Module) -> tuple[list[Any], Any, dict[str, Any]]:
    """Weights, their tree, and inputs where all outputs are finite. Raises TpError TP903 where there are none."""
    inputs = points.generic_inputs(module, _SEED)
    for spread in _SPREADS:
        leaves, tree = points.weights(module, _SEED, spread)
        if all(np.isfinite(out).all() for out in values(original(module.apply, tree), leaves, inputs)):
            return leaves, tree, inputs
    raise error("TP903", "the module's own outputs are not finite, so the program cannot be held against it")


def program(graph: Graph, correspondence: Correspondence, n: int) -> Side:
    """What the program computes at width ``n``, as a function of the module's weights and inputs."""
    from tp.interpret.arrays.evaluate import evaluator

    names, nodes = list(graph.outputs), list(graph.outputs.values())

    def side(leaves: Sequence[Any], inputs: Mapping[str, Any]) -> list[Any]:
        run = evaluator(graph, nodes, n, np.dtype(np.float64))
        found = run(dict(correspondence.arrays(leaves, n)), dict(correspondence.inputs(inputs)))
        return list(correspondence.outputs(dict(zip(names, found, strict=True))))

    return side


def differences(wanted: Numbers, found: Numbers, paths: Sequence[str]) -> Iterator[Difference]:
    """How far every output and every gradient is off, relative to its largest entry.

    A gradient that vanishes, as that of a bias before a normalisation does, is rounding of what cancels. So entries
    count as no smaller than a share of the largest of all gradients.
    """
    for number, (one, other) in enumerate(zip(wanted.outputs, found.outputs, strict=True)):
        yield Difference(_relative(one, other), _output(number))
    least = _NEGLIGIBLE * max(map(_largest, (*wanted.weights, *wanted.inputs.values())), default=0.0)
    for path, one, other in zip(paths, wanted.weights, found.weights, strict=True):
        yield Difference(_relative(one, other, least), f"the gradient along {path}")
    for name, one in wanted.inputs.items():
        yield Difference(_relative(one, found.inputs[name], least), f"the gradient along the input {name}")


def differs(worst: Difference, n: int) -> TpError:
    """TP903 for a program that is not what the module is."""
    size = f"{worst.relative:.1e} of its largest entry" if np.isfinite(worst.relative) else "not finite"
    message = f"the program differs from the module at width {n}: {worst.what} is off by {size}"
    hint = (
        "nothing was written; this is a fault of the importer, please report it with the module. "
        "Write the program in the language, or import parts of the module to find the one that fails"
    )
    return error("TP903", message, hint=hint)


def _output(number: int) -> str:
    return f"output {number + 1}"


def _largest(array: Any) -> float:
    return float(np.max(np.abs(array), initial=0.0))


def _relative(wanted: Any, found: Any, least: float = 0.0) -> float:
    """The largest difference over the largest entry; infinite for other shapes, NaN where an entry is not finite."""
    one, other = np.asarray(wanted, np.float64), np.asarray(found, np.float64)
    if one.shape != other.shape:
        return float("inf")
    if not one.size:
        return 0.0
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return float("nan")
    size, off = max(_largest(one), least), _largest(one - other)
    return off / size if size > 0 else off
