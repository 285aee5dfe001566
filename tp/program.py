"""What a program text means: a graph, its inputs and its claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tp.diagnostics.diagnostic import Diagnostic
from tp.diagnostics.span import Span
from tp.graph.axes import Scale, Type
from tp.graph.graph import Graph


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, as plain data. :mod:`tp.claims` and :mod:`tp.studies.claims` decide it.

    ``kind`` is one of ``order``, ``weakly_correlated``, ``power_weakly_correlated``, ``linearizes``, ``lazy``,
    ``feature_learning``, ``stable``, ``maximal_update``, ``limit``. For ``order``, ``subject`` is a quantity (``F``,
    ``kernel``, ``hessian``, ``C[0,2]``) or the name of a node or an output, and ``relation`` is ``Theta``, ``O`` or
    ``zero``. ``exponent`` is the power of n: of the bound, or of m in ``weakly_correlated(m)``. ``excepted`` are names
    of weights, of families of weights or of functions that own weights, for which the claim is not made. For ``limit``,
    ``value`` is what ``subject`` tends to, up to ``tolerance``.
    """

    kind: str
    subject: str | None
    relation: str | None
    exponent: Fraction | None
    negated: bool
    text: str
    span: Span
    excepted: tuple[str, ...] = ()
    value: float = 0.0
    tolerance: float = 0.0


Value = float | Fraction | bool | str | Scale | Mapping[str, float]
"""The value of a setting of an optimiser, as a program states it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An optimiser that a program chooses, as plain data. ``tp.optimizers.chosen`` makes the optimiser of it.

    ``settings`` are those that are stated, by name. ``weights`` are the names of its weights; none stand for all that
    no other statement names. ``text`` is its name with the settings, as the program has them.
    """

    name: str
    settings: tuple[tuple[str, Value], ...]
    weights: tuple[str, ...]
    text: str
    span: Span


@dataclass(frozen=True)
class Program:
    """An elaborated program. ``settings`` holds the value of every hyperparameter and the size of every finite axis.

    ``maps`` are the names of the functions that it declares and that Python has to give. ``warnings`` are about what
    can be read and run but is probably not meant. ``optimizers`` say how weights are trained; none stand for plain
    gradient descent. ``one_hot`` has the names of the inputs that are one-hot, each with the axis along which it is.
    ``imported`` has the texts of the files that it imports, by their names in spans.
    """

    name: str
    source: str
    file: str
    graph: Graph
    inputs: Mapping[str, Type]
    claims: tuple[Claim, ...]
    settings: Mapping[str, str]
    warnings: tuple[Diagnostic, ...] = ()
    maps: tuple[str, ...] = ()
    optimizers: tuple[Chosen, ...] = ()
    one_hot: Mapping[str, str] = field(default_factory=dict[str, str])
    imported: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def texts(self) -> dict[str, str]:
        """All texts that places in it point into, by the names of their files: its own first."""
        return {self.file: self.source, **self.imported}

    def __repr__(self) -> str:
        """Its name, file and size; ``source`` and ``graph`` are long."""
        return f"<Program {self.name} in {self.file}: {len(self.graph)} nodes, {len(self.claims)} claims>"
