"""The text in the box of each node of a picture, and the kind of node that its colour shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import get_origin

from tp.graph.axes import Type, show, wide
from tp.graph.graph import Graph
from tp.graph.spelling import settings_of, write

_LONGEST = 34


class Kind(Enum):
    """The kind of a node, which its colour and outline show."""

    PARAMETER = "parameter"  # a weight read as a value
    WIDE = "wide"
    FINITE = "finite"


@dataclass(frozen=True, slots=True)
class Caption:
    """The lines of one box: names that the program gives it, operation, type."""

    names: tuple[str, ...]
    operation: str
    type: str
    kind: Kind
    applies: bool
    """Whether a weight multiplies here."""
    output: bool


def drawn(graph: Graph) -> list[int]:
    """The nodes to draw: those that outputs and names need, or all nodes where there is no output and no name."""
    return graph.needed([*graph.outputs.values(), *graph.names.values()]) or list(graph)


def captions(graph: Graph, nodes: Sequence[int]) -> list[Caption]:
    """The captions of ``nodes``."""
    named: dict[int, list[str]] = {}
    for table in (graph.outputs, graph.names):
        for name, index in table.items():
            if name not in named.setdefault(index, []):
                named[index].append(name)
    outputs = set(graph.outputs.values())
    return [_caption(graph, i, named.get(i, []), i in outputs) for i in nodes]


def _caption(graph: Graph, index: int, names: list[str], output: bool) -> Caption:
    node = graph[index]
    if node.label is not None and node.label not in names:
        names = [*names, node.label]
    weight = getattr(node.operation, "parameter", None) in graph.parameters
    kind = Kind.WIDE if wide(node.type) else Kind.FINITE
    return Caption(
        tuple(_short(n) for n in names),
        _short(_operation(graph, index)),
        _short(show(node.type)),
        Kind.PARAMETER if weight and not node.operands else kind,
        weight and bool(node.operands),
        output,
    )


def _operation(graph: Graph, index: int) -> str:
    """The keyword and the settings, without those that have their usual value or that the type shows."""
    operation = graph[index].operation
    words = [type(operation).keyword()]
    for field, hint in settings_of(type(operation)):
        value = getattr(operation, field.name)
        if value in (field.default, ()) or hint == Type:
            continue
        if value is True:
            words.append(field.name)
        elif get_origin(hint) is tuple:
            words.append(write(value, hint)[1:-1])
        elif hint is int:
            words.append(f"{field.name}={value}")
        else:
            words.append(value if hint is str else write(value, hint))
    return re.sub(r"\d+\.\d{5,}", lambda number: f"{float(number[0]):.4g}", " ".join(words))


def _short(text: str) -> str:
    """``text`` cut to the width of a box; control characters, which XML does not allow, are replaced."""
    text = "".join(c if c.isprintable() else "�" for c in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
