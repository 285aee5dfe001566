"""The equations of one sample, from those of a batch: each with one entry along the axis of the samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tp.imports.recognise.batch_axes import Samples, relocated, sources
from tp.imports.traced.edges import ends
from tp.imports.traced.equation import Equation, Input, Known, Operand, Place, Traced, Value
from tp.imports.traced.fresh import Fresh
from tp.imports.traced.simplify import needed


class Meet(Exception):
    """Samples are no samples: an equation mixes them, or treats them differently."""

    def __init__(self, primitive: str, place: Place, differ: bool) -> None:
        super().__init__()
        self.primitive = primitive
        self.place = place
        self.differ = differ

    def note(self, count: int) -> str:
        file = self.place.file.rsplit("/", 1)[-1]
        where = f"{self.primitive} ({file}:{self.place.line}  {self.place.text})" if file else self.primitive
        how = "they are treated differently" if self.differ else "they meet"
        return f"axis 0 of the inputs ({count} entries) is kept: if these are samples, {how} in {where}"


class Steps:
    """Walks the equations, with the place of the samples in every value that depends on them."""

    def __init__(self, traced: Traced, count: int) -> None:
        self.before = traced
        self.count = count
        self.equations: list[Equation] = []
        self.made = {result: equation for equation in traced.equations for result in equation.results}
        self.samples: dict[Value, Samples] = {}
        self.instead: dict[Value, Value] = {}
        self.shared: dict[tuple[Value, Samples], Value] = {}
        self.fresh = Fresh(traced)

    def traced(self) -> Traced:
        """The equations of one sample. Raises Meet where there is no such thing."""
        inputs = tuple(self._input(given) for given in self.before.inputs)
        for equation in self.before.equations:
            self._step(equation)
        outputs = tuple(
            (name, self.instead.get(operand, operand) if isinstance(operand, Value) else operand)
            for name, operand in self.before.outputs
        )
        equations = needed(self.equations, [operand for _, operand in outputs])
        return replace(self.before, inputs=inputs, equations=equations, outputs=outputs)

    def where(self, operand: Operand) -> Samples | None:
        """Where the samples are in an operand that depends on them."""
        return self.samples.get(operand) if isinstance(operand, Value) else None

    def _input(self, given: Input) -> Input:
        samples = Samples(self.count, 0)
        if given.value.shape[:1] != (samples.size,):
            return given
        return replace(given, value=self._bind(given.value, samples))

    def _bind(self, value: Value, samples: Samples) -> Value:
        self.samples[value] = samples
        self.instead[value] = replace(value, shape=samples.one(value.shape))
        return self.instead[value]

    def _step(self, equation: Equation) -> None:
        here = [self.where(operand) for operand in equation.operands]
        if not any(here):
            self.equations.append(equation)
            return
        samples, places = self._result(equation, here)
        operands: list[Operand] = []
        for operand, place in zip(equation.operands, places, strict=True):
            if isinstance(operand, Value) and operand in self.instead:
                operands.append(self.instead[operand])
            else:
                operands.append(operand if place is None else self._same_for_all(operand, place, equation))
        results = tuple(self._bind(each, samples) for each in equation.results)
        self.equations.append(_smaller(equation, operands, results, places))

    def _result(self, equation: Equation, here: list[Samples | None]) -> tuple[Samples, list[Samples | None]]:
        """Where samples are in the results, and where they are in the operands."""
        given = next(each for each in here if each)
        if equation.primitive == "reshape":
            candidates = [relocated(given, equation.operands[0].shape, equation.results[0].shape, self.before.widths)]
        else:
            candidates = [given.at(axis) for axis in range(len(equation.results[0].shape))]
        for samples in candidates:
            if samples is None or equation.results[0].shape[samples.axis] != samples.size:
                continue
            places = sources(equation, samples, self.before.widths)
            if places and all(each is None or each == place for each, place in zip(here, places, strict=True)):
                return samples, places
        raise Meet(equation.primitive, equation.place, differ=False)

    def _same_for_all(self, operand: Operand, samples: Samples, reader: Equation) -> Operand:
        """What does not depend on samples, and is the same for all of them, without their axis."""
        if isinstance(operand, Known):
            found = _known(operand, samples)
            if found is None:
                raise Meet(reader.primitive, reader.place, differ=True)
            return found
        if (operand, samples) not in self.shared:
            maker = self.made.get(operand)
            places = sources(maker, samples, self.before.widths) if maker and len(maker.results) == 1 else None
            if maker is None or places is None:
                raise Meet(reader.primitive, reader.place, differ=True)
            operands = [
                each if place is None else self._same_for_all(each, place, reader)
                for each, place in zip(maker.operands, places, strict=True)
            ]
            result = self.fresh.value(samples.one(operand.shape), operand.kind)
            self.equations.append(_smaller(maker, operands, (result,), places))
            self.shared[operand, samples] = result
        return self.shared[operand, samples]


def _known(known: Known, samples: Samples) -> Known | None:
    """A constant for one sample; None where samples differ."""
    shape = samples.one(known.shape)
    if known.table is None:
        return replace(known, shape=shape) if known.number is not None else None
    table, axis = np.asarray(known.table), samples.axis
    if table.shape[axis] != 1:  # one entry: the same along a wide axis
        outer, inner = samples.outer, samples.inner
        if outer.wide or inner.wide:
            return None
        split = (*table.shape[:axis], outer.finite, samples.count, inner.finite, *table.shape[axis + 1 :])
        parts = table.reshape(split)
        first = np.take(parts, [0], axis + 1)
        if not bool((parts == first).all()):
            return None
        table = first.reshape((*table.shape[:axis], outer.finite * inner.finite, *table.shape[axis + 1 :]))
    return replace(known, shape=shape, table=table)


def _smaller(
    equation: Equation, operands: list[Operand], results: tuple[Value, ...], places: list[Samples | None]
) -> Equation:
    """``equation`` of one sample."""
    params: Mapping[str, Any] = equation.params
    shape = ends(results[0].shape)
    match equation.primitive:
        case "broadcast_in_dim":
            params = {**params, "shape": shape}
        case "reshape":
            params = {**params, "new_sizes": shape}
        case "slice":
            (place,) = places
            limits = list(params["limit_indices"])
            if place is not None:
                limits[place.axis] = shape[place.axis]
            params = {**params, "limit_indices": tuple(limits)}
        case "gather":
            place, _ = places
            sizes = list(params["slice_sizes"])
            if place is not None:
                sizes[place.axis] = ends(operands[0].shape)[place.axis]
            params = {**params, "slice_sizes": tuple(sizes)}
        case _:
            pass
    return replace(equation, operands=tuple(operands), params=params, results=results)
