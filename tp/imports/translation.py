"""A program text that was made of a module, and how arrays of one become arrays of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from tp.imports.recognise.batch_axes import Samples
from tp.imports.traced.sizes import Size


@dataclass(frozen=True, slots=True)
class Placed:
    """The array of a weight of the module as the array of a parameter.

    ``leaf`` counts leaves of the tree of weights from 0. Of its array the part ``cut`` is taken, a pair of edges for
    each axis or None for all of it. That is divided into axes of ``sizes``, which are put into the order ``order``.
    """

    parameter: str
    leaf: int
    path: tuple[str, ...]
    cut: tuple[tuple[Size, Size] | None, ...]
    sizes: tuple[Size, ...]
    order: tuple[int, ...]

    def array(self, leaf: Any, n: int) -> Any:
        """The array of the parameter at width ``n``, with the axes (outs, ins)."""
        for axis, edges in enumerate(self.cut):
            if edges is not None:
                start, stop = (edge.at(n) if edge.factor else 0 for edge in edges)
                leaf = leaf[(slice(None),) * axis + (slice(start, stop),)]
        return leaf.reshape([size.at(n) for size in self.sizes]).transpose(self.order)


@dataclass(frozen=True, slots=True)
class Fed:
    """An array of the module as an input of the program.

    ``hot`` is the size of the one-hot axis of indices. ``batched`` is whether axis 0 of the array are samples, of which
    the program has one.
    """

    name: str
    position: int
    sizes: tuple[Size, ...]
    hot: int | None
    batched: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """An output of the program as an array of the module.

    ``axes`` are names of axes for each array axis, or sizes along which it is repeated; ``shape`` are its sizes.
    ``samples`` is where the array of the module has samples, of which the program has one.
    """

    name: str
    axes: tuple[tuple[str | Size, ...], ...]
    shape: tuple[Size, ...]
    samples: Samples | None = None

    def array(self, array: Any, have: Sequence[str], n: int) -> Any:
        """The array of the module at width ``n``, of one sample, from that of the program with the axes ``have``."""
        wanted = [axis for dim in self.axes for axis in dim if isinstance(axis, str)]
        array = array.transpose([list(have).index(axis) for axis in wanted])
        shape = iter(array.shape)
        full = [next(shape) if isinstance(axis, str) else 1 for dim in self.axes for axis in dim]
        array = array.reshape(full)
        sizes = [s.at(n) for s in self.shape]
        repeats = [1 if isinstance(axis, str) else axis.at(n) for dim in self.axes for axis in dim]
        for place, count in enumerate(repeats):
            if count != 1:
                array = array.repeat(count, place)
        assert prod(sizes) == array.size
        return array.reshape(sizes)

    def together(self, arrays: Sequence[Any], n: int) -> Any:
        """The array of the module at width ``n`` from those of its samples."""
        import jax.numpy as jnp

        if self.samples is None:
            return arrays[0]
        axis, outer, inner = self.samples.axis, self.samples.outer.at(n), self.samples.inner.at(n)
        sizes = [s.at(n) for s in self.shape]
        before, after = sizes[:axis], sizes[axis + 1 :]
        parts = [array.reshape([*before, outer, inner, *after]) for array in arrays]
        return jnp.stack(parts, axis + 1).reshape([*before, outer * len(parts) * inner, *after])


@dataclass(frozen=True, slots=True)
class Translation:
    """A program text and the correspondence of arrays.

    ``notes`` are what was assumed, in sentences for people. ``batch`` is the number of samples that the module takes at
    once where the program takes one. Arrays of the program have then an axis of samples before all others.
    """

    name: str
    text: str
    placed: tuple[Placed, ...]
    fed: tuple[Fed, ...]
    given: tuple[Given, ...]
    notes: tuple[str, ...]
    batch: int | None = None

    def arrays(self, leaves: Sequence[Any], n: int) -> dict[str, Any]:
        """Arrays by parameter from the leaves of the weights of the module at width ``n``, NumPy or JAX alike."""
        return {each.parameter: each.array(leaves[each.leaf], n) for each in self.placed}

    def inputs(self, arrays: Sequence[Any], n: int) -> dict[str, Any]:
        """Arrays by input from the arguments of the module; indices become one-hot rows."""
        import numpy as np

        found: dict[str, Any] = {}
        for each in self.fed:
            array = arrays[each.position]
            shape = [s.at(n) for s in each.sizes]
            if each.hot is not None:
                array = np.eye(each.hot)[np.asarray(array)]
                shape.append(each.hot)
            elif array.dtype == bool:
                array = array.astype(np.float64)
            if self.batch is not None and not each.batched:
                array = array[None].repeat(self.batch, 0)
            found[each.name] = array.reshape(shape if self.batch is None else [self.batch, *shape])
        return found

    def outputs(self, values: Mapping[str, tuple[Any, Sequence[str]]], n: int) -> list[Any]:
        """Arrays of the module from arrays of the program, each with the names of its axes."""
        if self.batch is None:
            return [each.array(*values[each.name], n) for each in self.given]
        found: list[Any] = []
        for each in self.given:
            array, have = values[each.name]
            found.append(each.together([each.array(array[k], have, n) for k in range(self.batch)], n))
        return found
