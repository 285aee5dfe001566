"""From what ``make`` builds to a program that was held against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tp.diagnostics.diagnostic import Diagnostic, TpError, error
from tp.imports.frameworks.made import Beside, modules
from tp.imports.joined import Parts, apart
from tp.imports.module import Module
from tp.imports.traced.equation import Traced
from tp.imports.translation import Translation
from tp.program import Program
from tp.sampling.reading import read_widths
from tp.studies.imported.check import checked

LEAST = 3
"""Widths that are needed: a power of n is seen at two, and a third one shows that it is one."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A program that was made of a module.

    Fields:
        program: what ``text`` means.
        text: the program in the language.
        notes: assumptions, and what is not exact.
        translation: how its weights, inputs and outputs belong to those of the module.
        module: the module at the smallest width.
    """

    program: Program
    text: str
    notes: tuple[str, ...]
    translation: Translation
    module: Module


def translated(
    make: Callable[..., Any],
    widths: Sequence[int] | str,
    beside: Beside,
    *,
    name: str,
    optimizer: str | None = None,
    file: str = "<imported>",
) -> Translated:
    """The program of what ``make`` builds.

    Args:
        make: see ``tp.imports.frameworks.made.modules``.
        widths: three widths or more.
        beside: inputs, an optax optimiser and learning rates, where ``make`` does not return them.
        name: the name of the program.
        optimizer: a statement of the language without the word ``optimizer``, in place of an optax optimiser.
        file: the name of the text in diagnostics.

    Raises:
        TpError: TP901 to TP909, see ``tp explain``.
    """
    from tp.imports.laws.initials import initials
    from tp.imports.rates.of_modules import rates_of
    from tp.imports.translate import translate
    from tp.syntax import parse
    from tp.syntax.format import format_text

    whole = modules(make, require_widths(widths), beside)
    parts, found = _traced(whole)
    built = parts.modules
    _require_a_wide_axis(found)
    laws = parts.laws(initials(whole, frozenset(map(parts.whole, found.read()))))
    # A statement stands in place of an optax optimiser; rates of a dictionary stay beside it.
    rates = rates_of(built) if optimizer is None or built[min(built)].rates else None
    if optimizer is not None and rates is not None:
        rates = replace(rates, optimizers=())
    translation = translate(found, laws, name, rates)
    if optimizer is not None:
        translation = replace(translation, text=_moved_by(optimizer, translation.text))
    try:
        translation = replace(translation, text=format_text(translation.text, file))
        program = parse(translation.text, file)
    except TpError as problem:
        if optimizer is not None:
            raise
        first = problem.diagnostics[0]
        message = f"the program cannot be read: {first.message}"
        hint = "this is a fault of the importer, please report it with the module"
        raise TpError(Diagnostic("TP909", message, first.span, hint), {file: translation.text}) from problem
    noted = checked(program.graph, translation, found, built, laws)
    first = built[min(built)]
    return Translated(program, translation.text, (*translation.notes, *noted), translation, first)


def _require_a_wide_axis(found: Traced) -> None:
    """Raises TpError TP901 where ``make`` builds nets of one size."""
    if not any(size.wide for weight in found.weights for size in weight.value.shape):
        message = f"no weight has an axis that grows with the width: all shapes are the same at {found.widths}"
        raise error("TP901", message, hint="let make(n) pass n on to the layers that are to be wide")


def _moved_by(optimizer: str, text: str) -> str:
    """``text`` of a program with statements of optimisers, separated by semicolons, at its end."""
    statements = "".join(f"  optimizer {one.strip()}\n" for one in optimizer.split(";"))
    return f"{text.rstrip().removesuffix('}').rstrip()}\n\n{statements}}}\n"


def _traced(built: Mapping[int, Module]) -> tuple[Parts, Traced]:
    """The equations of modules, whose weights of n + d rows may be two, and the modules that have them.

    Raises TpError as :func:`translated`, for the modules as they are.
    """
    from tp.imports.traced.unify import traced

    try:
        return Parts(built, frozenset()), traced(built)
    except TpError as refused:
        if not refused.only("TP901"):
            raise
        for parts in apart(built):
            try:
                return parts, traced(parts.modules)
            except TpError as problem:
                if not problem.only("TP901"):
                    raise
        raise


def require_widths(widths: Sequence[int] | str) -> tuple[int, ...]:
    """``widths`` without repetitions, in order. Raises TpError TP502 for fewer than three, or for what is no width."""
    found = read_widths(widths)
    if len(found) < LEAST:
        hint = "a power of n is seen at two widths, and a third one shows that it is one: 64,128,256"
        raise error("TP502", f"an import needs three different widths at least, not {len(found)}", hint=hint)
    return found
