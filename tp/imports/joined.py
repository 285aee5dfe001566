"""Weights with an axis of n + d rows, which multiply a wide value and a finite one that are joined.

Their axis is no power of n, so such a weight becomes two: one for each value. ``concatenate([x, h]) @ W`` is then read
as a sum of two products. An optimiser moves the two by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.laws.initial import FIXED, PIECES, Initial
from tp.imports.module import Module
from tp.imports.traced.fits import sizes_of
from tp.imports.traced.tracing import Path, path_of

Sizes = Sequence[int]


@dataclass(frozen=True, slots=True)
class Parts:
    """Modules by width. The weights at ``cut`` are cut in two, and the paths of their parts end with 0 and 1."""

    modules: Mapping[int, Module]
    cut: frozenset[Path]

    def whole(self, path: Path) -> Path:
        """The path of the weight that the one at ``path`` is a part of, or ``path``."""
        return path[:-1] if path[:-1] in self.cut else path

    def laws(self, laws: Mapping[Path, Initial]) -> dict[Path, Initial]:
        """Laws of all weights from those of whole ones: entries of a part have the law of entries of the whole.

        Raises TpError TP907 for a weight whose entries depend on each other, or have different laws.
        """
        found: dict[Path, Initial] = {}
        for path, law in laws.items():
            if path not in self.cut:
                found[path] = law
                continue
            if law.law in (FIXED, PIECES, "orthogonal"):
                message = f"the initial law of {'/'.join(path)} cannot be written: its rows belong to two values"
                hint = "initialise the rows of either value as a weight of its own, and add the two products"
                raise error("TP907", message, hint=hint)
            found |= {(*path, "0"): law, (*path, "1"): law}
        return found


@dataclass(frozen=True, slots=True)
class _Joint:
    """A leaf of the tree of weights with an axis of a multiple of n and ``finite`` further entries."""

    leaf: int
    axis: int
    finite: int

    def parts(self, array: Any, *, finite_first: bool) -> tuple[Any, ...]:
        """The two parts of the array, at any width."""
        import jax.numpy as jnp

        edge = self.finite if finite_first else array.shape[self.axis] - self.finite
        return tuple(jnp.split(array, [edge], self.axis))


def apart(modules: Mapping[int, Module]) -> Iterator[Parts]:
    """``modules`` with such weights cut in two, the finite part first; then with the wide part first.

    Nothing where there are no such weights.
    """
    trees = {n: _leaves(module) for n, module in modules.items()}
    joints = _joints({n: [shape for _, shape in leaves] for n, leaves in trees.items()})
    first = next(iter(trees.values()))
    paths = frozenset(first[joint.leaf][0] for joint in joints)
    for finite_first in (True, False) if joints else ():
        cut = {n: _cut(module, joints, paths, finite_first=finite_first) for n, module in modules.items()}
        yield Parts(cut, paths)


def _leaves(module: Module) -> list[tuple[Path, tuple[int, ...]]]:
    """The path and the shape of every weight."""
    import jax

    shapes = jax.eval_shape(module.init, jax.random.key(0))
    return [(path_of(keys), leaf.shape) for keys, leaf in jax.tree_util.tree_flatten_with_path(shapes)[0]]


def _joints(shapes: Mapping[int, Sequence[Sizes]]) -> list[_Joint]:
    """Axes of n + d entries, at most one of a leaf."""
    widths, each = list(shapes), list(shapes.values())
    if any([len(shape) for shape in one] != [len(shape) for shape in each[0]] for one in each):
        return []
    found: list[_Joint] = []
    for leaf, first in enumerate(each[0]):
        joints = (_joint(leaf, axis, [one[leaf][axis] for one in each], widths) for axis in range(len(first)))
        found += [joint for joint in joints if joint is not None][:1]
    return found


def _joint(leaf: int, axis: int, seen: Sizes, widths: Sizes) -> _Joint | None:
    """The sizes that were ``seen`` as a multiple of n and a positive number. None where they are no such sum."""
    if sizes_of(seen, widths):
        return None
    wide = Fraction(seen[1] - seen[0], widths[1] - widths[0])
    finite = seen[0] - wide * widths[0]
    if wide <= 0 or finite <= 0 or finite.denominator != 1:
        return None
    fits = (wide * n + finite == size and (wide * n).denominator == 1 for n, size in zip(widths, seen, strict=True))
    return _Joint(leaf, axis, int(finite)) if all(fits) else None


def _cut(module: Module, joints: Sequence[_Joint], paths: Collection[Path], *, finite_first: bool) -> Module:
    """``module`` with a pair of arrays in place of each of these leaves."""
    import jax
    import jax.numpy as jnp

    tree = jax.tree.structure(jax.eval_shape(module.init, jax.random.key(0)))
    by_leaf = {joint.leaf: joint for joint in joints}

    def cut(weights: Any) -> Any:
        leaves: list[Any] = tree.flatten_up_to(weights)
        for leaf, joint in by_leaf.items():
            leaves[leaf] = joint.parts(leaves[leaf], finite_first=finite_first)
        return tree.unflatten(leaves)

    def apply(weights: Any, *inputs: Any) -> Any:
        leaves: list[Any] = tree.flatten_up_to(weights)
        for leaf, joint in by_leaf.items():
            leaves[leaf] = jnp.concatenate(leaves[leaf], joint.axis)
        return module.apply(tree.unflatten(leaves), *inputs)

    def init(key: Any) -> Any:
        return cut(module.init(key))

    def weights(given: Any) -> Any:
        return cut(module.weights(given))

    def frozen(path: Path) -> bool:
        return module.frozen(path[:-1] if path[:-1] in paths else path)

    return replace(module, init=init, apply=apply, weights=weights, frozen=frozen)
