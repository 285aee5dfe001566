"""Programs of equal steps, analysed with few of them: when the steps that were left out change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tp.activations import Smoothness, find
from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.interpret.degree import degrees
from tp.primitives.traits import function_of
from tp.theory.features import activated, feature_name, first_names
from tp.theory.regime import Feature, Regime
from tp.transform.repeated import Shortened, shortened

BEFORE, AFTER = 12, 10
"""The steps that are kept before and after those that are left out."""
PERIOD = 2
"""Values repeat after two steps: what a cotangent has of the deepest flips is even after one step, odd after two."""
SAME = 3
"""The number of periods around the place of what was left out that must have the same values."""
FEWEST = 8
"""Fewer steps are not worth leaving out."""
KINKED = (Smoothness.PIECEWISE_LINEAR, Smoothness.PIECEWISE_POLYNOMIAL)


def brief(program: Graph) -> Shortened | None:
    """``program`` with few equal steps; None where it has few, or where more steps would change what is asked.

    The degree of a polynomial grows with the number of steps, and kinks that meet are looked for across steps. So all
    functions have to be smooth, and one of them no polynomial.
    """
    functions = (function_of(program[i].operation) for i in program.needed(list(program.outputs.values())))
    if any(f is not None and find(f.activation).smoothness in KINKED for f in functions):
        return None
    found = shortened(program, BEFORE, AFTER, PERIOD)
    if found is None or len(found.program) > len(program) - FEWEST * len(found.steps[0]):
        return None
    degree = degrees(found.program, set(program.parameters))
    return None if any(degree[i] is not None for i in found.program.outputs.values()) else found


def steady(steps: Sequence[Sequence[Span]], graph: Nodes, values: Mapping[int, Any]) -> bool:
    """Whether the steps around those that were left out have equal values, one by one, in a derived ``graph``.

    A node belongs to the step from whose nodes transformations made it. ``values`` has what can be compared by node.
    """
    step = {id(span): number for number, spans in enumerate(steps) for span in spans}
    first = BEFORE - (SAME + 1) // 2 * PERIOD
    found: list[list[object]] = [[] for _ in range(SAME * PERIOD)]
    for index in graph:
        node = graph[index]
        number = None if node.span is None else step.get(id(node.span))
        if number is not None and first <= number < first + len(found):
            found[number - first].append((type(node.operation), values.get(index)))
    return all(other == one for one, other in zip(found, found[PERIOD:], strict=False))


def tables(jets: Mapping[int, Any]) -> dict[int, object]:
    """Bounds of nodes as plain values that can be compared."""
    return {
        index: tuple(None if line is None else line.value for line in (jet.value, jet.source, jet.free))
        for index, jet in jets.items()
    }


def values_of(derived: Mapping[int, Any]) -> dict[int, object]:
    """Abstract values of nodes; equal ones are one object."""
    return {index: found.value for index, found in derived.items()}


def restored(found: Regime, program: Graph, image: Mapping[int, int]) -> Regime:
    """``found``, of a program with few steps, with the features of all steps of the whole ``program``.

    ``image`` has the node of the short program for every node of the whole one.
    """
    known = {feature.node: feature for feature in found.features}
    named = first_names(program)
    features: dict[int, Feature] = {}
    for activation, argument in activated(program):
        feature = known.get(image[argument])
        if feature is not None and argument not in features:
            name = feature_name(program, argument, activation, named)
            features[argument] = replace(feature, name=name, span=program[argument].span, node=argument)
    return replace(found, features=tuple(features.values()))


def grows(found: Regime) -> bool:
    """Whether a feature grows, so that those of later steps follow it, or training does not settle."""
    sizes = (size for f in found.features for size in (f.initial, f.moved) if size is not None)
    return not found.settled or any(size > 0 for size in sizes)
