"""Which names the statements of a block assign, to tell a name used too early from an unknown one."""

from __future__ import annotations

from tp.diagnostics.span import Span
from tp.syntax import tree as t


def assigned(block: t.Block) -> dict[str, Span]:
    """The first statement that assigns each name, loops included."""
    found: dict[str, Span] = {}
    for statement in block.statements:
        names: list[str] = []
        if isinstance(statement, t.Assignment):
            names = [target.name for target in statement.targets]
        elif isinstance(statement, t.Widths | t.Axes):
            names = [item.name for item in statement.items]
        elif isinstance(statement, t.InputSyntax | t.ParameterSyntax | t.InstanceSyntax | t.Output):
            names = [statement.name]
        elif isinstance(statement, t.Loop):
            for name, span in assigned(statement.body).items():
                found.setdefault(name, span)
        for name in names:
            found.setdefault(name, statement.span)
    return found
