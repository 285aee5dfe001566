"""The syntax tree: what was written, nothing resolved. Spans do not take part in comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field

from tp.diagnostics.span import Span

NOWHERE = Span(1, 1, 1, 1)


@dataclass(frozen=True)
class Syntax:
    """Anything that has a place in the text."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


class Expression(Syntax):
    """Base of everything that has a value."""


@dataclass(frozen=True)
class Number(Expression):
    text: str


@dataclass(frozen=True)
class Name(Expression):
    text: str


@dataclass(frozen=True)
class Argument(Syntax):
    """``value``, ``name=value``, ``first..last`` or ``name=first..last``, in brackets or a call."""

    value: Expression
    name: str | None = None
    last: Expression | None = None


@dataclass(frozen=True)
class Index(Expression):
    """``base[items]``."""

    base: Expression
    items: tuple[Argument, ...]


@dataclass(frozen=True)
class Call(Expression):
    """``base(arguments)``."""

    base: Expression
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Transposed(Expression):
    """``base'``."""

    base: Expression


@dataclass(frozen=True)
class Negative(Expression):
    operand: Expression


@dataclass(frozen=True)
class Power(Expression):
    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Chain(Expression):
    """``a @ b @ c``, grouped from the right."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Term(Expression):
    """Factors, each with ``*`` or ``/`` before it (``*`` for the first)."""

    factors: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Sum(Expression):
    """Terms, each with ``+`` or ``-`` before it (``+`` for the first)."""

    terms: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Range(Syntax):
    """``first..last``, both included."""

    first: Expression
    last: Expression


@dataclass(frozen=True)
class Target(Syntax):
    """What an assignment fills: ``h`` or ``h[2]``."""

    name: str
    indices: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class AxisUse(Syntax):
    """An axis in a type; with ``size`` it is declared on the spot."""

    name: str
    size: Expression | None = None


@dataclass(frozen=True)
class TypeSyntax(Syntax):
    """``[outs | ins]``; ``ins`` is None without a bar."""

    outs: tuple[AxisUse, ...] = ()
    ins: tuple[AxisUse, ...] | None = None


class Statement(Syntax):
    """Base of the lines of a block."""


@dataclass(frozen=True)
class Definition(Syntax):
    """``name = value`` in a list of widths or axes; a bare width has no value."""

    name: str
    value: Expression | None = None


@dataclass(frozen=True)
class Widths(Statement):
    items: tuple[Definition, ...]


@dataclass(frozen=True)
class Axes(Statement):
    items: tuple[Definition, ...]


@dataclass(frozen=True)
class InputSyntax(Statement):
    name: str
    type: TypeSyntax


@dataclass(frozen=True)
class LawSyntax(Syntax):
    family: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class ParameterSyntax(Statement):
    name: str
    ranges: tuple[Range, ...]
    type: TypeSyntax
    law: LawSyntax
    rate: Expression | None = None


@dataclass(frozen=True)
class InstanceSyntax(Statement):
    name: str
    ranges: tuple[Range, ...]
    function: str
    arguments: tuple[Argument, ...] | None = None


@dataclass(frozen=True)
class Block(Syntax):
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Loop(Statement):
    variable: str
    range: Range
    body: Block


@dataclass(frozen=True)
class Assignment(Statement):
    targets: tuple[Target, ...]
    value: Expression


@dataclass(frozen=True)
class Output(Statement):
    name: str
    value: Expression


@dataclass(frozen=True)
class Return(Statement):
    values: tuple[Expression, ...]


@dataclass(frozen=True)
class LearningRate(Statement):
    value: Expression


@dataclass(frozen=True)
class ClaimSyntax(Statement):
    """``claim [not] subject : property(argument)`` or ``claim [not] property(argument)``."""

    property: str
    argument: Expression | None = None
    subject: Target | None = None
    negated: bool = False


class Item(Syntax):
    """Base of what a file consists of."""


@dataclass(frozen=True)
class Import(Item):
    names: tuple[str, ...]
    module: str


@dataclass(frozen=True)
class FormalArgument(Syntax):
    """A hyperparameter of a program or an argument of a function; without ``kind`` it is a tensor."""

    name: str
    kind: str | None = None
    default: Expression | None = None


@dataclass(frozen=True)
class Function(Item):
    name: str
    arguments: tuple[FormalArgument, ...]
    body: Block


@dataclass(frozen=True)
class ProgramSyntax(Item):
    name: str
    arguments: tuple[FormalArgument, ...] | None
    body: Block


@dataclass(frozen=True)
class File(Syntax):
    items: tuple[Item, ...] = ()
