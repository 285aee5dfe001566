"""Reading the textual form of graphs (see :mod:`tp.graph.text`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NoReturn, get_args, get_origin

from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis, Scale, Type, Width, names, show
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.operation import Operation
from tp.graph.parameter import Law, Parameter, Structure
from tp.graph.slot import slot_of
from tp.graph.spelling import KEYWORDS, NAME, inner_of, settings_of
from tp.laws import LAWS, STRUCTURES

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#.*)
      | (?P<float>-?(?:\d{1,400}\.\d{1,40}(?:e[+-]?\d{1,4})?|\d{1,40}e[+-]?\d{1,4}|(?:inf|nan)(?![\w'.\[])))
      | (?P<int>-?\d{1,300})
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<name>"""
    + NAME.pattern
    + r""")
      | (?P<mark>\.\.|[%=:,~|^*/()\[\]@-])""",
    re.VERBOSE,
)
_LONGEST_TUPLE = 4_000_000
_FILE = "<graph>"

_Token = tuple[str, str, int]
"""Kind, text, column counted from 0."""


def parse_graph(text: str, operations: Mapping[str, type[Operation]]) -> Graph:
    """The graph that ``text`` describes, over ``operations`` by keyword (``tp.primitives.known()``).

    Raises TpError, with the place in ``text``, where it is malformed (TP701) or ill-typed (TP702).
    """
    reader = _Reader(operations)
    for number, line in enumerate(text.split("\n"), start=1):
        reader.read(number, line.removesuffix("\r"))
    return reader.graph.build()


