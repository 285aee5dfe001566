"""The text of an expression, with brackets where the precedence of the language needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isclose

from tp.imports.axes.labels import Label
from tp.imports.text.expression import (
    Applied,
    Call,
    Chosen,
    Dot,
    Index,
    Named,
    Node,
    One,
    Power,
    Product,
    Quotient,
    Ref,
    Renamed,
    Sum,
    Total,
)
from tp.imports.text.numbers import written_number
from tp.imports.traced.sizes import Number

UNIT = Number(1.0)
_MEMBER = re.compile(r"(.+)\[(\d+)\]")

# Precedences of the language, from loose to tight.
ADD, MULTIPLY, NEGATE, APPLY, RAISE, ATOM = range(6)


class Printer:
    """Writes expressions. ``names`` holds the name of every axis, by the root of its label."""

    def __init__(self, names: dict[Label, str], width: str) -> None:
        self._names = names
        self._width = width

    def axis(self, label: Label) -> str:
        """The name of an axis."""
        return self._names[label.root()]

    def number(self, number: Number) -> str:
        """The text of a number."""
        return written_number(number, self._width)[0]

    def line(self, number: Number, node: Node) -> str:
        """``number`` times ``node``."""
        return self._scaled(number, node)[0]

    def _listed(self, labels: Sequence[Label]) -> str:
        return "".join(f", {self.axis(label)}" for label in labels)

    def _scaled(self, number: Number, node: Node) -> tuple[str, int]:
        if isinstance(node, Total):
            count = UNIT
            for label in node.labels:
                size = label.root().size
                count = count * Number(float(size.factor), size.exponent)
            rest = number * count
            if not rest.exponent and isclose(rest.coefficient, 1, rel_tol=1e-14):
                return f"mean({self.text(node.node)}{self._listed(node.labels)})", ATOM
            if not rest.exponent and isclose(rest.coefficient, -1, rel_tol=1e-14):
                return f"-mean({self.text(node.node)}{self._listed(node.labels)})", NEGATE
        if isinstance(node, One):
            text, compound = written_number(number, self._width)
            level = NEGATE if text.startswith("-") else MULTIPLY if compound else ATOM
            return text, level
        if number == UNIT:
            return self._text(node)
        if number == Number(-1.0):
            return f"-{self.text(node, NEGATE)}", NEGATE
        divisor = written_number(Number(1 / number.coefficient, -number.exponent), self._width)
        factor = written_number(number, self._width)
        short = abs(number.coefficient) <= 1 and (factor[1] or len(divisor[0]) < len(factor[0]))
        if short and not divisor[1] and not divisor[0].startswith("-"):
            return f"{self.text(node, MULTIPLY)} / {divisor[0]}", MULTIPLY
        if factor[0].startswith("1 / "):
            return f"{self.text(node, MULTIPLY)} / {factor[0][4:]}", MULTIPLY
        if factor[0].startswith("-"):
            return f"{factor[0]} * {self.text(node, NEGATE)}", MULTIPLY
        # A quotient after a product is read from the left, so only what stands on the right needs brackets.
        return f"{factor[0]} * {self.text(node, NEGATE)}", MULTIPLY

    def text(self, node: Node, at_least: int = ADD) -> str:
        """The text of ``node``, in brackets if it binds less than ``at_least``."""
        text, level = self._text(node)
        return f"({text})" if level < at_least else text

    def _text(self, node: Node) -> tuple[str, int]:
        match node:
            case Ref(named):
                return named.name, ATOM
            case One():
                return "1", ATOM
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                return self._product(factors)
            case Quotient(above, below):
                return f"{self.text(above, MULTIPLY)} / {self.text(below, NEGATE)}", MULTIPLY
            case Power(base, exponent):
                return self._power(base, exponent)
            case Call():
                return self._call(node), ATOM
            case Total(inner, labels):
                return f"sum({self.text(inner)}{self._listed(labels)})", ATOM
            case Dot(left, right, labels):
                return f"dot({self.text(left)}, {self.text(right)}{self._listed(labels)})", ATOM
            case Applied(weight, transposed, inner):
                return f"{weight.name}{chr(39) * transposed} @ {self.text(inner, APPLY)}", APPLY
            case Index(inner, label, first, last, step):
                upto = "" if last is None else f"..{_place(last)}"
                by = "" if step == 1 else f" by {step}"
                return f"{self._indexed(inner)}[{self.axis(label)}={_place(first)}{upto}{by}]", ATOM
            case Renamed(inner, old, new):
                if self.axis(old) == self.axis(new):
                    return self._text(inner)
                return f"rename({self.text(inner)}, {self.axis(old)}, {self.axis(new)})", ATOM
            case Chosen(left, right, above, below):
                texts = [self.text(n) for n in (left, right, above, below)]
                return f"where({texts[0]} > {texts[1]}, {texts[2]}, {texts[3]})", ATOM
            case _:
                raise TypeError(f"no text for {type(node).__name__}")

    def _setting(self, value: str | Label | Ref) -> str:
        if isinstance(value, Label):
            return self.axis(value)
        return value.named.name if isinstance(value, Ref) else value

    def _product(self, factors: Sequence[Node]) -> tuple[str, int]:
        """Factors in their order; inverse powers are divisors."""
        divisors = [f for f in factors if isinstance(f, Power) and f.exponent < 0]
        above = [f for f in factors if f not in divisors]
        if not above:
            return " * ".join(self.text(f, NEGATE) for f in factors), MULTIPLY
        found = " * ".join([self.text(above[0], MULTIPLY), *(self.text(f, NEGATE) for f in above[1:])])
        for each in divisors:
            found += f" / {self._power(each.base, -each.exponent)[0]}"
        return found, MULTIPLY

    def _indexed(self, node: Node) -> str:
        return self.text(node, ATOM)

    def _sum(self, terms: Sequence[tuple[Number, Node]]) -> tuple[str, int]:
        found = ""
        for number, node in terms:
            negative = number.coefficient < 0 and bool(found)
            text, level = self._scaled(Number(-number.coefficient, number.exponent) if negative else number, node)
            if found and (level <= ADD or text.startswith("-")):
                text = f"({text})"
            found += f" {'-' if negative else '+'} {text}" if found else text
        return found, ADD if len(terms) > 1 else MULTIPLY

    def _power(self, base: Node, exponent: Fraction) -> tuple[str, int]:
        if exponent == 1:
            return self.text(base, NEGATE), NEGATE
        if exponent == Fraction(1, 2):
            return f"sqrt({self.text(base)})", ATOM
        raised = str(exponent) if exponent.denominator == 1 and exponent >= 0 else f"({exponent})"
        return f"{self.text(base, ATOM)}^{raised}", RAISE

    def _call(self, node: Call) -> str:
        given = _joined([self.text(operand) for operand in node.operands], node)
        given += [self.axis(label) for label in node.labels]
        given += node.words
        given += [f"{self.axis(a)}={self.axis(b) if isinstance(b, Label) else b}" for a, b in node.pairs]
        given += [f"{key}={self._setting(value)}" for key, value in node.settings]
        return f"{node.function}({', '.join(given)})"


def _joined(texts: list[str], node: Call) -> list[str]:
    """Consecutive members of a family that are joined, as ``h[1..8]``."""
    if node.function != "concat" or not all(isinstance(each, Ref) for each in node.operands):
        return texts
    members = [_MEMBER.fullmatch(text) for text in texts]
    found = [match for match in members if match is not None]
    numbers = [int(match[2]) for match in found]
    together = len(found) == len(texts) > 1 and len({match[1] for match in found}) == 1
    if not together or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return texts
    return [f"{found[0][1]}[{numbers[0]}..{numbers[-1]}]"]


def _place(place: int | Named) -> str:
    return place.name if isinstance(place, Named) else str(place)
