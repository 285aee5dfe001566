"""Initial laws: of entries, as in ``normal(0, 1)``, or a structure around them, as in ``sparse(1/2, normal(0, 1))``."""

from __future__ import annotations

from collections.abc import Sequence

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, entries
from tp.graph.parameter import Law, Structure
from tp.graph.spelling import write_scale
from tp.laws import LAWS, STRUCTURES, Form
from tp.laws.base import WIDE
from tp.syntax import tree as t
from tp.syntax.evaluate import Evaluator
from tp.syntax.foreign import LAWS as ELSEWHERE
from tp.syntax.words import near


def law(evaluator: Evaluator, syntax: t.LawSyntax, outs: Sequence[Axis], ins: Sequence[Axis]) -> Law:
    """The initial law of a weight with these axes.

    Raises TP307 for an unknown law, TP308 for arguments that do not fit, TP309 for an infinite variance, TP310 for a
    size of a structure that does not fit and TP311 for a structure of a weight without an input side.
    """
    form = STRUCTURES.get(syntax.family)
    if form is None:
        return _of_entries(evaluator, syntax)
    if not ins:
        raise error(
            "TP311",
            f"{form.name} is a structure of a matrix, and this weight has no input side",
            syntax.span,
            "write [n | d] for a matrix; a vector has a law of its entries alone, such as normal(0, 1)",
        )
    return _Structured(evaluator, form, syntax, outs, ins).law()


def one_hot(evaluator: Evaluator, syntax: t.LawSyntax, axes: Sequence[Axis]) -> str:
    """The axis along which an input of these ``axes`` is one-hot.

    Raises TP307 for another law, TP308 for arguments that are not one of ``axes``.
    """
    usage = "write input x : [t=8, v=50] ~ one_hot(v): one entry along v is 1, the others are 0"
    if syntax.family != "one_hot":
        hint = f"inputs are data, of order 1: leave the law out; {usage}"
        raise error("TP307", f"an input has no law {syntax.family}", syntax.span, hint)
    if len(syntax.arguments) != 1:
        raise error("TP308", "one_hot takes one axis of the input", syntax.span, usage)
    (argument,) = syntax.arguments
    axis = evaluator.axis(argument)
    if axis not in axes:
        raise error("TP308", f"the input has no axis {axis.name}", argument.span, usage)
    return axis.name


def _of_entries(evaluator: Evaluator, syntax: t.LawSyntax) -> Law:
    family = LAWS.get(syntax.family)
    if family is None:
        raise _unknown(syntax.family, syntax.span)
    for argument in syntax.arguments:
        if (inner := _call(argument)) is not None and inner.family in (*LAWS, *STRUCTURES):
            hint = f"usage: {family.summary}"
            if inner.family in STRUCTURES:
                hint = f"the structure stands outside: {STRUCTURES[inner.family].summary.split(':')[0]}"
            raise error("TP308", f"{family.name} takes numbers, not a law", argument.span, hint)
    _check_bounds(evaluator, syntax)
    given = [evaluator.constant(a) for a in syntax.arguments]
    if family.name == "constant":
        if len(given) != 1:
            raise error("TP308", "constant takes one value", syntax.span, "usage: constant(1)")
        return Law("constant", Scale(0.0), given[0].scale if given[0].scale.coefficient else None)
    if not 2 <= len(given) <= 2 + len(family.arguments):
        raise error("TP308", f"these arguments do not fit {family.name}", syntax.span, f"usage: {family.summary}")
    mean, deviation, *extra = given
    if deviation.scale.coefficient < 0:
        raise error(
            "TP308", "a deviation is not negative", syntax.arguments[1].span, "it is the root of a variance: sqrt(1/n)"
        )
    arguments = family.arguments
    if extra:
        value = extra[0].rational
        if value is None:
            raise error("TP302", "an exact rational number is needed here", syntax.arguments[2].span)
        arguments = (float(value),)
    if family.name == "student_t" and arguments[0] <= 2:
        raise error(
            "TP309",
            "student_t needs more than 2 degrees of freedom",
            syntax.span,
            "with 2 or fewer the variance is infinite, and no deviation can be stated",
        )
    if family.name == "truncated_normal" and arguments[0] <= 0:
        raise error("TP308", "the truncation point is positive", syntax.span)
    if family.name == "bernoulli" and not 0 < arguments[0] < 1:
        raise error("TP308", "p is between 0 and 1", syntax.arguments[2].span, f"usage: {family.summary}")
    return Law(family.name, deviation.scale, mean.scale if mean.scale.coefficient else None, arguments)


