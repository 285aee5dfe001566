"""All symbolic answers about a program: typical orders, bounds, closed forms, m(n), the regime, diagnoses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar

from tp.diagnostics.diagnostic import TpError
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.interpret.bounds import UNKNOWN
from tp.interpret.orders import calculus_for
from tp.optimizers.optimizer import Optimizer
from tp.orders.proof.encoding import Json
from tp.orders.typical.recorder import Derived
from tp.quantities.definitions import Quantity, is_quantity, parse
from tp.theory.all_orders import Series, series
from tp.theory.assumptions import assumptions, of_training
from tp.theory.bounds import Bounds, bounds
from tp.theory.certificate import certificate
from tp.theory.diagnosis.blame import blame
from tp.theory.diagnosis.culprits import Blame
from tp.theory.diagnosis.repair import BUDGET, Repair, repair
from tp.theory.diagnosis.values import blame_values
from tp.theory.features import initial_features
from tp.theory.grid import grid
from tp.theory.late_constants import LateConstant, late_constants
from tp.theory.laws import Law, TypicalOrders, slopes
from tp.theory.predict import Prediction, node_orders, second_order
from tp.theory.premises import Premise, premises
from tp.theory.prepared import prepared
from tp.theory.regime import Regime, regime
from tp.theory.scalars import Scalars
from tp.theory.sizes import TypicalSizes
from tp.theory.spectral_order import Spectral
from tp.theory.steady import brief, grows, restored, steady, tables, values_of
from tp.theory.subjects import Choices
from tp.theory.weak_correlations import Exponents, Strength, fixed, power

Found = TypeVar("Found")
Asked = ParamSpec("Asked")


def _whole(
    part: Callable[Concatenate[Analysis, Asked], Found],
) -> Callable[Concatenate[Analysis, Asked], Found]:
    """``part`` of all steps of a program: derived of few of them where that is the same (calculus, theorem 3.18)."""

    @wraps(part)
    def asked(self: Analysis, *args: Asked.args, **settings: Asked.kwargs) -> Found:
        brief = self.brief
        self.asking += 1
        try:
            found = part(self, *args, **settings)
        finally:
            self.asking -= 1
        if self.asking or brief is None:
            return found
        if self.brief is not None:
            if self.unchanged():
                return found
            self.unroll()
        return part(self, *args, **settings)

    return asked


class Analysis:
    """The orders of one program; each part is computed at its first use.

    ``quantities`` are names that :meth:`prediction` will be asked for; to give them here saves time. :attr:`regime` is
    that of training with ``optimizer`` (None: SGD). Raises ValueError for an unknown quantity.
    """

    def __init__(self, program: Graph, quantities: Sequence[str] = (), optimizer: Optimizer | None = None) -> None:
        self.source = program
        self._prepared = prepared(program)
        self.program = self._prepared.program
        """The program without the terms that cancel identically; sums that may be smaller than their terms are marked.

        All orders are those of this one.
        """
        self.optimizer = optimizer
        self.calculus = calculus_for(self.program)
        self.brief = brief(self.program)
        """The program with few of its equal steps, of which all but values of nodes and blame is derived."""
        self.asking = 0
        """How many of the questions below are being answered, one for another."""
        self._trained: dict[int, Derived] = {}
        self.unknown = ""
        """Why :attr:`known_regime` is None, once it has been asked for."""
        self._depth = max((q.contracted + (q.free == 2) for q in map(parse, quantities)), default=0)
        self._seconds: dict[int, Spectral] = {}

    # single quantities -------------------------------------------------------------------------------

    @cached_property
    def scalars(self) -> Scalars:
        """The programs of C^{D,d}, D <= 1."""
        found = Scalars(self._derived_of, self._depth, self.calculus)
        if self.brief is None or steady(self.brief.steps, found.graph, values_of(found.values)):
            return found
        # The gradient of F tells early that all steps are needed.
        self.unroll()
        return Scalars(self.program, self._depth, self.calculus)

    @property
    def _derived_of(self) -> Graph:
        return self.program if self.brief is None else self.brief.program

    def unchanged(self) -> bool:
        """Whether the steps that were left out would change nothing that has been derived."""
        assert self.brief is not None
        evidence: list[tuple[Nodes, Mapping[int, object]]] = []
        if "scalars" in self.__dict__:
            evidence.append((self.scalars.graph, values_of(self.scalars.values)))
        for name in ("bounds", "typical_bounds"):
            if (found := self.__dict__.get(name)) is not None:
                sweeps = (found.main, found.least)
                evidence += [(s.graph, tables(jets)) for s in sweeps for jets in (s.jets, *s.others)]
        if (trained := self.__dict__.get("regime")) is not None:
            if grows(trained):
                return False
            evidence.append((trained.graph, values_of(self._trained)))
        return all(steady(self.brief.steps, graph, values) for graph, values in evidence)

    def unroll(self) -> None:
        """Forgets what was derived of fewer steps."""
        self.brief = None
        self._seconds.clear()
        self._trained = {}
        for name in ("scalars", "bounds", "series", "typical_bounds", "orders", "weak", "weak_bound", "regime"):
            self.__dict__.pop(name, None)

    @_whole
    def exponent(self, name: str) -> Fraction | None:
        """The typical exponent of a quantity (None: vanishes identically). Raises ValueError for an unknown one."""
        return self._exponent(parse(name))

    def _exponent(self, quantity: Quantity) -> Fraction | None:
        return self.scalars.ground(quantity).exponent if quantity.free < 2 else self._second(quantity).exponent

    def _second(self, quantity: Quantity) -> Spectral:
        if quantity.contracted not in self._seconds:
            self._seconds[quantity.contracted] = second_order(
                self.program, self.scalars, quantity, lambda: self.typical_bounds
            )
        return self._seconds[quantity.contracted]

    @_whole
    def prediction(self, quantities: Sequence[str], *, nodes: bool = False) -> Prediction:
        """Typical exponents of ``quantities`` and, with ``nodes``, of named nodes.

        Raises ValueError for an unknown quantity.
        """
        wanted = [parse(name) for name in quantities]
        scalars = self.scalars
        named = tuple(node_orders(self.program, self.calculus)) if nodes else ()
        ordered = sorted(wanted, key=lambda q: (q.free, q.contracted))
        grounds = {q.name: scalars.ground(q) for q in ordered if q.free < 2}
        notes = dict.fromkeys(note for g in grounds.values() for note in sorted(g.derivation.notes))
        late = self._late
        return Prediction(
            exponents={q.name: self._exponent(q) for q in wanted},
            nodes=named,
            assumptions=assumptions(
                self.source,
                self.premises,
                [*self._collected(), *notes, *of_training(self.source, self.optimizer), *map(str, late)],
            ),
            exact={q.name: grounds[q.name].exact if q.name in grounds else self._attained(q) for q in wanted},
            grounds=grounds,
            grid=self.grid,
            late=late,
        )

    @cached_property
    def _late(self) -> tuple[LateConstant, ...]:
        return late_constants(self.program, self.calculus)

    def _attained(self, quantity: Quantity) -> bool:
        """Whether the exponent of a quantity with D = 2 is no bound only."""
        return self._second(quantity).exact and not self._prepared.doubtful

    @cached_property
    def grid(self) -> Fraction:
        """The spacing of exponents that quantities at initialisation could have; it is positive."""
        return grid(self.program)

    @cached_property
    def trained_grid(self) -> Fraction:
        """The spacing of exponents that quantities after steps of training could have."""
        return grid(self.program, trained=True)

    def _collected(self) -> Iterable[str]:
        if self._prepared.collects:
            yield "terms of sums that cancel identically are left out, in values and in all derivatives"
        for span in dict.fromkeys(self._prepared.doubtful):
            place = "here" if span is None else f"in line {span.line}"
            yield (
                f"generic coefficients assumed {place}: leading terms of a sum cancel there, in its value or in a"
                " derivative, so that orders of it and of all that depends on it are upper bounds"
            )

    @cached_property
    @_whole
    def bounds(self) -> Bounds:
        """Bounds of all C^{D,d} without cancellation, for all laws that have the moments of the program's laws."""
        scalars = self.scalars
        return bounds(self._derived_of, supposed=lambda graph: TypicalSizes(scalars, graph).reaches)

    @_whole
    def bound(self, name: str) -> Fraction | None:
        """The exponent of a bound of the quantity; None: vanishes identically. It is not below the typical one."""
        quantity = parse(name)
        return self.bounds.exponent(quantity.free, quantity.contracted)

    # all orders --------------------------------------------------------------------------------------

    @cached_property
    @_whole
    def series(self) -> Series | None:
        """The typical C^{0,d} for all d >= 2."""
        return series(self.scalars)

    @cached_property
    @_whole
    def typical_bounds(self) -> Bounds:
        """Bounds improved by the typical sizes of values and of their moves along g; none cancels over free slots."""
        scalars, bounded = self.scalars, self.series is not None

        @cache
        def sizes(graph: GraphBuilder) -> TypicalSizes:
            return TypicalSizes(scalars, graph, bounded=bounded)

        return bounds(self._derived_of, sizes, lambda graph: sizes(graph).reaches)

    @cached_property
    def orders(self) -> TypicalOrders:
        """Typical exponents of C^{D,d} for all D and d >= 1."""
        found = self.typical_bounds
        return TypicalOrders(self.scalars, self.series, found)

    @_whole
    def laws(self) -> tuple[Law, ...]:
        """The closed forms; families for which none was found are missing."""
        return self.orders.laws()

    @cached_property
    @_whole
    def weak(self) -> tuple[Strength | None, Strength | None]:
        """m(n) for fixed and for power weak correlations, from typical orders."""
        exponents = Exponents(self.orders.at, self.orders.tail)
        return fixed(exponents), power(exponents)

    @cached_property
    @_whole
    def weak_bound(self) -> tuple[Strength | None, Strength | None]:
        """m(n) from :attr:`bounds` instead of typical orders, and so without cancellation."""
        found = self.bounds
        exponents = Exponents(lambda D, d: (found.exponent(D, d), False), lambda D: slopes(found.form(D, 2)))
        return fixed(exponents), power(exponents)

    # training ----------------------------------------------------------------------------------------

    @cached_property
    @_whole
    def regime(self) -> Regime:
        """The regime of training with :attr:`optimizer`. Raises TpError TP514 where no orders of it are known."""
        found = regime(self._derived_of, self.calculus, self.optimizer, values=self._trained)
        return found if self.brief is None else restored(found, self.program, self.brief.image)

    @property
    def known_regime(self) -> Regime | None:
        """The :attr:`regime`; None where no orders of training with :attr:`optimizer` are known."""
        if self.unknown:
            return None
        try:
            return self.regime
        except TpError as problem:
            if not problem.only("TP514"):
                raise
            first = problem.diagnostics[0]
            self.unknown = "; ".join(filter(None, (first.message, first.hint)))
            return None

    def regime_after(self, steps: int) -> Regime:
        """The regime with the orders after that many steps; :attr:`regime` where later steps change none.

        Raises TpError TP514 where the orders after that many steps are not known.
        """
        found = self.known_regime
        if found is not None and steps >= found.steps:
            return found
        return regime(self.program, self.calculus, self.optimizer, most=steps)

    @cached_property
    def premises(self) -> tuple[Premise, ...]:
        """Eq. 23 of the paper for each use of an activation."""
        return premises(self.source)

    # diagnoses ---------------------------------------------------------------------------------------

    def blame(self, name: str) -> Blame:
        """The weights and nodes to which a quantity, or a named node, owes its typical exponent.

        Raises ValueError for an unknown name.
        """
        nodes = {**self.program.names, **self.program.outputs}
        if name in nodes and not is_quantity(name):
            return blame_values(self.program, name, [nodes[name]], self.calculus)
        return blame(self.program, parse(name), self.calculus)

    def blame_features(self) -> tuple[Blame, ...]:
        """The first values that grow, and those that vanish, with n where arguments of activations do."""
        found: list[Blame] = []
        for word, sign in (("what grows", 1), ("what vanishes", -1)):
            wrong = [i for i, e in self._features if e is not None and e * sign > 0]
            if wrong:
                found.append(blame_values(self.program, word, wrong, self.calculus))
        return tuple(found)

    @property
    def normal_features(self) -> bool:
        """Whether no argument of an activation on a wide axis grows or vanishes with n at initialisation."""
        return not any(exponent for _, exponent in self._features)

    @cached_property
    def _features(self) -> tuple[tuple[int, Fraction | None], ...]:
        return tuple(initial_features(self.program, self.calculus))

    @property
    @_whole
    def normalised(self) -> bool:
        """Whether F = O(1), the kernel is Θ(1), and arguments of activations on wide axes neither grow nor vanish.

        So no learning and no layer is switched off at initialisation.
        """
        kernel = self.scalars.ground(parse("kernel"))
        return self.within({"F": Fraction(0)}) and kernel.exponent == 0 and kernel.exact and self.normal_features

    @_whole
    def within(self, limits: Mapping[str, Fraction | None]) -> bool:
        """Whether the typical exponent of each quantity is at most its limit; None: it vanishes identically."""
        found = ((self.exponent(name), limit) for name, limit in limits.items())
        return all(e is None or (limit is not None and e <= limit) for e, limit in found)

    def repair(self, holds: Callable[[Analysis], bool], budget: int = BUDGET) -> Repair:
        """The smallest changes of one exponent of the source after which ``holds`` is true of the changed program."""
        return repair(self.source, lambda changed: holds(Analysis(changed, (), self.optimizer)), budget)

    # certificates ------------------------------------------------------------------------------------

    def certificate(self, quantities: Sequence[str]) -> Json:
        """The derivations of all that was said about ``quantities``, of the closed forms, and of the regime.

        The order of ``quantities`` does not matter. Raises ValueError for an unknown one.
        """
        ordered = sorted({q.name: q for q in map(parse, quantities)}.values(), key=lambda q: (q.free, q.contracted))
        rate = None if self.series is None else self.series.rate
        sweeps = () if UNKNOWN in self.bounds.reasons else (self.bounds.main, self.bounds.least)
        sizes = tuple((s.calculus.along, s.calculus.free or 0) for s in sweeps)
        return certificate(self.source, Choices(tuple(q.name for q in ordered), rate, sizes, self.optimizer))
