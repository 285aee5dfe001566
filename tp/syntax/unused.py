"""Names that a text declares and never uses, from its syntax tree alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tp.diagnostics.diagnostic import Diagnostic, Severity
from tp.diagnostics.span import Span
from tp.syntax import tree as t

_CODE = "TP801"


def unused(file: t.File) -> list[Diagnostic]:
    """A warning for each name of ``file`` that nothing uses; names that start with _ are left alone."""
    programs = [item for item in file.items if isinstance(item, t.ProgramSyntax)]
    found: list[Diagnostic] = []
    everywhere: set[str] = set()
    for item in file.items:
        if isinstance(item, t.Function | t.ProgramSyntax):
            everywhere |= set().union(*_uses(item).values()) - ({item.name} if isinstance(item, t.Function) else set())
            found += _in_scope(item)
    if programs:
        for item in file.items:
            if isinstance(item, t.Import):
                found += [_warning("import", name, item.span) for name in item.names if name not in everywhere]
            elif isinstance(item, t.Function) and item.name not in everywhere:
                found.append(_warning("function", item.name, item.span))
    return sorted(found, key=lambda d: (d.span.line, d.span.column) if d.span is not None else (0, 0))


def _in_scope(item: t.Function | t.ProgramSyntax) -> list[Diagnostic]:
    """The unused names of one function or program."""
    uses = _uses(item)
    program = isinstance(item, t.ProgramSyntax)
    found: list[Diagnostic] = []
    seen: set[str] = set()
    declared = [*_formals(item, program), *_declared(item.body)]
    limit = next((name for kind, name, _ in declared if kind == "width"), None)
    for kind, name, span in declared:
        if name in seen or name.startswith("_") or name == limit:
            continue
        seen.add(name)
        # A family that is used only to define its own members leads nowhere.
        if not any(name in names for own, names in uses.items() if own != name):
            found.append(_warning(kind, name, span))
    return found


def _formals(item: t.Function | t.ProgramSyntax, program: bool) -> Iterator[tuple[str, str, Span]]:
    for formal in item.arguments or ():
        yield "hyperparameter" if program else "argument", formal.name, formal.span


def _declared(block: t.Block) -> Iterator[tuple[str, str, Span]]:
    """What the statements of ``block`` declare: kind, name and place."""
    for one in block.statements:
        match one:
            case t.Widths():
                for width in one.items:
                    yield "width", width.name, width.span
            case t.Axes():
                for axis in one.items:
                    yield "axis", axis.name, axis.span
            case t.InputSyntax():
                yield "input", one.name, one.span
            case t.ParameterSyntax():
                yield "parameter", one.name, one.span
            case t.TableSyntax():
                yield "table", one.name, one.span
            case t.MapSyntax():
                yield "map", one.name, one.span
            case t.InstanceSyntax():
                yield "instance", one.name, one.span
            case t.Assignment():
                for target in one.targets:
                    yield "value", target.name, target.span
            case t.Loop():
                yield from _declared(one.body)
            case _:
                pass


def _uses(item: t.Function | t.ProgramSyntax) -> dict[str, set[str]]:
    """The names that occur in ``item``, by the name that their statement assigns; "" for all others."""
    found: dict[str, set[str]] = {"": set()}
    for formal in item.arguments or ():
        _collect(formal.default, found[""])
    _block_uses(item.body, found)
    return found


def _block_uses(block: t.Block, found: dict[str, set[str]]) -> None:
    for one in block.statements:
        if isinstance(one, t.Loop):
            _collect(one.range, found[""])
            _block_uses(one.body, found)
            continue
        own = one.targets[0].name if isinstance(one, t.Assignment) and len(one.targets) == 1 else ""
        names = found.setdefault(own, set())
        if isinstance(one, t.Assignment):
            for target in one.targets:
                _collect(target.indices, found[""])
            _collect(one.value, names)
        else:
            _collect(one, names)


def _collect(part: Any, names: set[str]) -> None:
    """Adds every name that is used in ``part`` of a tree."""
    if isinstance(part, tuple):
        for one in part:
            _collect(one, names)
        return
    if not isinstance(part, t.Syntax):
        return
    match part:
        case t.Name():
            names.add(part.text)
        case t.AxisUse() if part.size is None:
            names.add(part.name)
        case t.Argument() if part.name is not None:
            names.add(part.name)
        case t.InstanceSyntax():
            names.add(part.function)
        case t.OptimizerSyntax():
            _collect(tuple(argument.value for argument in part.settings or ()), names)
            return
        case t.ClaimSyntax() if part.subject is not None:
            names.add(part.subject.name)
        case _:
            pass
    for field in part.fields:
        _collect(getattr(part, field, None), names)


def _warning(kind: str, name: str, span: Span) -> Diagnostic:
    article = "an" if kind[0] in "aeiou" else "a"
    hint = "delete it, or begin its name with _ to keep it"
    if kind == "input":
        hint = "outputs that do not depend on the input say nothing about data"
    message = f"{name} is {article} {kind} that is never used"
    return Diagnostic(_CODE, message, span, hint, severity=Severity.WARNING)
