"""Which names the statements of a block assign, to tell a name used too early from an unknown one."""

from __future__ import annotations

from tp.diagnostics.span import Span
from tp.syntax import tree as t


def assigned(block: t.Block) -> dict[str, Span]:
    """The first statement that assigns each name, loops included."""
    found: dict[str, Span] = {}
    for statement in block.statements:
        names = declared(statement)
        if isinstance(statement, t.Assignment):
            names = [target.name for target in statement.targets]
        inside = assigned(statement.body) if isinstance(statement, t.Loop) else dict.fromkeys(names, statement.span)
        for name, span in inside.items():
            found.setdefault(name, span)
    return found


def declared(statement: t.Statement) -> list[str]:
    """The names that a statement declares, other than by assignment."""
    if isinstance(statement, t.Widths | t.Axes):
        return [item.name for item in statement.items]
    if isinstance(statement, t.InputSyntax | t.ParameterSyntax | t.TableSyntax):
        return [statement.name]
    if isinstance(statement, t.MapSyntax | t.InstanceSyntax | t.Output):
        return [statement.name]
    return []