class _Structured:
    """A structure as written, and the axes of its weight."""

    def __init__(
        self, evaluator: Evaluator, form: Form, syntax: t.LawSyntax, outs: Sequence[Axis], ins: Sequence[Axis]
    ) -> None:
        self._evaluator = evaluator
        self._form = form
        self._syntax = syntax
        self._outs = outs
        self._ins = ins

    def law(self) -> Law:
        form, given = self._form, list(self._syntax.arguments)
        sizes: tuple[Scale, ...] = ()
        if form.size is not None:
            if not given:
                raise self._misfit(f"{form.name} needs its size {form.size}")
            if self._is_law(given[0]):
                raise self._misfit(f"the size {form.size} of {form.name} comes first", given[0].span)
            sizes = (self._size(given.pop(0)),)
        inner = self._inside(given) if form.of_entries else Law(form.family, self._deviation(given))
        return Law(inner.family, inner.scale, None, inner.arguments, Structure(form.name, sizes))

    def _inside(self, given: list[t.Expression]) -> Law:
        """The law of entries: what stands inside the structure."""
        form = self._form
        if not given:
            return Law("normal")
        first = given[0]
        inner = _call(first)
        if inner is None or not self._is_law(first):
            if isinstance(first, t.Name) and first.text in (*LAWS, *STRUCTURES):
                raise error("TP308", f"{first.text} is not called here", first.span, f"write {first.text}(...)")
            self._evaluator.constant(first)
            raise self._misfit("a law of entries stands here, such as normal(0, 1)", first.span)
        if len(given) > 1:
            raise self._misfit(f"{form.name} takes one law, which comes last", given[1].span)
        if inner.family in STRUCTURES:
            hint = f"usage: {form.summary}"
            raise error("TP308", "a structure takes a law of entries, not another structure", first.span, hint)
        found = _of_entries(self._evaluator, inner)
        if found.mean is not None:
            hint = "write 0 for the mean; a mean is a second weight, as in W @ x + M @ x with M ~ constant(c)"
            raise error("TP308", "the law inside a structure has mean 0", first.span, hint)
        if not found.scale.coefficient:
            raise error("TP308", "the law inside a structure is not zero", first.span, "a weight of zeros: constant(0)")
        return found

    def _deviation(self, given: list[t.Expression]) -> Scale:
        """The only number of a structure that is not put around a law; 1 if not given."""
        form = self._form
        for argument in given:
            if self._is_law(argument):
                raise self._misfit(f"{form.name} has no law of entries", argument.span)
        if len(given) > 1:
            raise self._misfit(f"{form.name} takes one number, its {form.number}; the mean is 0", self._syntax.span)
        if not given:
            return ONE
        found = self._evaluator.constant(given[0]).scale
        if found.coefficient <= 0:
            hint = "a weight of zeros: constant(0)" if not found.coefficient else f"usage: {form.summary}"
            raise error("TP308", f"the {form.number} of {form.name} is positive", given[0].span, hint)
        return found

    def _size(self, syntax: t.Expression) -> Scale:
        """The size, such as a probability or a rank. Raises TP310 where it fits no matrix of these axes."""
        form = self._form
        found = self._evaluator.constant(syntax)
        size = found.scale
        if form.share:
            if size.coefficient <= 0 or _above(size, ONE):
                hint = "a number between 0 and 1, or a power such as 1/sqrt(n)"
                raise error("TP310", f"{form.size} is a probability: above 0, and at most 1", syntax.span, hint)
            return size
        if size.coefficient <= 0 or size.exponent < 0 or _above(ONE, size):
            raise error(
                "TP310", f"{form.size} is at least 1", syntax.span, "a whole number, or a power such as sqrt(n)"
            )
        if found.plain and found.whole is None:
            hint = "powers of n are rounded to whole numbers at each width"
            raise error("TP310", f"{form.size} is a whole number", syntax.span, hint)
        for side, axes in (("rows", self._outs), ("columns", self._ins)):
            if side in form.within and _above(size, count := entries(axes)):
                raise error(
                    "TP310",
                    f"{form.size} is at most the number of {side}",
                    syntax.span,
                    f"there are {write_scale(count) if count.powers else format(count.coefficient, 'g')}",
                )
        return size

    def _is_law(self, syntax: t.Expression) -> bool:
        """Whether a law is written here. Raises TP307 where it is one that does not exist."""
        inner = _call(syntax)
        if inner is None:
            return False
        if inner.family in (*LAWS, *STRUCTURES):
            return True
        if inner.family in self._evaluator.language.builtins or inner.family in self._evaluator.frame.names:
            return False
        raise _unknown(inner.family, inner.span)

    def _misfit(self, message: str, span: Span | None = None) -> TpError:
        return error("TP308", message, span or self._syntax.span, f"usage: {self._form.summary}")


def _unknown(name: str, span: Span) -> TpError:
    known = (*LAWS, *STRUCTURES)
    hint = ELSEWHERE.get(name.lower()) or near(name, known) or f"known: {', '.join(known)}"
    return error("TP307", f"no law is called {name}", span, hint)


def _call(syntax: t.Expression) -> t.LawSyntax | None:
    """``name(a, b)`` as a law; None for anything else."""
    if not isinstance(syntax, t.Call) or not isinstance(syntax.base, t.Name):
        return None
    for argument in syntax.arguments:
        if argument.name is not None or argument.last is not None:
            known = LAWS.get(syntax.base.text) or STRUCTURES.get(syntax.base.text)
            if known is None:
                return None
            raise error("TP308", "the arguments of a law have no names", argument.span, f"usage: {known.summary}")
    return t.LawSyntax(syntax.base.text, tuple(a.value for a in syntax.arguments), span=syntax.span)


def _above(size: Scale, other: Scale) -> bool:
    """Whether ``size`` is the larger one at all large widths."""
    if size.exponent != other.exponent:
        return size.exponent > other.exponent
    return size.at(WIDE) > other.at(WIDE) * (1 + 1e-9)


def _check_bounds(evaluator: Evaluator, syntax: t.LawSyntax) -> None:
    """Warns of ``uniform(-1, 1)``: the arguments are a mean and a deviation, not two bounds."""
    if syntax.family != "uniform" or len(syntax.arguments) < 2:
        return
    mean, deviation = (evaluator.constant(a).scale for a in syntax.arguments[:2])
    if mean.coefficient == -deviation.coefficient < 0 and mean.powers == deviation.powers:
        evaluator.build.warn(
            "TP805",
            "uniform takes a mean and a deviation, not two bounds",
            syntax.span,
            "uniform between -a and a is uniform(0, a/sqrt(3))",
        )
