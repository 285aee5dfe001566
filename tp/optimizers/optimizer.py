"""The interface of optimisers: two pure functions as in optax, and what theory and the linear model need.

A new optimiser is a subclass in a file of its own. It has to define :meth:`Optimizer.init` and
:meth:`Optimizer.update`; the other members say which shortcuts are valid for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale
from tp.graph.spelling import write_scale
from tp.graph.weight_names import covers
from tp.optimizers import clipping, warmup
from tp.optimizers.amount import Amount, amount_at, as_number, as_scale, safeguard
from tp.optimizers.by_weight import ByWeight
from tp.optimizers.in_factors import InFactors
from tp.optimizers.setting import Range, Setting, Value, setting, settings_of
from tp.optimizers.sides import Sides, times, usual

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.optimizers.rules import Rule

Weights = Mapping[str, Any]
"""Arrays by name of the weight: weights, gradients or updates."""


def learning_rate(default: float) -> Any:
    """The field ``eta`` with this ``default``."""
    help = "The learning rate, times those of the program."
    return setting(default, help, within=Range(0, excluded=True), unit="Λ of the program")


@dataclass(frozen=True, repr=False)
class Optimizer(ABC):
    """How weights move from gradients: θ(s + 1) = θ(s) + update, with learning rates ``eta`` times Λ.

    Λ are the learning rates that the program declares. Settings are the fields made by :func:`setting`. ``sides`` says
    which axes of a weight are its output and which its input; :meth:`of` finds them. Raises TpError TP513 for a setting
    that is not a number or lies outside its range.
    """

    name: ClassVar[str]
    """The name on the command line, in the store and in JSON."""

    eta: float = learning_rate(0.2)
    clip: Amount = setting(
        0.0, "The largest norm of the gradient of all weights; 0 for any.", within=Range(0), amount=True
    )
    warmup: Amount = setting(
        0.0, "The steps over which the learning rate rises linearly.", within=Range(0), unit="steps", amount=True
    )
    sides: tuple[tuple[str, Sides], ...] = ()

    def __post_init__(self) -> None:
        for declared in self.settings():
            object.__setattr__(self, declared.name, declared.checked(getattr(self, declared.name)))

    def __repr__(self) -> str:
        """The learning rate and the settings that differ from their defaults."""
        changed = [
            f"{s.name}={getattr(self, s.name)!r}"
            for s in self.settings()
            if s.name == "eta" or getattr(self, s.name) != s.default
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    @property
    def linear(self) -> bool:
        """Whether :meth:`update` is linear in gradients, state and weights together, weight by weight.

        It must be the same for all weights, up to their learning rates, that are :meth:`alike`. Then it may
        be applied to coefficients instead of arrays: to those of a weight that is a sum of its initial value
        and of outer products, and to the outputs of the linear model, which are linear in its weights.
        For other optimisers see :meth:`in_factors`.
        """
        return False

    @property
    def along_gradients(self) -> bool:
        """Whether steps are sums of Λ∇C, up to decay and clipping: then kernels ∇F·Λ∇F drive training."""
        return False

    @property
    def pace(self) -> Hashable:
        """Equal for optimisers :attr:`along_gradients` that take the same steps, up to Λ and decay."""
        return self.name, *self.values.items()

    @property
    def rate(self) -> float:
        """What Λ is multiplied by in every step: ``eta``, and in groups that of the groups."""
        return self.eta

    @property
    def called(self) -> str:
        """Its name in sentences."""
        return self.name

    def of(self, parameters: Mapping[str, Parameter]) -> Self:
        """The optimiser for a program with ``parameters``, which may declare settings of single weights."""
        return replace(self, sides=tuple((name, Sides(len(p.outs), len(p.ins))) for name, p in parameters.items()))

    def sides_of(self, weight: str, array: Any) -> Sides:
        """The sides of ``weight``, of which ``array`` is one; the :func:`usual` ones where the program is not known."""
        return dict(self.sides).get(weight) or usual(array)

    def at(self, n: int) -> Self:
        """The optimiser at width ``n``, where settings may be powers of n: then all amounts are numbers."""
        given = {s.name: getattr(self, s.name) for s in self.settings() if s.amount}
        found = {name: amount_at(amount, n) for name, amount in given.items() if not isinstance(amount, float)}
        return replace(self, **found) if found else self

    def times(self, factor: Any) -> Self:
        """The optimiser with ``eta`` times ``factor``, a positive number or an array of one. Nothing is checked."""
        found = object.__new__(type(self))
        for f in fields(self):
            object.__setattr__(found, f.name, getattr(self, f.name))
        object.__setattr__(found, "eta", self.eta * factor)
        return found

    def raised(self, rates: Scale) -> Self:
        """The optimiser where ``eta`` is times ``rates``, for a calculus in which those of the program are, too."""
        return self

    def within(self, steps: int) -> Self:
        """The optimiser for runs of at most ``steps`` steps, which may bound the size of its state."""
        return self

    def kept(self, rows: int, columns: int) -> int:
        """About how many numbers the state has for a weight that is an array with so many ``rows`` and ``columns``."""
        return rows * columns

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """All settings, the learning rate ``eta`` first."""
        return settings_of(cls)

    @property
    def values(self) -> dict[str, Any]:
        """The values of all settings by their name."""
        return {s.name: getattr(self, s.name) for s in self.settings()}

    @property
    def identity(self) -> str:
        """Name and settings with all digits; part of the key in the store."""
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"

    @property
    def shipped(self) -> bool:
        """Whether this package defines it. The store takes the code of these into account."""
        return type(self).__module__.startswith(f"{__package__}.")

    @property
    def json(self) -> dict[str, str | float | dict[str, float] | dict[str, str]]:
        """Name and settings, as JSON has them."""
        return {"optimizer": self.name, **{s.key: _plain(getattr(self, s.name)) for s in self.settings()}}

    @property
    def described(self) -> list[str]:
        """The settings in words: the learning rate, and those that differ from their default."""
        first, *more = self.settings()
        shown = [first, *(s for s in more if getattr(self, s.name) != s.default)]
        return [_said(s.label, getattr(self, s.name)) for s in shown]

    def require(self, weights: Collection[str]) -> None:
        """Raises TpError TP513 where a setting names a weight that is none of ``weights``."""
        for declared in self.settings():
            if isinstance(declared.default, ByWeight):
                for name in getattr(self, declared.name):
                    if not any(covers(name, weight) for weight in weights):
                        hint = f"weights: {', '.join(weights)}"
                        raise error("TP513", f"{declared.label} {name}: no weight is called {name}", hint=hint)

    @property
    def named(self) -> tuple[str, ...]:
        """The names of weights, families and functions in settings."""
        return tuple(name for s in self.settings() if isinstance(s.default, ByWeight) for name in getattr(self, s.name))

    @abstractmethod
    def init(self, params: Weights) -> Any:
        """The state before the first step, a tree of arrays, for weights ``params``."""

    @abstractmethod
    def update(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float]
    ) -> tuple[Weights, Any]:
        """(updates, state) of one step: pure, and compiled by JAX. Updates are added to the weights.

        ``gradients`` are those of the mean cost of a batch, and ``rates`` are Λ, a number for each weight. Where the
        optimiser is :attr:`linear`, an array may also be coefficients: [1 + outer products] of one weight, the first of
        which belongs to its initial value, or [samples, components] outputs, by the name of the first of all weights
        that are :meth:`alike`.
        """

    def step(
        self, gradients: Weights, state: Any, params: Weights, rates: Mapping[str, float], s: Any, norm: Any = None
    ) -> tuple[Weights, Any]:
        """(updates, state) of step number ``s`` = 0, 1, ...: :meth:`update` with clipping and warm-up around it.

        Arrays may have axes of draws first, then those of the weight. ``norm`` [...draws] is that of the gradient of
        all weights; it has to be given where ``gradients`` are not arrays of all weights.
        """
        if self.clip and norm is None:
            norm = clipping.norm(gradients, self.sides_of)
        gradients, _ = self.clipped(gradients, norm)
        updates, state = self.update(gradients, state, params, rates)
        return self.warmed(updates, s), state

    def clipped(self, gradients: Weights, norm: Any) -> tuple[Weights, Any]:
        """``gradients`` and their ``norm``, scaled down to a norm of at most ``clip``."""
        if not self.clip:
            return gradients, norm
        share = clipping.share(norm, as_number(self.clip))
        return {name: times(gradient, share) for name, gradient in gradients.items()}, norm * share

    def warmed(self, updates: Weights, s: Any) -> Weights:
        """``updates`` of step number ``s`` times the share of the learning rate that it has."""
        if not self.warmup:
            return updates
        share = warmup.share(s, as_number(self.warmup))
        return {name: times(update, share) for name, update in updates.items()}

    @property
    def needs_weights(self) -> bool:
        """Whether :meth:`update` depends on weights, beside their gradients and the state."""
        return True

    @property
    def shrinks(self) -> bool:
        """Whether every step shrinks some weights, as weight decay does."""
        return False

    def shrinkage(self, weight: str) -> float | Scale:
        """How fast steps shrink ``weight``, in any unit: 0.0 where they do not, equal for weights that decay alike."""
        return float(self.shrinks)

    def alike(self, weight: str) -> Hashable:
        """Equal for weights that :meth:`update` treats alike, where it is :attr:`linear`."""
        return self.shrinkage(weight)

    @property
    def clips(self) -> bool:
        """Whether steps need the norm of the gradient of all weights."""
        return bool(self.clip)

    def in_factors(self, weight: str, rank: int) -> InFactors | None:
        """How updates of ``weight`` stay in factors where a gradient has ``rank`` outer products; None if they do not.

        Then the weight is an array. :class:`InFactors` says what :meth:`update` acts on otherwise.
        """
        return InFactors.COEFFICIENTS if self.linear else None

    def rule(self, weight: Parameter) -> Rule:
        """What becomes of the gradient of ``weight``, for the order calculus. Only powers of n count, not constants.

        Raises TpError TP514 where that is not known.
        """
        raise error("TP514", f"the orders of training with {self.name} are unknown", hint="tp train does not need them")

    @property
    def safeguards(self) -> tuple[str, ...]:
        """Settings that count as 0 in the order calculus although they are not, as sentences."""
        small = [(s.label, getattr(self, s.name)) for s in self.settings() if s.amount and s.name == "eps"]
        return tuple(
            f"{self.name}: {label} = {amount:g} keeps quotients from 0 / 0, and counts as 0 at all widths"
            for label, amount in small
            if isinstance(amount, float) and amount and safeguard(amount) is None
        )

    def share(self, weight: str) -> Scale | None:
        """The share of ``weight`` that a step takes away beside its update; None where it takes none."""
        return None

    def limits(self, weight: str) -> tuple[Scale, ...]:
        """The norms of the gradient of all weights above which the gradient of ``weight`` is scaled down."""
        return (as_scale(self.clip),) if self.clip else ()

    def ramps(self, weight: str) -> Scale:
        """The steps over which the learning rate of ``weight`` rises, up to a constant: 1 where they are few."""
        found = as_scale(self.warmup)
        return found if self.warmup and found.exponent > 0 else ONE


def _plain(value: Value) -> str | float | dict[str, float]:
    """A setting as JSON has it."""
    if isinstance(value, Scale):
        return write_scale(value)
    return str(value) if isinstance(value, Fraction) else dict(value) if isinstance(value, ByWeight) else value


def _said(label: str, value: Value) -> str:
    """A setting in words."""
    if isinstance(value, bool):
        return label if value else f"no {label}"
    if isinstance(value, ByWeight | str):
        return f"{label} {value}"
    if isinstance(value, Scale):
        return f"{label} {write_scale(value)}"
    return f"{label} n^({value})" if isinstance(value, Fraction) else f"{label} {value:g}"
