"""The statement ``optimizer``: which optimiser moves which weights, as data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn

from tp.diagnostics.diagnostic import Diagnostic, Label, TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import Axis
from tp.graph.parameter import Parameter
from tp.graph.spelling import write_scale
from tp.optimizers import OPTIMIZERS, Setting, make
from tp.optimizers.amount import LIMIT, amount_of
from tp.optimizers.by_weight import ByWeight
from tp.program import Chosen, Program, Value
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.constant import Constant
from tp.syntax.evaluate import Evaluator, Language
from tp.syntax.modules import Module
from tp.syntax.parser import parse_file
from tp.syntax.print import statement
from tp.syntax.values import Family, Frame
from tp.syntax.words import near

Warn = Callable[[str, str, Span, str], None]
"""Takes code, message, place and hint of a warning."""
OPTION = "--optimizer"
"""The file of diagnostics about a text that is in no program."""
_FORM = "write sgd(momentum = 0.9), or muon for matrices; adam"
MATRICES = "matrices"
"""Stands for every weight with a wide axis on both sides that no other statement names."""
_TRUTHS = {"true": True, "false": False}
_OTHER_OPTIMIZERS = {
    "gd": "sgd",
    "momentum": "sgd(momentum = 0.9)",
    "heavy_ball": "sgd(momentum = 0.9)",
    "nesterov": "sgd(momentum = 0.9, nesterov = true)",
    "nag": "sgd(momentum = 0.9, nesterov = true)",
    "signsgd": "sign",
}
"""Optimisers under other names."""
_OTHER_SETTINGS = {
    "lr": "eta",
    "rate": "eta",
    "learning_rate": "eta",
    "wd": "decay",
    "weight_decay": "decay",
    "l2": "decay",
    "betas": "beta1",
    "b1": "beta1",
    "b2": "beta2",
    "epsilon": "eps",
    "beta": "momentum",
    "mu": "momentum",
    "ns_steps": "iterations",
    "steps": "iterations",
    "max_norm": "clip",
    "clip_norm": "clip",
    "warmup_steps": "warmup",
}
"""Settings under the names that they have elsewhere."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name after ``for``: its steps (the name, and the index or None), as it is written, and its place."""

    steps: tuple[tuple[str, str | None], ...]
    text: str
    span: Span
    vacant: bool = False
    """It is a family without members: a setting has left them out."""

    def covers(self, weight: str) -> bool:
        """Whether it stands for ``weight``: as its name, its family, or the function that owns it."""
        steps = weight.split("/")
        return len(self.steps) <= len(steps) and all(
            step == text or (index is None and step.startswith(f"{name}["))
            for step, (name, index) in zip(steps, self.steps, strict=False)
            for text in (name if index is None else f"{name}[{index}]",)
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement with its settings worked out, and the names after ``for``, which are looked up at the end."""

    name: str
    settings: tuple[tuple[str, Value], ...]
    names: tuple[Named, ...]
    text: str
    span: Span


def stated(evaluator: Evaluator, syntax: t.OptimizerSyntax) -> Stated:
    """What a statement says. Raises TP411 for unknown words, TP412 for values that a setting cannot have."""
    name = syntax.name
    if name not in OPTIMIZERS:
        other = _OTHER_OPTIMIZERS.get(name.lower())
        hint = f"write: optimizer {other}" if other else near(name, OPTIMIZERS, f"known: {', '.join(OPTIMIZERS)}")
        raise error("TP411", f"no optimiser is called {name}", syntax.span, hint)
    known = {s.name: s for s in OPTIMIZERS[name].settings()}
    named = [name for name, declared in known.items() if not isinstance(declared.default, ByWeight)]
    found: dict[str, Value] = {}
    for argument in syntax.settings or ():
        if argument.name is None:
            hint = f"write {named[0]} = ...; settings of {name}: {', '.join(named)}"
            raise error("TP411", "a setting is given by its name", argument.span, hint)
        if argument.name not in known:
            raise error(
                "TP411", f"{name} has no setting {argument.name}", argument.span, _instead(argument.name, named)
            )
        if argument.name in found:
            raise error("TP412", f"{argument.name} is given twice", argument.span, "keep one of them")
        found[argument.name] = _value(evaluator, known[argument.name], argument.value, known)
    try:
        make(name, found)  # settings that do not fit together
    except TpError as problem:
        raise error("TP412", problem.diagnostics[0].message, syntax.span) from None
    names = tuple(_named(evaluator, path) for path in syntax.weights)
    text = statement(t.OptimizerSyntax(name, syntax.settings)).removeprefix("optimizer ")
    return Stated(name, tuple(found.items()), names, text, syntax.span)


def _instead(name: str, known: Sequence[str]) -> str:
    other = _OTHER_SETTINGS.get(name.lower())
    listed = f"its settings: {', '.join(known)}"
    if other in known:
        return f"write {other} = ...; {listed}"
    return near(name, known) or listed


def _value(evaluator: Evaluator, declared: Setting, node: t.Expression, known: Mapping[str, Setting]) -> Value:
    """The value of a setting. Raises TP412 for one that it cannot have."""
    label, default = declared.name, declared.default
    if isinstance(default, ByWeight):
        hint = "the decay of a weight follows its law: param W : [n, n] ~ normal(0, 1/n) decay 0.1"
        raise error("TP412", f"{label} cannot be given in a program", node.span, hint)
    if isinstance(default, bool) or declared.words:
        words = declared.words or tuple(_TRUTHS)
        if not isinstance(node, t.Name) or node.text not in words:
            listed = f"{declared.help[0].lower()}{declared.help[1:]}" if declared.words else "write true or false"
            hint = near(node.text, words, listed) if isinstance(node, t.Name) else listed
            raise error("TP412", f"{label} is one of the words {', '.join(words)}", node.span, hint)
        return node.text if declared.words else _TRUTHS[node.text]
    constant = evaluator.constant(node)
    if declared.amount:
        value: Value = amount_of(constant.scale)
    elif not constant.plain:
        powers = [s.name for s in known.values() if s.amount]
        hint = f"settings that may have powers of widths: {', '.join(powers)}" if powers else "write a number"
        message = f"{label} is a number, and {write_scale(constant.scale)} depends on a width"
        raise error("TP412", message, node.span, hint)
    else:
        value = _plain(declared, constant, node.span)
    try:
        declared.checked(value)
    except TpError:
        exact = isinstance(value, int | Fraction)
        given = str(value) if exact else f"{value:g}" if isinstance(value, float) else write_scale(constant.scale)
        raise error("TP412", f"{label} is {declared.range}, not {given}", node.span) from None
    return value


def _plain(declared: Setting, constant: Constant, span: Span) -> Value:
    """A number as the default of the setting is: exact where it is an exponent, whole where that is whole."""
    if isinstance(declared.default, Fraction):
        if constant.rational is None:
            raise error("TP412", f"{declared.name} is an exact rational number, such as -1/2", span)
        return constant.rational
    if isinstance(declared.default, int):
        if constant.whole is None:
            raise error("TP412", f"{declared.name} is a whole number", span)
        return constant.whole
    return constant.scale.coefficient


def _named(evaluator: Evaluator, path: t.Path) -> Named:
    steps = tuple(
        (step.name, ",".join(str(evaluator.whole(i)) for i in step.indices) if step.indices else None)
        for step in path.steps
    )
    text = "/".join(name if index is None else f"{name}[{index}]" for name, index in steps)
    first = evaluator.frame.names.get(path.steps[0].name)
    vacant = isinstance(first, Family) and not first.members and not first.poisoned
    return Named(steps, text, path.span, vacant)


def settled(statements: Sequence[Stated], declared: Mapping[str, Parameter], warn: Warn) -> tuple[Chosen, ...]:
    """The optimisers of a program with the weights ``declared``, each with the names of its weights.

    No names stand for all weights that no other statement names, or for all there are. Raises TP413 for names of no
    weight, for weights with two optimisers, and for two statements for all other weights. ``warn`` is told of a
    statement for matrices where there are none, since a setting may leave them out.
    """
    owner: dict[str, Span] = {}
    chosen: dict[int, list[str]] = {}
    rest: Span | None = None
    matrices: tuple[int, Span] | None = None
    for number, one in enumerate(statements):
        chosen[number] = []
        if not one.names:
            if rest is not None:
                hint = "say which weights each is for: optimizer muon for W, or: optimizer muon for matrices"
                raise _twice("two optimisers are for all weights", one.span, rest, hint)
            rest = one.span
        for name in one.names:
            covered = [weight for weight in declared if name.covers(weight)]
            if name.text == MATRICES:
                if covered:
                    message = f"{MATRICES} stands for all matrices, and is also the name of a weight"
                    raise error("TP413", message, name.span, "give the weight another name")
                if matrices is not None:
                    raise _twice("two optimisers are for all matrices", name.span, matrices[1], "keep one of them")
                matrices = number, name.span
                continue
            if name.vacant:
                continue
            if not covered:
                hint = near(
                    name.text, [*declared, *_families(declared), MATRICES], f"weights: {', '.join(declared) or 'none'}"
                )
                raise error("TP413", f"no weight is called {name.text}", name.span, hint)
            for weight in covered:
                if weight in owner:
                    hint = "every weight has one optimiser; name weights, or members of a family such as W[2]"
                    raise _twice(f"{weight} has two optimisers", name.span, owner[weight], hint)
                owner[weight] = name.span
            chosen[number] += covered
    if matrices is not None:
        number, span = matrices
        covered = [weight for weight, p in declared.items() if weight not in owner and _matrix(p)]
        if not covered:
            hint = "a matrix has a wide axis on both sides; name other weights: optimizer muon for W"
            warn(
                "TP806", "this optimiser moves nothing: all matrices are named elsewhere, or there are none", span, hint
            )
        chosen[number] += covered
    all_ = [(one, tuple(w for w in declared if w in chosen[number])) for number, one in enumerate(statements)]
    found = [(one, weights) for one, weights in all_ if weights or not one.names]
    alone = next((one for one, weights in found if len(weights) == len(declared)), None)
    kept = found if alone is None else [(alone, ())]
    return tuple(Chosen(one.name, one.settings, weights, one.text, one.span) for one, weights in kept)


def _families(weights: Iterable[str]) -> list[str]:
    """The names without indices of families and of functions that own ``weights``."""
    return list(dict.fromkeys(weight.split("/")[0].split("[")[0] for weight in weights))


def _matrix(parameter: Parameter) -> bool:
    return all(any(axis.wide for axis in side) for side in (parameter.outs, parameter.ins))


def _twice(message: str, span: Span, before: Span, hint: str) -> TpError:
    return TpError(Diagnostic("TP413", message, span, hint, (Label(before, "the first one is here"),)))


def read(text: str, program: Program) -> tuple[tuple[Chosen, ...], tuple[Diagnostic, ...]]:
    """The optimisers in a text such as ``muon for matrices; adam(eps = 1/n)``, for the weights of ``program``.

    Statements are those of programs, with or without the word ``optimizer``; widths are those of the program, and n is
    the limiting parameter where no width is called so. Beside them are warnings. Raises TpError, with :data:`OPTION` as
    the file.
    """
    statements = [re.sub(r"^\s*optimizer\b\s*", "", one) for one in re.split(r"[;\n]", text)]
    lines = [f"optimizer {one.strip()}" for one in statements if one.strip()]
    if not lines:
        raise error("TP411", "no optimiser is named", hint=f"known: {', '.join(OPTIMIZERS)}")
    source = "\n".join(lines)
    try:
        return _read(source, lines, program)
    except TpError as problem:
        found = [_of_widths(_above(d), program) for d in problem.diagnostics]
        raise TpError(found, {OPTION: source}) from None


def _read(source: str, lines: Sequence[str], program: Program) -> tuple[tuple[Chosen, ...], tuple[Diagnostic, ...]]:
    file = parse_file(f"program _ {{\n{source}\n}}", OPTION)
    blocks = [item.body for item in file.items if isinstance(item, t.ProgramSyntax)]
    inside = [one for block in blocks for one in block.statements]
    found = [one for one in inside if isinstance(one, t.OptimizerSyntax)]
    if len(file.items) > 1 or len(found) < len(inside) or len(found) < len(lines):
        raise error("TP411", "these are not optimisers", Span(2, 1, 2, len(lines[0]) + 1, OPTION), _FORM)
    build = Build({})
    frame = Frame(Module(OPTION, source, None, file), program=True)
    widths = {LIMIT.name: LIMIT, **program.graph.widths}
    frame.names.update({name: Axis(name, width) for name, width in widths.items()})
    evaluator = Evaluator(build, frame, Language(_calls_nothing, {}, _calls_nothing))
    problems: list[Diagnostic] = []
    said: list[Stated] = []
    for one in found:
        try:
            said.append(stated(evaluator, one))
        except TpError as problem:
            problems += problem.diagnostics
    if problems:
        raise TpError(problems)
    return settled(said, program.graph.parameters, build.warn), tuple(map(_above, build.warnings))


def _of_widths(diagnostic: Diagnostic, program: Program) -> Diagnostic:
    """``diagnostic`` with a hint for unknown names that can be followed here: nothing but widths has a name."""
    if diagnostic.code != "TP101":
        return diagnostic
    widths = list(program.graph.widths) or [LIMIT.name]
    return replace(diagnostic, hint=f"widths of {program.name}: {', '.join(widths)}; write eps = 1/{widths[0]}")


def _above(diagnostic: Diagnostic) -> Diagnostic:
    """``diagnostic`` one line higher: the first line is the head that :func:`read` adds."""
    labels = tuple(replace(label, span=_up(label.span)) for label in diagnostic.labels)
    span = None if diagnostic.span is None else _up(diagnostic.span)
    return replace(diagnostic, span=span, labels=labels)


def _up(span: Span) -> Span:
    return replace(span, line=max(1, span.line - 1), end_line=max(1, span.end_line - 1))


def _calls_nothing(*_: object) -> NoReturn:
    raise error("TP301", "a number should stand here", hint=_FORM)
