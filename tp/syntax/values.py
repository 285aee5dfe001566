"""What a name or an expression may stand for while a program is elaborated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tp.construct.construction import Combination
from tp.diagnostics.span import Span
from tp.graph.axes import Axis
from tp.graph.parameter import Parameter
from tp.primitives.mapped import Mapped
from tp.syntax.constant import Constant
from tp.syntax.tree import Function

if TYPE_CHECKING:
    from tp.syntax.modules import Module


@dataclass(frozen=True, slots=True)
class Weight:
    """A parameter, possibly transposed; ``mean`` is added to the centred law of its entries."""

    parameter: Parameter
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Phi:
    """An activation, by the name that :func:`tp.activations.find` knows."""

    name: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A map: a declared function of whole vectors."""

    operation: Mapped


@dataclass(slots=True)
class Family:
    """Values by static indices: ``h[1]``, ``W[2..depth]``. Missing members of a poisoned family are no error."""

    name: str
    members: dict[tuple[int, ...], Value] = field(default_factory=dict["tuple[int, ...]", "Value"])
    poisoned: bool = False


@dataclass(frozen=True, slots=True)
class Def:
    """A function with the module whose names it sees."""

    syntax: Function
    module: Module


@dataclass(frozen=True, slots=True)
class Instance:
    """A function whose calls share parameters; ``given`` are the static arguments bound so far."""

    function: Def
    name: str
    given: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Several:
    """The results of a function that returns several."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Poison:
    """Stands for a value whose definition has an error that is reported already."""


class PoisonedError(Exception):
    """Raised on use of a :class:`Poison`; ends the statement without a second message."""


Value: TypeAlias = Constant | Combination | Weight | Phi | Axis | Declared | Family | Def | Instance | Several | Poison


def describe(value: Value) -> str:
    """The kind of ``value`` in words, for messages."""
    words: dict[type, str] = {
        Constant: "a number",
        Combination: "a value",
        Weight: "a parameter",
        Phi: "an activation",
        Axis: "an axis",
        Declared: "a map",
        Family: "a family",
        Def: "a function",
        Instance: "a function instance",
        Several: "several values",
        Poison: "undefined",
    }
    return words[type(value)]


@dataclass(slots=True)
class Frame:
    """The names of one program or one call of a function.

    ``parameters`` prefixes the names of parameters, ``nodes`` those of values. ``assigned`` says which statement
    assigns each name, whether it has run or not.
    """

    module: Module
    parameters: str = ""
    nodes: str = ""
    names: dict[str, Value] = field(default_factory=dict["str", "Value"])
    places: dict[str, Span] = field(default_factory=dict[str, Span])
    calls: dict[str, int] = field(default_factory=dict[str, int])
    assigned: Mapping[str, Span] = field(default_factory=dict[str, Span])
    target: str = ""
    returned: tuple[Value, ...] | None = None
    program: bool = False

    def qualified(self, name: str) -> str:
        """The name of a value in ``graph.names``."""
        return f"{self.nodes}.{name}" if self.nodes else name

    def parameter(self, name: str) -> str:
        """The name of a parameter in ``graph.parameters``."""
        return f"{self.parameters}/{name}" if self.parameters else name

    def call(self, site: str) -> str:
        """``site``, made unique among the calls of this frame."""
        count = self.calls[site] = self.calls.get(site, 0) + 1
        return site if count == 1 else f"{site}({count})"


def indexed(name: str, indices: tuple[int, ...]) -> str:
    """``h[2]`` or ``a[1,2]``; a bare name without indices."""
    return f"{name}[{','.join(map(str, indices))}]" if indices else name
