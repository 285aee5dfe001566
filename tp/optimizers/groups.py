"""Different optimisers for different weights, as people train: Muon for matrices, Adam for the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from tp.diagnostics.diagnostic import error
from tp.graph.axes import Scale
from tp.graph.weight_names import covers
from tp.optimizers import clipping
from tp.optimizers.in_factors import InFactors
from tp.optimizers.optimizer import Optimizer, Weights, learning_rate
from tp.optimizers.sgd import SGD

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule

Kept = TypeVar("Kept")


@dataclass(frozen=True, repr=False)
class Groups(Optimizer):
    """``groups`` are names of weights, each with their optimiser; ``rest`` moves all others.

    A name stands for a weight, for a family (``W`` is all of ``W[2]``, ``W[3]``, ...) or for a function that owns
    weights. ``eta`` multiplies the learning rates of all groups. Every optimiser clips by the norm of the gradient of
    all weights together, and ``clip`` and ``warmup`` act on all of them. The state is that of each, ``rest`` the last.
    """

    name: ClassVar[str] = "groups"

    eta: float = learning_rate(1.0)
    groups: tuple[tuple[tuple[str, ...], Optimizer], ...] = ()
    rest: Optimizer = field(default_factory=SGD)

    def __repr__(self) -> str:
        groups = [f"{'+'.join(names)}={optimizer!r}" for names, optimizer in self.groups]
        return f"Groups({', '.join([f'eta={self.eta!r}', *groups, f'rest={self.rest!r}'])})"

    @property
    def optimizers(self) -> tuple[Optimizer, ...]:
        """Those of the groups, and :attr:`rest`."""
        return (*(optimizer for _, optimizer in self.groups), self.rest)

    @cached_property
    def used(self) -> tuple[Optimizer, ...]:
        """Those of the :attr:`optimizers` that have weights; all where the program is not known."""
        places = {self.place(weight) for weight, _ in self.sides}
        return tuple(o for place, o in enumerate(self.optimizers) if place in places or not self.sides)

    def place(self, weight: str) -> int:
        """Which of the :attr:`optimizers` moves ``weight``. Raises TpError TP513 where two groups name it."""
        found = [i for i, (names, _) in enumerate(self.groups) if any(covers(name, weight) for name in names)]
        if len(found) > 1:
            raise error("TP513", f"{weight} has two optimisers", hint="name every weight in one group")
        return found[0] if found else len(self.groups)

    def optimizer_of(self, weight: str) -> Optimizer:
        """The optimiser that moves ``weight``."""
        return self.optimizers[self.place(weight)]

    def _shared_out(self, by_weight: Mapping[str, Kept]) -> list[dict[str, Kept]]:
        """The parts of ``by_weight`` for each of the :attr:`optimizers`."""
        parts: list[dict[str, Kept]] = [{} for _ in self.optimizers]
        for weight, value in by_weight.items():
            parts[self.place(weight)][weight] = value
        return parts

    def _with(self, optimizers: Iterable[Optimizer]) -> Self:
        *grouped, rest = optimizers
        return replace(self, groups=tuple((n, o) for (n, _), o in zip(self.groups, grouped, strict=True)), rest=rest)

    def of(self, parameters: Mapping[str, Parameter]) -> Self:
        parts = zip(self.optimizers, self._shared_out(parameters), strict=True)
        return super().of(parameters)._with(optimizer.of(part) for optimizer, part in parts)

    def at(self, n: int) -> Self:
        return super().at(n)._with(optimizer.at(n) for optimizer in self.optimizers)

    def raised(self, rates: Scale) -> Self:
        return self._with(optimizer.raised(rates) for optimizer in self.optimizers)

    def within(self, steps: int) -> Self:
        return self._with(optimizer.within(steps) for optimizer in self.optimizers)

    def kept(self, rows: int, columns: int) -> int:
        return max(optimizer.kept(rows, columns) for optimizer in self.optimizers)

    def require(self, weights: Collection[str]) -> None:
        for names, _ in self.groups:
            for name in names:
                if not any(covers(name, weight) for weight in weights):
                    raise error("TP513", f"no weight is called {name}", hint=f"weights: {', '.join(weights)}")
        parts = self._shared_out(dict.fromkeys(weights))
        # An option of the command line is for all groups, also for those that do not move the weight that it names.
        told = [w for o, part in zip(self.optimizers, parts, strict=True) for w in part if _any_covers(o.named, w)]
        for optimizer, part in zip(self.optimizers, parts, strict=True):
            optimizer.require(weights)
            for name in optimizer.named:
                if not any(covers(name, weight) for weight in (*part, *told)):
                    hint = f"weights of this {optimizer.name}: {', '.join(part)}"
                    raise error(
                        "TP513", f"a setting of {optimizer.name} names {name}, which it does not move", hint=hint
                    )

    @property
    def identity(self) -> str:
        groups = [f"{'+'.join(names)}: {optimizer.identity}" for names, optimizer in self.groups]
        return f"{super().identity}[{'; '.join([*groups, self.rest.identity])}]"

    @property
    def shipped(self) -> bool:
        return super().shipped and all(optimizer.shipped for optimizer in self.optimizers)

    @property
    def json(self) -> dict[str, Any]:
        groups = [{"weights": list(names), **optimizer.json} for names, optimizer in self.groups]
        return {**super().json, "groups": groups, "rest": self.rest.json}

    @property
    def described(self) -> list[str]:
        groups = [f"{_said(optimizer)} for {', '.join(names)}" for names, optimizer in self.groups]
        rest = [f"{_said(self.rest)} for the rest"] if self.rest is self.used[-1] else []
        return [*super().described, *groups, *rest]

    @property
    def linear(self) -> bool:
        return not self.clip and all(optimizer.linear for optimizer in self.used)

    @property
    def along_gradients(self) -> bool:
        return self._descend and len({optimizer.pace for optimizer in self.used}) == 1

    @property
    def _descend(self) -> bool:
        """Whether every group alone moves along gradients."""
        return all(optimizer.along_gradients for optimizer in self.used)

    @property
    def pace(self) -> Hashable:
        return (self.eta, self.clip, self.warmup, *(optimizer.pace for optimizer in self.used))

    @property
    def rate(self) -> float:
        """That of all groups; ``eta``, which multiplies theirs, where they differ."""
        rates = {optimizer.rate for optimizer in self.used}
        return self.eta * rates.pop() if len(rates) == 1 else self.eta

    @property
    def called(self) -> str:
        *first, last = dict.fromkeys(optimizer.name for optimizer in self.used)
        if first:
            return f"{', '.join(first)} and {last}"
        return f"{last} with settings by weight" if self._descend and not self.along_gradients else last

    @property
    def shrinks(self) -> bool:
        return any(optimizer.shrinks for optimizer in self.used)

    @property
    def needs_weights(self) -> bool:
        return any(optimizer.needs_weights for optimizer in self.used)

    def shrinkage(self, weight: str) -> float | Scale:
        return self.optimizer_of(weight).shrinkage(weight)

    def rule(self, weight: Parameter) -> Rule:
        return self.optimizer_of(weight.name).rule(weight)

    @property
    def safeguards(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for optimizer in self.used for text in optimizer.safeguards))

    def share(self, weight: str) -> Scale | None:
        return self.optimizer_of(weight).share(weight)

    def limits(self, weight: str) -> tuple[Scale, ...]:
        return (*super().limits(weight), *self.optimizer_of(weight).limits(weight))

    def ramps(self, weight: str) -> Scale:
        return super().ramps(weight) * self.optimizer_of(weight).ramps(weight)

    @property
    def clips(self) -> bool:
        return bool(self.clip) or any(optimizer.clips for optimizer in self.used)

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        found = self.optimizer_of(weight).in_factors(weight, rank)
        # Every draw is clipped by a share of its own, and coefficients are those of all draws.
        return InFactors.COORDINATES if self.clip and found is InFactors.COEFFICIENTS else found

    def alike(self, weight: str) -> Hashable:
        return self.place(weight), self.optimizer_of(weight).alike(weight)

    @cached_property
    def _moving(self) -> tuple[Optimizer, ...]:
        """The :attr:`optimizers` with their learning rates times ``eta``."""
        return tuple(optimizer.times(self.eta) for optimizer in self.optimizers)

    def init(self, params: Weights) -> tuple[Any, ...]:
        return tuple(
            o.init(part) if part else () for o, part in zip(self._moving, self._shared_out(params), strict=True)
        )

    def update(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Any]:
        return self._each(gradients, state, params, lambda o, g, kept, own: o.update(g, kept, own, rates))

    def step(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float], s: Any, norm: Any = None
    ) -> tuple[Weights, Any]:
        if norm is None and self.clips:
            norm = clipping.norm(gradients, self.sides_of)
        gradients, norm = self.clipped(gradients, norm)
        updates, state = self._each(
            gradients, state, params, lambda o, g, kept, own: o.step(g, kept, own, rates, s, norm)
        )
        return self.warmed(updates, s), state

    def _each(
        self,
        gradients: Weights,
        state: tuple[Any, ...],
        params: Weights,
        step: Callable[[Optimizer, Weights, Any, Weights], tuple[Weights, Any]],
    ) -> tuple[Weights, tuple[Any, ...]]:
        """(updates, state) of ``step(optimizer, its gradients, its state, its weights)`` for all of them."""
        updates: dict[str, Any] = {}
        states = list(state)
        parts = zip(self._moving, self._shared_out(gradients), strict=True)
        for place, (optimizer, part) in enumerate(parts):
            if part:
                own = {weight: params[weight] for weight in part}
                found, states[place] = step(optimizer, part, state[place], own)
                updates.update(found)
        return updates, tuple(states)


def _said(optimizer: Optimizer) -> str:
    """An optimiser with the settings that are :attr:`~Optimizer.described`."""
    return f"{optimizer.name} ({', '.join(optimizer.described)})"


def _any_covers(names: Collection[str], weight: str) -> bool:
    return any(covers(name, weight) for name in names)
