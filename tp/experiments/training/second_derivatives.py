"""Second derivatives along a run: norms of ∇²F(θ(s)) and of ∇²F(θ(s)) - ∇²F(θ_0), weighed by Λ^{1/2} on both slots.

Both are derivatives of programs at the initial weights, with the moves beside them: F(θ + moves), and its difference
from F(θ). So weights may be matrix-free here, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tp.experiments.iteration_limits import FIRST, STEPS, vectors_asked
from tp.experiments.power_iteration import PowerIteration, State, beside
from tp.experiments.training.observables import HESSIAN as NOW
from tp.experiments.training.observables import HESSIAN_DRIFT as CHANGE
from tp.graph.axes import Scale, Type
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.graph.slot import POINT, Role, Slot
from tp.interpret.cost.work import Questions, questions
from tp.matrix_free.kind import MatrixFree
from tp.matrix_free.streams import fold
from tp.primitives.input import Input
from tp.primitives.shorthand import combine
from tp.quantities.hessian import HessianStep
from tp.transform.moved import Moves, moved, room_for

LEARNED_STEPS = 20
"""The most steps of one power iteration where weights are matrix-free."""
USUAL_STEPS = 30
"""The usual number of steps of one power iteration: each starts from the last iterate of the look before."""


class Second:
    """The two programs for weights with ``moves``."""

    def __init__(self, program: Graph, moves: Moves) -> None:
        fixed = moves.beside(program)
        steps = {name: HessianStep(_shifted(program, moves, name == CHANGE), 0, fixed) for name in (NOW, CHANGE)}
        self.output = next(iter(program.outputs))
        self.steps = {name: step for name, step in steps.items() if not step.vanishes}

    def programs(self) -> list[tuple[Nodes, list[int]]]:
        """The graph of one step of each power iteration, with its roots."""
        return [(step.graph, step.roots) for step in self.steps.values()]

    def asked(self, n: int) -> dict[str, Questions]:
        """The products that one step of both needs with every weight."""
        return questions(self.programs(), n)

    @staticmethod
    def room(learning: bool) -> int:
        """The most steps of one iteration; ``learning``: where weights are matrix-free."""
        return FIRST + (LEARNED_STEPS if learning else STEPS)


@dataclass(frozen=True)
class Curvature:
    """The norms at width ``n``, in arrays of the namespace ``xp``, with an axis of ``draws`` first if there is one.

    Inputs of the moves that have this axis, too, are in ``random``.
    """

    second: Second
    n: int
    kind: Any
    xp: Any
    draws: Type = ()
    random: tuple[str, ...] = ()

    @cached_property
    def _iterations(self) -> dict[str, PowerIteration]:
        steps, random = self.second.steps.items(), [POINT.of(name) for name in self.random]
        return {name: PowerIteration(step, self.n, self.kind, self.xp, self.draws, random) for name, step in steps}

    def start(self, key: Any) -> dict[str, State]:
        """Random iterates, by name of the norm."""
        return {name: iteration.start(fold(key, i)) for i, (name, iteration) in enumerate(self._iterations.items())}

    def norms(
        self, known: Mapping[str, Any], given: Mapping[str, Any], along: Any, states: Mapping[str, State], begun: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, State]]:
        """Norms by name, the weights in ``known`` with their new products, and the next starts of the iterations.

        ``given`` are the inputs of the program, at one sample, and of the moves. ``along`` [...axes of the output]
        weighs the output. Before training has ``begun`` the change is 0, and its iteration is skipped.
        """
        xp = self.xp
        inputs = {POINT.of(name): array for name, array in given.items()}
        inputs[POINT.of(Slot(Role.OUTPUT, self.second.output))] = along
        known, states = dict(known), dict(states)
        found = {name: xp.zeros([a.at(self.n) for a in self.draws], self.kind) for name in (NOW, CHANGE)}
        for name, iteration in self._iterations.items():
            asked = [(w, known[w]) for w in vectors_asked(self.second.steps[name], self.n)]
            learning = {w: weight for w, weight in asked if isinstance(weight, MatrixFree) and weight.learns}
            most = LEARNED_STEPS if learning else STEPS
            if name == CHANGE:
                most = xp.where(begun, most, 0)
            state, norm, _, learning = iteration.settle(known, learning, inputs, states[name], most)
            found[name] = norm if name == NOW else xp.where(begun, norm, 0.0)
            known |= learning
            # A zero iterate would stay zero: start from the old one next time.
            states[name] = {k: xp.where(beside(found[name] > 0, new), new, states[name][k]) for k, new in state.items()}
        return found, known, states


def _shifted(program: Graph, moves: Moves, change: bool) -> Graph:
    """F at weights with ``moves``; if the ``change`` is wanted, minus F at the initial weights."""
    target = room_for(program, moves)
    ((name, root),) = program.outputs.items()

    def same(operation: Input) -> int:
        return target.add(operation)

    ends = [
        moved(program, [root], target, same, None, which)[root] for which in ([moves, Moves()] if change else [moves])
    ]
    target.outputs = {name: combine(target, ends, [Scale(1.0), Scale(-1.0)][: len(ends)])}
    return target.build()