class _Reader:
    """The declarations read so far, and the tokens of the current line with the position of the next one."""

    def __init__(self, operations: Mapping[str, type[Operation]]) -> None:
        self.operations = operations
        self.widths: dict[str, Width] = {}
        self.parameters: dict[str, Parameter] = {}
        self.rate: Scale | None = None
        self.source = _FILE
        self.made: GraphBuilder | None = None
        self.line = 1
        self.length = 0
        self.tokens: list[_Token] = []
        self.at = 0

    @property
    def graph(self) -> GraphBuilder:
        """The builder. Its first use ends the declarations."""
        if self.made is None:
            self.made = GraphBuilder(self.widths, self.parameters, ONE if self.rate is None else self.rate)
        return self.made

    # tokens ------------------------------------------------------------------------------------------

    def read(self, number: int, line: str) -> None:
        self.line, self.length, self.tokens, self.at = number, len(line), [], 0
        column = 0
        while column < len(line):
            match = _TOKEN.match(line, column)
            if match is None:
                raise error(
                    "TP701", f"the character {line[column]!r} has no meaning here", self._span(column, column + 1)
                )
            if match.lastgroup != "space":
                self.tokens.append((str(match.lastgroup), match[0], column))
            column = match.end()
        if self.tokens:
            self._statement()
            if self.at < len(self.tokens):
                self._fail("the line should end here")

    def _span(self, start: int, end: int) -> Span:
        return Span(self.line, start + 1, self.line, end + 1, _FILE)

    def _here(self) -> Span:
        if self.at < len(self.tokens):
            _, word, column = self.tokens[self.at]
            return self._span(column, column + len(word))
        return self._span(self.length, self.length)

    def _fail(self, message: str, code: str = "TP701") -> NoReturn:
        raise error(code, message, self._here())

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "end"

    def _next(self) -> str:
        word = self._peek()
        self.at += 1
        return word

    def _accept(self, mark: str) -> bool:
        if self._peek() == mark:
            self.at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._accept(mark):
            self._fail(f"expected {mark!r}")

    # words -------------------------------------------------------------------------------------------

    def _name(self) -> str:
        if self._kind() == "string":
            try:
                value = json.loads(self._peek())
            except ValueError:
                self._fail("this string has a wrong escape")
            self.at += 1
            return slot_of(value) or value
        if self._kind() != "name" or self._peek() in KEYWORDS:
            self._fail("expected a name")
        return self._next()

    def _int(self) -> int:
        if self._kind() != "int":
            self._fail("expected a whole number")
        return int(self._next())

    def _float(self) -> float:
        if self._kind() not in ("int", "float"):
            self._fail("expected a number")
        return float(self._next())

    def _fraction(self) -> Fraction:
        top = self._int()
        if not self._accept("/"):
            return Fraction(top)
        if self._kind() == "int" and int(self._peek()) < 1:
            self._fail("expected a positive whole number")
        return Fraction(top, self._int())

    def _width_named(self) -> Width:
        start = self.at
        found = self.widths.get(self._name())
        if found is None:
            self.at = start
            self._fail(f"no width {self._peek()} is declared")
        return found

    def _axis(self) -> Axis:
        start = self.at
        name = self._name()
        if self._accept("="):
            if self._kind() == "int" and int(self._peek()) < 1:
                self._fail("an axis has at least one entry")
            return Axis(name, self._int())
        if self._accept("~"):
            return Axis(name, self._width_named())
        self.at = start
        return Axis(name, self._width_named())

    def _axes(self) -> Type:
        self._expect("[")
        return self._axes_until("]")

    def _axes_until(self, *ends: str) -> Type:
        """Axes up to one of ``ends``, which is consumed."""
        axes: list[Axis] = []
        while self._peek() not in ends or axes:
            axes.append(self._axis())
            if axes[-1].name in names(axes[:-1]):
                self._fail(f"the axis {axes[-1].name} occurs twice")
            if not self._accept(","):
                break
        if self._peek() not in ends:
            self._fail(f"expected {' or '.join(map(repr, ends))}")
        self.at += 1
        return tuple(axes)

    def _scale(self) -> Scale:
        coefficient = self._float() if self._kind() in ("int", "float") else None
        powers: list[tuple[Width, Fraction]] = []
        while (coefficient is None and not powers) or self._accept("*"):
            width, power = self._width_named(), Fraction(1)
            if self._accept("^"):
                self._expect("(")
                power = self._fraction()
                self._expect(")")
            powers.append((width, power))
        return Scale(1.0 if coefficient is None else coefficient, tuple(powers))

    def _value(self, kind: Any) -> Any:
        kind, optional = inner_of(kind)
        if optional and self._accept("none"):
            return None
        if get_origin(kind) is tuple:
            inner = get_args(kind)
            return self._tuple(inner[0]) if inner[-1] is Ellipsis else self._group(inner)
        if kind is bool:
            if self._peek() not in ("true", "false"):
                self._fail("expected true or false")
            return self._next() == "true"
        readers = {
            int: self._int,
            float: self._float,
            str: self._name,
            Fraction: self._fraction,
            Axis: self._axis,
            Scale: self._scale,
        }
        return readers[kind]()

    def _tuple(self, kind: Any) -> tuple[Any, ...]:
        if kind is Axis:
            return self._axes()
        self._expect("[")
        values: list[Any] = []
        if self._accept("]"):
            return ()
        while True:
            value = self._value(kind)
            if kind in (int, float) and self._accept("x"):
                values += [value] * self._bounded(self._int, len(values))
            elif kind is int and self._accept(".."):
                values += range(value, value + self._bounded(self._int, len(values), 1 - value))
            else:
                values.append(value)
            if not self._accept(","):
                break
        self._expect("]")
        return tuple(values)

    def _group(self, kinds: Sequence[Any]) -> tuple[Any, ...]:
        """Values of the given ``kinds`` in parentheses."""
        self._expect("(")
        values: list[Any] = []
        for number, kind in enumerate(kinds):
            if number:
                self._expect(",")
            values.append(self._value(kind))
        self._expect(")")
        return tuple(values)

    def _bounded(self, read: Callable[[], int], before: int, more: int = 0) -> int:
        """The number that ``read`` finds plus ``more``, as the length of a run after ``before`` items."""
        start = self.at
        count = read() + more
        if not 1 <= count <= _LONGEST_TUPLE - before:
            self.at = start
            self._fail("this run is empty or too long")
        return count

    # lines -------------------------------------------------------------------------------------------

    def _statement(self) -> None:
        if self._accept("%"):
            return self._node()
        word = self._peek()
        lines = {
            "source": self._source,
            "widths": self._widths,
            "rate": self._rate,
            "param": self._parameter,
            "output": self._output,
            "name": self._named,
        }
        if word not in lines:
            self._fail("expected a node such as '%0 = ...', or one of " + ", ".join(lines))
        if self.made is not None and word not in ("output", "name"):
            self._fail(f"'{word}' is allowed before the first node only")
        self.at += 1
        return lines[word]()

    def _source(self) -> None:
        self.source = self._name()

    def _widths(self) -> None:
        while True:
            name = self._fresh(self.widths, "width")
            factor = power = Fraction(1)
            if self._accept("="):
                if self._kind() == "int":
                    factor = self._fraction()
                    self._expect("*")
                self._expect("n")
                if self._accept("^"):
                    self._expect("(")
                    power = self._fraction()
                    self._expect(")")
            elif name != "n":
                self._fail("expected '='")
            self.widths[name] = Width(name, power, factor)
            if not self._accept(","):
                break

    def _fresh(self, known: Mapping[str, object], what: str) -> str:
        start = self.at
        name = self._name()
        if name in known:
            self.at = start
            self._fail(f"the {what} {name} is declared twice")
        return name

    def _rate(self) -> None:
        if self.rate is not None:
            self._fail("the learning rate is given twice")
        self.rate = self._scale()

    def _parameter(self) -> None:
        name = self._fresh(self.parameters, "parameter")
        self._expect(":")
        self._expect("[")
        outs = self._axes_until("|", "]")
        ins = self._axes_until("]") if self.tokens[self.at - 1][1] == "|" else ()
        self._expect("~")
        if self._peek() not in LAWS:
            self._fail("expected one of the laws " + ", ".join(LAWS))
        family = self._next()
        self._expect("(")
        scale, mean, arguments, structure = self._scale(), None, (), None
        while self._accept(","):
            if self._accept("mean"):
                self._expect("=")
                mean = self._scale()
            elif self._accept("arguments"):
                self._expect("=")
                arguments = self._tuple(float)
            elif self._accept("structure"):
                self._expect("=")
                structure = self._structure()
            else:
                self._fail("expected 'mean', 'arguments' or 'structure'")
        self._expect(")")
        rate = self._scale() if self._accept("rate") else ONE
        decay = self._scale() if self._accept("decay") else None
        noise = self._accept("noise")
        span = self._place() if self._accept("@") else None
        law = Law(family, scale, mean, arguments, structure)
        self.parameters[name] = Parameter(name, outs, ins, law, rate, decay, span, noise)

    def _structure(self) -> Structure:
        if self._peek() not in STRUCTURES:
            self._fail("expected one of the structures " + ", ".join(STRUCTURES))
        name = self._next()
        self._expect("(")
        sizes: list[Scale] = []
        while not self._accept(")"):
            if sizes:
                self._expect(",")
            sizes.append(self._scale())
        if len(sizes) != (STRUCTURES[name].size is not None):
            self._fail(f"this number of sizes does not fit {name}")
        return Structure(name, tuple(sizes))

    def _node(self) -> None:
        graph = self.graph
        if self._kind() != "int" or int(self._peek()) != len(graph):
            self._fail(f"expected the number {len(graph)}: nodes are numbered in order")
        index = self._int()
        self._expect("=")
        start = self.at
        kind = self.operations.get(self._peek())
        if kind is None:
            self._fail("expected one of the operations " + ", ".join(sorted(self.operations)))
        self.at += 1
        settings = self._settings(kind)
        operands: list[int] = []
        while self._accept("%"):
            operands.append(self._index())
        self._expect(":")
        stated_at = self.at
        stated = self._axes()
        span, label = None, None
        if self._accept("@"):
            span = self._place() if self._kind() == "int" else None
            label = self._name() if self._kind() in ("string", "name") else None
        end, self.at = self.at, start
        try:
            with graph.at(span):
                made = graph.add(kind(**settings), *operands, label=label)
        except ValueError as problem:
            self._fail(f"{kind.keyword()}: {problem}", "TP702")
        except (LookupError, TypeError, ArithmeticError):
            # A wrong number of operands, or an unknown activation.
            self._fail(f"{kind.keyword()} does not fit its settings and operands", "TP702")
        if made != index:
            self._fail(f"this node is the same as %{made}", "TP702")
        if graph.type(index) != stated:
            self.at = stated_at
            self._fail(f"the type of this node is {show(graph.type(index))}", "TP702")
        self.at = end

    def _settings(self, kind: type[Operation]) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        for number, (field, hint) in enumerate(settings_of(kind)):
            self._expect("," if number else "(")
            self._expect(field.name)
            self._expect("=")
            settings[field.name] = self._value(hint)
        if settings:
            self._expect(")")
        return settings

    def _index(self) -> int:
        if self._kind() != "int" or not 0 <= int(self._peek()) < len(self.graph):
            self._fail("expected the number of an earlier node")
        return self._int()

    def _place(self) -> Span:
        numbers = [self._int()]
        for mark in (":", "-", ":"):
            if mark == "-" and self._kind() == "int" and self._peek().startswith("-"):
                numbers.append(-self._int())  # 5-7 is read as the numbers 5 and -7
                continue
            self._expect(mark)
            numbers.append(self._int())
        file = self._name() if self._accept("in") else self.source
        line, column, end_line, end_column = numbers
        return Span(line, column, end_line, end_column, file)

    def _output(self) -> None:
        self._point(self.graph.outputs, "output")

    def _named(self) -> None:
        self._point(self.graph.names, "name")

    def _point(self, table: dict[str, int], what: str) -> None:
        name = self._fresh(table, what)
        self._expect("=")
        self._expect("%")
        table[name] = self._index()
