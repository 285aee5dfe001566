"""A gradient program at one width as a function of weights and samples, which are arrays of NumPy or of JAX.

Here the samples axis comes first, after an axis of draws if there is one. In graphs it is the last axis of inputs, and
any axis of outputs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from tp.experiments.training.gradients import Parts, Rows
from tp.experiments.training.programs import SEED, TARGET, Gradient
from tp.graph.axes import SAMPLES, Type, names, without
from tp.interpret.arrays.evaluate import stepper
from tp.primitives.arrays import aligned


class Values(NamedTuple):
    """The values of one evaluation, all with ``draws`` first.

    ``output`` is [samples, ...axes of the output], features are [samples, entries], and ``radial`` is by group
    [samples].
    """

    output: Any
    features: dict[str, Any]
    gradient: Parts
    radial: dict[str, Any]


class Evaluation:
    """The gradient program ``of`` at width ``n``, in numbers of the dtype ``kind``.

    ``xp`` is the namespace of the arrays. For NumPy ``draws`` may be an axis of draws made side by side, which the
    inputs in ``random`` have, too.
    """

    def __init__(
        self, of: Gradient, n: int, kind: Any, xp: Any, draws: Type = (), random: Collection[str] = ()
    ) -> None:
        self.of, self.n, self.kind, self.draws, self.xp = of, n, kind, draws, xp
        self._evaluate = stepper(of.graph, of.roots, n, kind, draws=draws, fused=xp is np, random=random)
        axes = of.graph.type(of.output)
        self._place = names(axes).index(SAMPLES)
        (self._samples,) = _sampled(axes)
        self._shape = tuple(a.at(n) for a in without(axes, [SAMPLES]))

    def step(
        self, weights: Mapping[str, Any], inputs: Mapping[str, Any], targets: Any, moves: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Values]:
        """For a program with error signals, with ``targets`` [samples, ...axes of the output]."""
        return self._run(weights, inputs, {TARGET: self._ordered(targets), **moves})

    def component(
        self, weights: Mapping[str, Any], inputs: Mapping[str, Any], component: Any, moves: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Values]:
        """For a program without error signals: the gradient of the flattened output at index ``component``."""
        one = (self.xp.arange(prod(self._shape)) == component).astype(self.kind).reshape(self._shape)
        seed = self.xp.broadcast_to(one, (self._samples.at(self.n), *self._shape))
        return self._run(weights, inputs, {SEED: self._ordered(seed), **moves})

    def outputs(
        self, weights: Mapping[str, Any], inputs: Mapping[str, Any], moves: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Any]:
        """For a program without a gradient: the outputs [samples, ...axes of the output]."""
        known, found = self._run(weights, inputs, moves)
        return known, found.output

    def _run(
        self, weights: Mapping[str, Any], inputs: Mapping[str, Any], more: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Values]:
        """The weights, matrix-free ones with their new products, and the values."""
        given = {name: self.xp.moveaxis(array, 0, -1) for name, array in inputs.items()}
        values, known = self._evaluate(dict(weights), {**given, **more})
        return known, self._read(values)

    def _ordered(self, array: Any) -> Any:
        """[samples, ...axes of the output] with the samples where the output has them."""
        return self.xp.moveaxis(array, 0, self._place)

    def _read(self, values: Sequence[Any]) -> Values:
        of = self.of
        found = dict(zip(of.roots, values, strict=True))
        features = {
            name: self._flat(found, node, _sampled(of.graph.type(node)), without(of.graph.type(node), [SAMPLES]))
            for name, node in of.features.items()
        }
        before = len(self.draws)
        output = self.xp.moveaxis(found[of.output], before + self._place, before)
        radial = {group: self._flat(found, node, (self._samples,), None) for group, node in of.radial.items()}
        leaves = {name: self._leaf(found, name, node) for name, node in of.gradient.leaves.items()}
        return Values(
            output, features, Parts(leaves, {name: self._rows(found, name) for name in of.gradient.factors}), radial
        )

    def _leaf(self, found: Mapping[int, Any], name: str, node: int) -> Any:
        """The gradient of a weight that is read: [..., entries], with the samples first if they are apart."""
        axes, weight = self.of.graph.type(node), self.of.graph.parameters[name]
        return self._flat(found, node, _sampled(axes) if self.of.apart else (), (*weight.outs, *weight.ins))

    def _rows(self, found: Mapping[int, Any], name: str) -> Rows:
        """The gradient of a weight that is applied."""
        weight = self.of.graph.parameters[name]
        leading = (self._samples,) if self.of.apart else ()
        left, right = list[Any](), list[Any]()
        for part in self.of.gradient.factors[name]:
            shared = self.of.shared(part.left, part.right, part.shared)
            before = [a.at(self.n) for a in (*self.draws, *leading)]
            shape = (*before, prod(a.at(self.n) for a in shared), -1)
            for node, sides, into in ((part.left, weight.outs, left), (part.right, weight.ins, right)):
                into.append(self._flat(found, node, (*leading, *shared), sides).reshape(shape))
        return Rows(*(side[0] if len(side) == 1 else self.xp.concatenate(side, axis=-2) for side in (left, right)))

    def _flat(self, found: Mapping[int, Any], node: int, leading: Type, rest: Type | None) -> Any:
        """The array of ``node`` as [...leading, entries along the rest], or [...leading] where the rest is None."""
        before, axes = (*self.draws, *leading), self.of.graph.type(node)
        order = (*before, *(rest or ()))
        shape = [a.at(self.n) for a in order]
        array = self.xp.broadcast_to(aligned(found[node], (*self.draws, *axes), order), shape)
        return array if rest is None else array.reshape((*(a.at(self.n) for a in before), -1))


def _sampled(axes: Type) -> Type:
    return tuple(a for a in axes if a.name == SAMPLES)
