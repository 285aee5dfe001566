"""Loading a program from a file, or parsing it from a text."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from fractions import Fraction

from tp.activations import find
from tp.construct.composed import COMPOSED, offered
from tp.diagnostics.allowed import CHECKED, without_allowed
from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.merging import merged
from tp.diagnostics.span import Span
from tp.graph.axes import Axis
from tp.graph.weight_names import covers
from tp.program import Chosen, Program
from tp.quantities.definitions import is_quantity
from tp.syntax import tree as t
from tp.syntax.allowing import allowances, faulty
from tp.syntax.build import Build
from tp.syntax.calls import KINDS, convert
from tp.syntax.constant import Constant, number, written
from tp.syntax.elaborate import Elaborator
from tp.syntax.foreign import named
from tp.syntax.modules import Kept, Loader, Module, read
from tp.syntax.roots import signs
from tp.syntax.unused import unused
from tp.syntax.values import Frame, Phi, Poison, PoisonedError, Value
from tp.syntax.words import near

_ELSEWHERE = {"float": "real", "double": "real", "number": "real", "fraction": "rational", "integer": "int"}
"""Kinds of hyperparameters by their names in other languages."""


def load(
    path: str | os.PathLike[str],
    settings: Mapping[str, str] | None = None,
    maps: Mapping[str, str] | None = None,
) -> Program:
    """The program in a file; ``maps`` are keys of :mod:`tp.maps` by name. Raises TpError with all errors."""
    file = os.fspath(path)
    folder = os.path.dirname(os.path.realpath(file))
    return _program(Loader(), read(file), file, folder, settings or {}, maps or {})


def parse(
    text: str,
    file: str = "<text>",
    settings: Mapping[str, str] | None = None,
    maps: Mapping[str, str] | None = None,
) -> Program:
    """The program in a text; imports are looked for in the packaged library only. Raises TpError as :func:`load`."""
    return _program(Loader(), text, file, None, settings or {}, maps or {})


def reread(texts: Mapping[str, str], file: str, settings: Mapping[str, str]) -> Program:
    """The program in ``texts``, which are those of :attr:`Program.texts`. Raises TpError as :func:`load`."""
    return _program(Kept(texts=texts), texts[file], file, None, settings, {})


def _program(
    loader: Loader, text: str, file: str, folder: str | None, settings: Mapping[str, str], maps: Mapping[str, str]
) -> Program:
    try:
        module = loader.module(text, file, folder)
        syntax = _only_program(module)
        build = Build(settings, maps)
        return _elaborate(build, module, syntax, {m.file: m.source for m in loader.modules.values()})
    except RecursionError:
        raise error("TP502", "the program is nested too deeply", Span(1, 1, 1, 1, file)) from None
    except TpError as problem:
        texts = {file: text, **{m.file: m.source for m in loader.modules.values()}}
        raise TpError(merged(problem.diagnostics), texts) from None


def _only_program(module: Module) -> t.ProgramSyntax:
    programs = [i for i in module.tree.items if isinstance(i, t.ProgramSyntax)]
    if not programs:
        alone = any(isinstance(i, t.Function) for i in module.tree.items)
        raise error(
            "TP111",
            "this file holds functions alone, no program" if alone else "this file holds no program",
            Span(1, 1, 1, 1, module.file),
            "write: program name { ... }; functions alone are for import",
        )
    if len(programs) > 1:
        raise error("TP111", "a file holds one program only", programs[1].span, "put each into a file of its own")
    return programs[0]


def _elaborate(build: Build, module: Module, syntax: t.ProgramSyntax, imported: Mapping[str, str]) -> Program:
    frame = Frame(module, program=True)
    lines = module.source.split("\n")
    elaborator = Elaborator(build, frame, lines)
    for formal in syntax.arguments or ():
        try:
            value = _hyperparameter(elaborator, formal)
            if not isinstance(value, Axis):
                elaborator.define(formal.name, value, formal.span)
        except TpError as problem:
            build.report(problem)
            frame.names.setdefault(formal.name, Poison())
        except PoisonedError:
            frame.names.setdefault(formal.name, Poison())
    elaborator.run(syntax.body)
    optimizers = _optimizers(elaborator) if elaborator.optimizers and not build.found else ()
    if not build.found:
        _check(elaborator, syntax)
    if build.found:
        raise TpError(build.found)
    graph = build.graph.build().pruned()
    warnings = [*build.warnings, *signs(graph), *unused(module.tree)]
    allowed = allowances(module.source, module.file, imported)
    return Program(
        syntax.name,
        module.source,
        module.file,
        graph,
        elaborator.inputs,
        tuple(elaborator.claims),
        dict(build.resolved),
        tuple(merged([*without_allowed(warnings, allowed, CHECKED, module.file), *faulty(module.source, module.file)])),
        tuple(sorted(build.declared)),
        optimizers,
        elaborator.one_hot,
        imported,
    )


def _optimizers(elaborator: Elaborator) -> tuple[Chosen, ...]:
    """The optimisers of a program whose statements have all run."""
    from tp.syntax.optimizers import settled

    try:
        build = elaborator.build
        return settled(elaborator.optimizers, build.graph.parameters, build.warn)
    except TpError as problem:
        elaborator.build.report(problem)
        return ()


def _check(elaborator: Elaborator, syntax: t.ProgramSyntax) -> None:
    """Checks of the whole program: outputs, subjects of claims, settings that no hyperparameter or axis has."""
    build = elaborator.build
    if not build.graph.outputs:
        build.report(error("TP111", f"{syntax.name} has no output", syntax.span, "write: output f = ..."))
    if not build.graph.widths:
        build.report(error("TP111", f"{syntax.name} has no width", syntax.span, "write: width n"))
    if not elaborator.inputs:
        build.report(error("TP111", f"{syntax.name} has no input", syntax.span, "write: input x : [d=16]"))
    graph = build.graph
    for claim in elaborator.claims:
        for name in claim.excepted:
            if not any(covers(name, weight) for weight in graph.parameters):
                hint = near(name, graph.parameters, f"weights: {', '.join(graph.parameters)}")
                build.report(error("TP402", f"no weight is called {name}", claim.span, hint))
        subject = claim.subject
        if subject is None or is_quantity(subject) or subject in graph.names or subject in graph.outputs:
            continue
        names = [*graph.names, *graph.outputs, "F", "kernel", "hessian", "C[0,2]"]
        hint = named(subject) or near(subject, names) or f"outputs: {', '.join(graph.outputs)}; quantities: F, C[0,2]"
        build.report(error("TP402", f"nothing is called {subject}", claim.span, hint))
    for name in build.settings:
        if name not in build.resolved:
            options = ", ".join(build.resolved)
            hint = near(name, build.resolved, f"it has: {options}" if options else None)
            build.report(error("TP506", f"{syntax.name} has no setting {name}", None, hint))


def _hyperparameter(elaborator: Elaborator, formal: t.FormalArgument) -> Value:
    """The value of a hyperparameter: what was set, or its default. An axis is declared as well."""
    build, name, kind = elaborator.build, formal.name, formal.kind
    if kind not in KINDS:
        if kind is None:
            raise error("TP110", f"the hyperparameter {name} needs a kind", formal.span, _kind_of(formal))
        known = f"kinds: {', '.join(KINDS)}"
        instead = _ELSEWHERE.get(kind.lower())
        hint = f"write {name}: {instead}; {known}" if instead else near(kind, KINDS, known)
        raise error("TP110", f"no kind is called {kind}", formal.span, hint)
    if formal.default is None and name not in build.settings:
        raise error("TP105", f"the hyperparameter {name} has no value", formal.span, f"set it: --set {name}=...")
    if kind == "axis":
        assert formal.default is not None
        return elaborator.axis(name, formal.default, formal.span)
    if name in build.settings:
        value: Value = _setting(build, name, kind)
    else:
        assert formal.default is not None
        value = convert(elaborator.evaluator, formal, formal.default)
    build.resolved[name] = _shown(value)
    return value


def _kind_of(formal: t.FormalArgument) -> str:
    """A hint with the kind that the default of a hyperparameter has."""
    match formal.default:
        case t.Number() as number if number.text.isdigit():
            return f"write {formal.name}: int = {number.text}; kinds: {', '.join(KINDS)}"
        case t.Number() as number:
            return f"write {formal.name}: real = {number.text}; kinds: {', '.join(KINDS)}"
        case t.Name() as name if name.text in offered():
            return f"write {formal.name}: activation = {name.text}; kinds: {', '.join(KINDS)}"
        case _:
            return f"kinds: {', '.join(KINDS)}; a width is a statement: width {formal.name}"


def _setting(build: Build, name: str, kind: str) -> Value:
    """The value that ``--set`` gives as text. Raises TP506."""
    text = build.settings[name].strip()
    if kind == "activation":
        if text in COMPOSED:
            return Phi(text)
        try:
            return Phi(find(text).name)
        except (KeyError, ValueError) as problem:
            all_known = f"known: {', '.join(offered())}"
            hint = named(text) or near(text, offered(), all_known if isinstance(problem, KeyError) else str(problem))
            raise error("TP506", f"{name}={text[:40]}: not an activation", None, hint) from None
    if kind == "int":
        return number(build.integer_setting(name, -1_000_000, 1_000_000))
    try:
        exponent = text.lower().partition("e")[2] or "0"
        if len(text) > 40 or abs(int(exponent)) > 40:
            raise ValueError
        value = Fraction(text)
        if abs(value) > 10**30:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise error("TP506", f"{name}={text[:40]}: not a number", None, "write 2, 0.5 or 1/2") from None
    return number(value)


def _shown(value: Value) -> str:
    if isinstance(value, Phi):
        return value.name
    assert isinstance(value, Constant)
    return written(value.rational) if value.rational is not None else str(value.scale)
