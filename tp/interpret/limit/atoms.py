"""The random entries that polynomials are made of: Gaussian symbols, and functions of polynomials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tp.graph.axes import Axis, Type
from tp.graph.operation import Operation
from tp.interpret.limit.polynomial import Atom, Polynomial, renamed


@dataclass(frozen=True)
class Symbol:
    """W x at one neuron, or an entry of a weight that is read, in units of a power of n: centred, of order one.

    Of W x this is the part that is independent of all products W' y (Tensor Programs IV, rule ZMatMul). Here and in
    :mod:`tp.interpret.limit.rules` W' is the transpose of W, as in programs.

    Attributes:
        weight: the weight.
        transposed: whether it is W' x; None for a weight that is read.
        axes: its finite axes: first ``outs`` axes of the weight, then those of x that are not contracted.
        outs: the number of axes of the weight.
        variance: the variance of an entry of the weight, times the constant factor in the size of the contracted axis.
        operand: x, in units of a power of n; None for a weight that is read.
        ins: the finite axes of x that are contracted.
        normal: whether its law is normal. A product with a wide weight always is (central limit theorem).
        symmetric: whether its law is symmetric.
    """

    weight: str
    transposed: bool | None
    axes: Type
    outs: int
    variance: float
    operand: Polynomial | None = None
    ins: Type = ()
    normal: bool = True
    symmetric: bool = True


@dataclass(frozen=True)
class Function:
    """``operation`` applied to polynomials in entries of the same neuron. Its result has the axes ``axes``.

    ``slopes`` counts derivatives that have no formula here: all that is known of them is what they depend on.
    """

    operation: Operation
    operands: tuple[Polynomial, ...]
    axes: Type
    slopes: int = 0


Definition = Symbol | Function


@dataclass
class Atoms:
    """All atoms of a limit, numbered in order of appearance. Equal definitions are one atom."""

    definitions: list[Definition] = field(default_factory=list[Definition])
    numbers: dict[Definition, int] = field(default_factory=dict[Definition, int])
    _symbols: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])

    def add(self, definition: Definition) -> Atom:
        """The atom that is defined so, with its own axes."""
        known = self.numbers.get(definition)
        if known is None:
            known = self.numbers[definition] = len(self.definitions)
            self.definitions.append(definition)
        return Atom(known, definition.axes)

    def __getitem__(self, number: int) -> Definition:
        return self.definitions[number]

    def symbol(self, atom: Atom) -> Symbol | None:
        """The symbol that ``atom`` is an entry of; None for a function."""
        found = self.definitions[atom.number]
        return found if isinstance(found, Symbol) else None

    def function(self, atom: Atom) -> Function | None:
        """The function that ``atom`` is an entry of; None for a symbol."""
        found = self.definitions[atom.number]
        return found if isinstance(found, Function) else None

    def operands(self, atom: Atom) -> tuple[Polynomial, ...]:
        """The operands of a function, with the axes of ``atom``."""
        found = self.function(atom)
        if found is None:
            return ()
        change = {own.name: axis.name for own, axis in zip(found.axes, atom.axes, strict=True)}
        return tuple(renamed(p, change) for p in found.operands)

    def symbols(self, number: int) -> frozenset[int]:
        """The numbers of the symbols that an atom is a function of. What a symbol is made of does not count."""
        known = self._symbols.get(number)
        if known is None:
            found = self.definitions[number]
            if isinstance(found, Symbol):
                known = frozenset({number})
            else:
                known = frozenset(s for p in found.operands for s in self.symbols_of(p))
            self._symbols[number] = known
        return known

    def symbols_of(self, polynomial: Polynomial) -> frozenset[int]:
        """The numbers of the symbols that ``polynomial`` is a function of."""
        return frozenset(s for term in polynomial.terms for atom in term.atoms for s in self.symbols(atom.number))

    def weights(self, polynomial: Polynomial) -> Iterator[Symbol]:
        """The symbols that ``polynomial`` is a function of."""
        for number in sorted(self.symbols_of(polynomial)):
            found = self.definitions[number]
            if isinstance(found, Symbol):
                yield found


def distinct(axes: Type, taken: frozenset[str], mark: str = "'") -> dict[str, str]:
    """New names for those of ``axes`` whose names are ``taken``."""
    found: dict[str, str] = {}
    used = set(taken) | {a.name for a in axes}
    for axis in axes:
        if axis.name in taken:
            name = axis.name + mark
            while name in used:
                name += mark
            used.add(name)
            found[axis.name] = name
    return found


def with_names(axes: Type, change: dict[str, str]) -> Type:
    """``axes`` with other names."""
    return tuple(Axis(change.get(a.name, a.name), a.size) for a in axes)
