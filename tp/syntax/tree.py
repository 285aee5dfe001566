"""The syntax tree of a text, before names are resolved. Comparisons ignore spans."""

from __future__ import annotations

from typing import Any, ClassVar, dataclass_transform

from tp.diagnostics.span import Span

NOWHERE = Span(1, 1, 1, 1)


def _keyword(*, default: Any, kw_only: bool) -> Any:
    """For type checkers: a field that is given by keyword."""
    return default


@dataclass_transform(frozen_default=True, field_specifiers=(_keyword,))
class Frozen:
    """The methods of frozen dataclasses, and a span.

    To type checkers the subclasses are dataclasses. ``dataclass`` itself generates and compiles methods for each class,
    which would take a sixth of the time of ``tp check``.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    """The names of the fields, without ``span``."""

    def __init_subclass__(cls) -> None:
        own = tuple(name for name in cls.__annotations__ if name != "span")
        cls.fields = cls.__match_args__ = own or cls.fields

    def __init__(self, *values: Any, span: Span = NOWHERE, **named: Any) -> None:
        if len(values) > len(self.fields) or not named.keys() <= set(self.fields[len(values) :]):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self.fields)}")
        self.__dict__.update(zip(self.fields, values, strict=False), span=span, **named)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"cannot assign to {name}: syntax trees are frozen")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in zip(self.fields, self._values(), strict=True))
        return f"{type(self).__name__}({', '.join(shown)})"

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.fields)


class Syntax(Frozen):
    """Anything that has a place in the text."""

    span: Span = _keyword(default=NOWHERE, kw_only=True)


class Expression(Syntax):
    """Base of everything that has a value."""


class Number(Expression):
    text: str


class Name(Expression):
    text: str


class Argument(Syntax):
    """``value``, ``name=value``, ``first..last`` or ``name=first..last``, in brackets or a call.

    In brackets ``step`` may follow: ``name=first..last by step``.
    """

    value: Expression
    name: str | None = None
    last: Expression | None = None
    step: Expression | None = None


class Index(Expression):
    """``base[items]``."""

    base: Expression
    items: tuple[Argument, ...]


class Call(Expression):
    """``base(arguments)``."""

    base: Expression
    arguments: tuple[Argument, ...]


class Transposed(Expression):
    """``base'``."""

    base: Expression


class Negative(Expression):
    operand: Expression


class Power(Expression):
    base: Expression
    exponent: Expression


class Chain(Expression):
    """``a @ b @ c``, grouped from the right."""

    parts: tuple[Expression, ...]


class Term(Expression):
    """Factors, each with ``*`` or ``/`` before it (``*`` for the first)."""

    factors: tuple[tuple[str, Expression], ...]


class Sum(Expression):
    """Terms, each with ``+`` or ``-`` before it (``+`` for the first)."""

    terms: tuple[tuple[str, Expression], ...]


class Comparison(Expression):
    """``left > right``, or with ``<``, ``>=`` or ``<=``, as the condition of ``where``."""

    left: Expression
    sign: str
    right: Expression


class Range(Syntax):
    """``first..last``, both included."""

    first: Expression
    last: Expression


class Target(Syntax):
    """What an assignment fills: ``h`` or ``h[2]``."""

    name: str
    indices: tuple[Expression, ...] = ()


class AxisUse(Syntax):
    """An axis in a type; with ``size`` it is declared on the spot."""

    name: str
    size: Expression | None = None


class TypeSyntax(Syntax):
    """``[outs | ins]``; ``ins`` is None without a bar."""

    outs: tuple[AxisUse, ...] = ()
    ins: tuple[AxisUse, ...] | None = None


class Statement(Syntax):
    """Base of the lines of a block."""


class Definition(Syntax):
    """``name = value`` in a list of widths or axes; a bare width has no value."""

    name: str
    value: Expression | None = None


class Widths(Statement):
    items: tuple[Definition, ...]


class Axes(Statement):
    items: tuple[Definition, ...]


class LawSyntax(Syntax):
    family: str
    arguments: tuple[Expression, ...]


class InputSyntax(Statement):
    """``input name : type``, followed by ``~ one_hot(axis)`` where rows are one-hot."""

    name: str
    type: TypeSyntax
    law: LawSyntax | None = None


class ParameterSyntax(Statement):
    name: str
    ranges: tuple[Range, ...]
    type: TypeSyntax
    law: LawSyntax
    rate: Expression | None = None
    decay: Expression | None = None


class TableSyntax(Statement):
    """``table name : type = (numbers)``; ``rows`` has the numbers as written, those of a line of the text together."""

    name: str
    type: TypeSyntax
    rows: tuple[tuple[str, ...], ...]


class MapSyntax(Statement):
    """``map name : operand -> result [odd|even] [value size] [norms size, ...] [degree number]``."""

    name: str
    operand: TypeSyntax
    result: TypeSyntax
    symmetry: str = "none"
    value: Expression | None = None
    norms: tuple[Expression, ...] = ()
    degree: Expression | None = None


class InstanceSyntax(Statement):
    name: str
    ranges: tuple[Range, ...]
    function: str
    arguments: tuple[Argument, ...] | None = None


class Block(Syntax):
    statements: tuple[Statement, ...] = ()


class Loop(Statement):
    variable: str
    range: Range
    body: Block


class Assignment(Statement):
    targets: tuple[Target, ...]
    value: Expression


class Output(Statement):
    name: str
    value: Expression


class Return(Statement):
    values: tuple[Expression, ...]


class LearningRate(Statement):
    value: Expression


class Path(Syntax):
    """A weight, a family of weights or a function that owns weights: ``W``, ``W[2]`` or ``block[1]/W``."""

    steps: tuple[Target, ...]


class OptimizerSyntax(Statement):
    """``optimizer name(setting = value, ...) for weight, ...``; ``settings`` is None without brackets."""

    name: str
    settings: tuple[Argument, ...] | None = None
    weights: tuple[Path, ...] = ()


class ClaimSyntax(Statement):
    """A claim.

    ``claim [not] subject : property(argument)``, or ``claim [not] property(argument) [except weight, ...]``, or
    ``claim [not] limit of subject = argument within tolerance``, where ``words`` are limit, of and within as written.
    """

    property: str
    argument: Expression | None = None
    subject: Target | None = None
    negated: bool = False
    excepted: tuple[Target, ...] = ()
    tolerance: Expression | None = None
    words: tuple[str, ...] = ()


class Item(Syntax):
    """Base of what a file consists of."""


class Import(Item):
    names: tuple[str, ...]
    module: str


class FormalArgument(Syntax):
    """A hyperparameter of a program or an argument of a function; without ``kind`` it is a tensor."""

    name: str
    kind: str | None = None
    default: Expression | None = None


class Function(Item):
    name: str
    arguments: tuple[FormalArgument, ...]
    body: Block


class ProgramSyntax(Item):
    name: str
    arguments: tuple[FormalArgument, ...] | None
    body: Block


class File(Syntax):
    items: tuple[Item, ...] = ()
