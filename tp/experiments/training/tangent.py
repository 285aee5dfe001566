"""The linear model of an optimiser that is not linear: the initial gradients J_0 of all samples, and a move δ.

A weight moves as an array, or in factors (:class:`~tp.optimizers.in_factors.InFactors`). J_0 is in the span of fixed
rows, so ``COORDINATES`` are those of these rows, and everything is small. For ``OUTER`` weights nothing is kept but
their part of the outputs, z = J_0 θ: an update is a sum of outer products, whose inner products with J_0 change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tp.experiments.training.coordinates import as_weight, initial, of_rows
from tp.experiments.training.gradients import Parts, Rows, combined, image
from tp.experiments.training.linear_model import Line, LinearModel, Outputs, Picked, Signal
from tp.matrix_free.orthonormal import products
from tp.namespace import namespace
from tp.optimizers.in_factors import Outer
from tp.optimizers.sides import Sides


class Products(NamedTuple):
    """J_0 of an ``OUTER`` weight: ``left`` and ``right`` [..., components * samples, rank, entries].

    ``common`` is the side that is the same for all components of the output, 0 for left and 1 for right, or None.
    """

    left: Any
    right: Any
    common: int | None

    def gradient(self, picked: Picked, signal: Signal, samples: int) -> Outer:
        """The gradient for error signals [..., batch, components]."""
        components = signal.shape[-1]
        weights = signal.swapaxes(-1, -2)[..., None, None]  # [..., components, batch, 1, 1]
        sides: list[Any] = []
        for side, rows in enumerate((self.left, self.right)):
            apart = rows.reshape((*rows.shape[:-3], components, samples, *rows.shape[-2:]))[..., picked, :, :]
            carries = side == (0 if self.common is None else 1 - self.common)
            found = weights * apart if carries else apart
            if self.common is not None:
                found = found.sum(-4) if carries else found[..., 0, :, :, :]
            sides.append(found.reshape((*rows.shape[:-3], -1, rows.shape[-1])))
        return Outer(*sides)

    def image(self, update: Outer) -> Any:
        """The inner products of J_0 with the outer products of ``update``, [..., components * samples]."""
        lefts, rights = (
            products(rows.reshape((*rows.shape[:-3], -1, rows.shape[-1])), other)
            for rows, other in ((self.left, update.left), (self.right, update.right))
        )
        *before, many, rank, _ = self.left.shape
        return (lefts * rights).reshape((*before, many, rank, -1)).sum((-2, -1))


@dataclass(frozen=True)
class Tangent(LinearModel):
    """J_0 has a leading axis [components * samples].

    ``gradients`` are J_0 as arrays, or in coordinates for weights in ``mixed``; ``outer`` has it for the rest.
    ``radial`` are J_0 θ_0 of weights in factors that shrink, and ``sides`` those of all weights.
    """

    gradients: Parts
    mixed: Mapping[str, Any]
    outer: Mapping[str, Products]
    radial: Mapping[str, Outputs]
    rates: Mapping[str, float]
    sides: Mapping[str, Sides]

    def begin(self, weights: Mapping[str, Any]) -> Line:
        arrays = {name: w for name, w in weights.items() if name not in self.outer and name not in self.mixed}
        arrays |= self.mixed
        begun = {**arrays, **{name: Outer.itself(*self._rows(name)) for name in self.outer}}
        along = {name: self.radial.get(name, namespace(self.start).zeros_like(self.start)) for name in self.outer}
        return Line(self.start, self.optimizer.init(begun), {**arrays, **along})

    def _rows(self, name: str) -> tuple[Any, Any]:
        left, right, _ = self.outer[name]
        return left[..., 0, :, :], right[..., 0, :, :]

    def moved(self, line: Line, picked: Picked, signal: Signal, s: Any) -> Line:
        xp, (*before, samples, components) = namespace(signal), self.start.shape
        shapes = {name: w.shape for name, w in line.weights.items() if name not in self.outer}
        places = (xp.arange(components)[:, None] * samples + picked).reshape(-1)
        seen = self.gradients.with_each(lambda leaf: leaf[..., places, :], lambda row: row[..., places, :, :])
        gradient = combined(seen, signal.swapaxes(-1, -2).reshape((*before, -1)), shapes)
        gradient |= {name: rows.gradient(picked, signal, samples) for name, rows in self.outer.items()}
        squares: Any = (
            sum(self._squared(name, part) for name, part in gradient.items()) if self.optimizer.clips else 0.0
        )
        norm = xp.sqrt(squares) if self.optimizer.clips else None
        whole = {name: Outer.itself(*self._rows(name)) for name in self.outer}
        updates, state = self.optimizer.step(gradient, line.state, {**line.weights, **whole}, self.rates, s, norm)
        weights = {name: w for name, w in line.weights.items() if name not in self.outer}
        if self.optimizer.needs_weights:
            weights = {name: w + updates[name] for name, w in weights.items()}
        change = self._by_sample(image(self.gradients, updates)) if shapes else 0.0
        for name in self.mixed:
            if name in self.radial:
                corner = self.sides[name].matrix(updates[name])[..., 0, 0]
                change = change + corner[..., None, None] * self.radial[name]
        for name, rows in self.outer.items():
            own = self._by_sample(rows.image(updates[name])) + updates[name].share * line.weights[name]
            weights[name] = line.weights[name] + own
            change = change + own
        return Line(line.outputs + change, state, weights)

    def _squared(self, name: str, part: Any) -> Any:
        return part.squared() if isinstance(part, Outer) else self.sides[name].squared(part)

    def _by_sample(self, found: Any) -> Any:
        """[..., components * samples] as [..., samples, components]."""
        *before, samples, components = self.start.shape
        return found.reshape((*before, components, samples)).swapaxes(-1, -2)


def in_coordinates(xp: Any, rows: Rows, sides: Sides, kind: Any) -> tuple[Rows, Any]:
    """J_0 of one weight in coordinates, with a place for the initial weight, and the initial weight in them."""
    found: list[Any] = []
    for array in rows:
        *before, many, rank, size = array.shape
        made = of_rows(array.reshape((*before, many * rank, size)))
        made = xp.pad(made, [(0, 0)] * (made.ndim - 1) + [(1, 0)])
        found.append(made.reshape((*before, many, rank, -1)))
    left, right = found
    start = initial(xp, tuple(left.shape[:-3]), left.shape[-1] - 1, right.shape[-1] - 1, kind)
    return Rows(left, right), as_weight(start, sides)
