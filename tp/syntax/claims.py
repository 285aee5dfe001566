"""Claims, as data."""

from __future__ import annotations

from fractions import Fraction

from tp.claims import known
from tp.claims.inequality import RELATIONS
from tp.claims.kind import Argument
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.program import Claim
from tp.quantities.names import parse
from tp.syntax import tree as t
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import indexed
from tp.syntax.words import near


def claim(evaluator: Evaluator, syntax: t.ClaimSyntax, lines: list[str]) -> Claim:
    """The claim that ``syntax`` states.

    Raises TP401 for unknown kinds, TP402 for a C[D,d] out of range, TP403 for exponents that do not fit.
    """
    word, argument = syntax.property, syntax.argument
    text = _text(syntax.span, lines)
    if syntax.subject is not None:
        if word not in RELATIONS:
            raise error(
                "TP401",
                f"a quantity is claimed to be {', '.join(RELATIONS)}, not {word}",
                syntax.span,
                near(word, RELATIONS),
            )
        place = tuple(evaluator.whole(i) for i in syntax.subject.indices)
        subject = indexed(syntax.subject.name, place)
        if syntax.subject.name == "C" and len(place) == 2 and "C" not in evaluator.frame.names:
            try:
                parse(subject)
            except ValueError as problem:
                raise error("TP402", str(problem), syntax.subject.span) from None
        if word == "zero":
            if argument is not None:
                raise error("TP401", "zero takes no argument", argument.span)
            return Claim("order", subject, word, None, syntax.negated, text, syntax.span)
        if argument is None:
            raise error("TP401", f"{word} needs a power of n", syntax.span, f"write {word}(1) or {word}(n^(-1))")
        return Claim("order", subject, word, _exponent(evaluator, argument), syntax.negated, text, syntax.span)
    kinds = {name: kind for name, kind in known().items() if name != "order"}
    if word not in kinds:
        raise error("TP401", f"there is no claim {word}", syntax.span, near(word, kinds, f"known: {', '.join(kinds)}"))
    wanted = kinds[word].argument
    if wanted is Argument.NONE:
        if argument is not None:
            raise error("TP401", f"{word} takes no argument", argument.span)
        return Claim(word, None, None, None, syntax.negated, text, syntax.span)
    if argument is None:
        raise error("TP401", f"{word} needs a power of n", syntax.span, f"write {word}(n)")
    exponent = _exponent(evaluator, argument)
    if wanted is Argument.GROWING and exponent <= 0:
        raise error("TP403", f"{word} needs a power of n that grows", argument.span, "m must grow with n")
    return Claim(word, None, None, exponent, syntax.negated, text, syntax.span)


def _exponent(evaluator: Evaluator, node: t.Expression) -> Fraction:
    value = evaluator.constant(node)
    if value.scale.coefficient <= 0:
        raise error("TP403", "an order is a positive power of n", node.span)
    return value.scale.exponent


def _text(span: Span, lines: list[str]) -> str:
    """The source of a claim, on one line."""
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first = lines[span.line - 1][span.column - 1 :]
    between = lines[span.line : span.end_line - 1]
    last = lines[span.end_line - 1][: span.end_column - 1]
    return " ".join(" ".join([first, *between, last]).split())
