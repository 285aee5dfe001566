"""Claims, as data."""

from __future__ import annotations

from fractions import Fraction

from tp.claims import known
from tp.claims.inequality import RELATIONS
from tp.claims.kind import Argument
from tp.claims.limit import KIND as LIMIT_KIND
from tp.claims.limit import WORDS
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.program import Claim
from tp.quantities.definitions import is_quantity, parse
from tp.syntax import tree as t
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import indexed
from tp.syntax.words import near

LIMIT = LIMIT_KIND.word
EXAMPLE = "claim limit of kernel = 0.8587 within 0.001"


def claim(evaluator: Evaluator, syntax: t.ClaimSyntax, lines: list[str]) -> Claim:
    """The claim that ``syntax`` states.

    Raises TP401 for unknown kinds, TP402 for a C[D,d] out of range, TP403 for exponents that do not fit.
    """
    word, text = syntax.property, _text(syntax.span, lines)
    if syntax.tolerance is not None:
        return _limit(evaluator, syntax, text)
    if syntax.subject is not None:
        if word not in RELATIONS:
            message = f"a quantity is claimed to be {', '.join(RELATIONS)}, not {word}"
            strict = "an upper bound is written with its power: O(n^(-1/2))" if word.lower() in ("o", "less") else None
            raise error("TP401", message, syntax.span, strict or near(word, RELATIONS))
        subject = _subject(evaluator, syntax.subject)
        _excepted(evaluator, syntax, may=False)
        wanted = Argument.NONE if word == "zero" else Argument.POWER
        exponent = _exponent(evaluator, syntax, wanted, f"write {word}(1) or {word}(n^(-1))")
        return Claim("order", subject, word, exponent, syntax.negated, text, syntax.span)
    kinds = {name: kind for name, kind in known().items() if name not in ("order", LIMIT)}
    if word == LIMIT:
        raise error("TP401", "a limit is that of a quantity, and has a number", syntax.span, f"write: {EXAMPLE}")
    if word in RELATIONS:
        inside = f"{_shown(syntax.argument)} : " if syntax.argument is not None else "f : "
        hint = f"write: claim {inside}{word}(1)" if word != "zero" else f"write: claim {inside}zero"
        raise error("TP401", "a quantity stands before its order", syntax.span, hint)
    if word not in kinds:
        raise error("TP401", f"there is no claim {word}", syntax.span, near(word, kinds, f"known: {', '.join(kinds)}"))
    exponent = _exponent(evaluator, syntax, kinds[word].argument, f"write {word}(n)")
    excepted = _excepted(evaluator, syntax, may=kinds[word].excepts)
    return Claim(word, None, None, exponent, syntax.negated, text, syntax.span, excepted)


def _limit(evaluator: Evaluator, syntax: t.ClaimSyntax, text: str) -> Claim:
    """The claim that a quantity has a limit. Raises TP401 for other words, TP403 for numbers that depend on n."""
    assert syntax.subject is not None
    assert syntax.argument is not None
    assert syntax.tolerance is not None
    if syntax.words != WORDS:
        raise error("TP401", f"claim {' ... '.join(syntax.words)} has no meaning", syntax.span, f"write: {EXAMPLE}")
    subject = _subject(evaluator, syntax.subject)
    if not is_quantity(subject):
        message = f"{subject} is no quantity that limits are claimed of"
        raise error(
            "TP401", message, syntax.subject.span, "limits are claimed of kernel, F (the output), hessian and C[D,d]"
        )
    value, tolerance = (_number(evaluator, node) for node in (syntax.argument, syntax.tolerance))
    if not tolerance > 0:
        raise error("TP403", "a tolerance is above 0", syntax.tolerance.span)
    return Claim(LIMIT, subject, None, None, syntax.negated, text, syntax.span, value=value, tolerance=tolerance)


def _number(evaluator: Evaluator, node: t.Expression) -> float:
    scale = evaluator.constant(node).scale
    if scale.exponent:
        raise error("TP403", "a limit and its tolerance are numbers, and do not depend on n", node.span)
    return float(scale.coefficient)


def _excepted(evaluator: Evaluator, syntax: t.ClaimSyntax, *, may: bool) -> tuple[str, ...]:
    """The names after ``except``. Raises TP401 unless the claim ``may`` have exceptions."""
    if syntax.excepted and not may:
        can = ", ".join(name for name, kind in known().items() if kind.excepts)
        message = f"{syntax.property} is not about single weights, so that none can be excepted"
        raise error("TP401", message, syntax.excepted[0].span, f"exceptions belong to {can}")
    return tuple(indexed(x.name, tuple(map(evaluator.whole, x.indices))) for x in syntax.excepted)


def _shown(node: t.Expression | None) -> str:
    return node.text if isinstance(node, t.Name) else "f"


def _subject(evaluator: Evaluator, target: t.Target) -> str:
    place = tuple(evaluator.whole(i) for i in target.indices)
    subject = indexed(target.name, place)
    if target.name == "C" and len(place) == 2 and "C" not in evaluator.frame.names:
        try:
            parse(subject)
        except ValueError as problem:
            raise error("TP402", str(problem), target.span) from None
    return subject


def _exponent(evaluator: Evaluator, syntax: t.ClaimSyntax, wanted: Argument, hint: str) -> Fraction | None:
    """The exponent of n in the argument of a claim; None for a claim that takes none."""
    word, node = syntax.property, syntax.argument
    if wanted is Argument.NONE:
        if node is not None:
            raise error("TP401", f"{word} takes no argument", node.span)
        return None
    if node is None:
        raise error("TP401", f"{word} needs a power of n", syntax.span, hint)
    value = evaluator.constant(node)
    if value.scale.coefficient <= 0:
        raise error("TP403", "an order is a positive power of n", node.span)
    exponent = value.scale.exponent
    if wanted is Argument.GROWING and exponent <= 0:
        raise error("TP403", f"{word} needs a power of n that grows", node.span, "m must grow with n")
    return exponent


def _text(span: Span, lines: list[str]) -> str:
    """The source of a claim, on one line."""
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first = lines[span.line - 1][span.column - 1 :]
    between = lines[span.line : span.end_line - 1]
    last = lines[span.end_line - 1][: span.end_column - 1]
    return " ".join(" ".join([first, *between, last]).split())
