"""Learning rates and optimisers of the weights of a module, as the language has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tp.imports.traced.sizes import Number
from tp.imports.traced.tracing import Path


@dataclass(frozen=True, slots=True)
class Statement:
    """``optimizer name(settings) for paths``. ``paths`` is None for all weights that no other statement names.

    ``settings`` are by name, as the language writes them: ``{"eta": "0.001", "beta1": "0.9"}``. ``decay`` is among them
    where all weights of the statement decay alike.
    """

    name: str
    settings: Mapping[str, str]
    paths: tuple[Path, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """How weights move in training.

    A step moves a weight by its ``rate`` times ``learning_rate`` times the ``eta`` of its statement times the update of
    the optimiser. Gradients are those of the user's own loss: the cost that the language divides by the number of
    samples, or by the number of outputs, has another scale, and rates of ``sgd`` are then in other units. The updates
    of ``adam``, ``sign``, ``lion``, ``lamb`` and ``muon`` do not depend on the scale of the loss.

    Fields:
        learning_rate: the global one; None where all of it is in ``rate`` and ``eta``.
        rate: by path of the weight; one that is not there has the rate 1, and 0 freezes.
        decay: weight decay λ by path where weights of one statement decay differently: a step shrinks the weight by
            eta times λ.
        optimizers: statements; none for plain gradient descent with eta 1.
        notes: for people.
    """

    learning_rate: Number | None = None
    rate: Mapping[Path, Number] = field(default_factory=dict[Path, Number])
    decay: Mapping[Path, Number] = field(default_factory=dict[Path, Number])
    optimizers: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()
