"""What statements of two blocks have in common: everything but names, positions of entries, and finite axes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from tp.imports.axes.labels import Label
from tp.imports.text.declared import Assigned
from tp.imports.text.expression import Applied, Call, Dot, Index, Node, Power, Ref, Renamed, Sum, Total

Axes = Mapping[Label, str]
"""Names of wide axes, by the root of their label."""


def of_label(label: Label, axes: Axes) -> Hashable:
    """The name of a wide axis, the size of a finite one."""
    root = label.root()
    return axes.get(root, "") if root.size.wide else root.size


def of_statement(statement: Assigned, axes: Axes) -> Hashable:
    """Equal for all statements that may be one statement of a loop."""
    return (statement.number, of_node(statement.node, axes))


def of_node(node: Node, axes: Axes) -> Hashable:
    """The form of an expression."""
    parts = tuple(of_node(part, axes) for part in node.parts())
    return (type(node).__name__, _own(node, axes), parts)


def _own(node: Node, axes: Axes) -> Hashable:
    match node:
        case Ref() | Applied(transposed=False):
            return None
        case Applied():
            return True
        case Sum(terms):
            return tuple(number for number, _ in terms)
        case Power(_, exponent):
            return exponent
        case Total(_, labels) | Dot(_, _, labels):
            return tuple(of_label(label, axes) for label in labels)
        case Index(_, label, _, last, step):
            return (of_label(label, axes), last is None, step)
        case Renamed(_, old, new):
            return (of_label(old, axes), of_label(new, axes))
        case Call():
            return (
                node.function,
                tuple(of_label(label, axes) for label in node.labels),
                node.words,
                tuple((of_label(a, axes), b if isinstance(b, int) else of_label(b, axes)) for a, b in node.pairs),
                tuple((key, of_label(v, axes) if isinstance(v, Label) else v) for key, v in node.settings),
            )
        case _:
            return None
