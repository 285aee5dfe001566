"""The law of each weight at one width, from the expression that computes it, or from draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.laws.direction import direction
from tp.imports.laws.drawing import Weight, drawn, of_bits_alone
from tp.imports.laws.expressions import Node
from tp.imports.laws.independent import dependence
from tp.imports.laws.orthogonal import orthogonal
from tp.imports.laws.pieces import in_pieces, table
from tp.imports.laws.pointwise import Formula, evaluate, formula
from tp.imports.laws.quantiles import fitted, grid, precision, width_of
from tp.imports.laws.samples import told
from tp.imports.laws.seen import SINGLE, Seen
from tp.imports.laws.sparse import masked
from tp.ndarray import NDArray

SAMPLE = 2**18
"""How many numbers laws are told from, at least."""
DRAWS = range(16, 4096)
"""How many draws of a weight they are taken from."""
SEED = 20
HINT = "draw all entries independently, or as jax.nn.initializers.orthogonal does"


def looked(weights: Sequence[tuple[str, Node]], keys: Sequence[Node]) -> list[Seen]:
    """What is seen of each of ``weights``, pairs of a name for messages and a node; ``keys`` are those of ``init``.

    Raises TpError TP907 where no law is recognised.
    """
    formulas = [formula(node) for _, node in weights]
    quick = [one for one in formulas if one is not None and len(one.sources) <= 1]
    values = iter(evaluate(quick, [[grid(width_of(source)) for source in one.sources] for one in quick]))
    found: list[Seen] = []
    for (name, node), key, own in zip(weights, keys, formulas, strict=True):
        if own is not None and len(own.sources) <= 1:
            found.append(_of_one(own, node, next(values)))
        elif own is not None:
            found.append(_of_several(own, node))
        else:
            found.append(_of_whole(name, node, key))
    return found


def _of_one(own: Formula, node: Node, values: Any) -> Seen:
    array = np.asarray(values, float)
    if array.size == 1 or (array == array[0]).all():
        return Seen(node.shape, value=float(array.reshape(-1)[0]), error=SINGLE)
    (source,) = own.sources
    return Seen(node.shape, tuple(fitted(array, precision(node.dtype, width_of(source)))))


def _of_several(own: Formula, node: Node) -> Seen:
    """Entries are independent, and functions of several random numbers each."""
    random = np.random.default_rng(SEED)
    if (found := masked(own, random)) is not None:
        return found
    widths = [width_of(source) for source in own.sources]
    bits = [random.integers(0, 2**width - 1, 4 * SAMPLE, f"uint{width}", endpoint=True) for width in widths]
    values = np.asarray(evaluate([own], [bits])[0], float)
    return Seen(node.shape, tuple(told(values)), drawn=len(values))


def _of_whole(name: str, node: Node, key: Node) -> Seen:
    """Entries may depend on one another: the weight is drawn as a whole."""
    random, alone = np.random.default_rng(SEED), of_bits_alone(node)
    rounding = precision(node.dtype, 64).rounding
    if not alone:
        count = _count(node)
        draws = drawn(node, key, count, SEED)
        places = iter(draws)
        return orthogonal(lambda: next(places), rounding) or _of_draws(name, draws)
    weight = Weight(node)
    if not weight.sources:
        return table(weight([]))

    def draw() -> NDArray[np.float64]:
        return weight.drawn(random)

    found = orthogonal(draw, rounding) or direction(draw, rounding) or in_pieces(weight, random)
    if found is None:
        problem = "its entries are not independent, nor is it an orthogonal matrix"
        raise error("TP907", f"the initial law of {name} is not recognised: {problem}", hint=HINT)
    return found


def _count(node: Node) -> int:
    return min(max(-(-SAMPLE // node.size), DRAWS.start), DRAWS.stop)


def _of_draws(name: str, draws: NDArray[np.float64]) -> Seen:
    if (problem := dependence(draws)) is not None:
        raise error("TP907", f"the initial law of {name} is not recognised: {problem}", hint=HINT)
    return Seen(draws.shape[1:], tuple(told(draws.reshape(-1))), drawn=draws.size)
