"""exp(x) / sum(exp(x)) over an axis, with a mask where scores are replaced by large negative numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tp.imports.recognise.graph import Makers, scalar, substituted
from tp.imports.traced.equation import Equation, Known, Operand, Traced, Value
from tp.ndarray import NDArray

SOFTMAX = "softmax"
"""The primitive of recognised ones. ``params``: ``axis``; ``kept``: a constant that is True where scores count, or
None; ``even``: whether one finite number stands for all others, so that weights are equal where no score counts."""

HIDDEN_SOFTMAX = "hidden_softmax"
"""The primitive of those whose mask is no constant. Operands: scores, and truth values. ``params``: ``axis``;
``hides``: whether the truth values say which scores do not count; ``even`` as above."""

HIDDEN = -1e4
"""Scores from this number down have no weight."""


def with_softmax(traced: Traced) -> Traced:
    """``traced`` with one equation for each softmax."""
    makers = Makers(traced)
    found = [_softmax(each, makers) or each if each.primitive == "div" else each for each in traced.equations]
    return substituted(traced, {}, found)


def _softmax(equation: Equation, makers: Makers) -> Equation | None:
    above, below = equation.operands
    raised = makers.maker(above, "exp")
    total = makers.maker(makers.source(below), "reduce_sum")
    if raised is None or total is None or len(total.params["axes"]) != 1:
        return None
    (axis,) = total.params["axes"]
    if not isinstance(above, Value) or not _repeats(below, above, axis, makers):
        return None
    if total.operands[0] is above and (found := _hidden_by_values(raised.operands[0], makers)) is not None:
        operands, settings = found
        return replace(equation, primitive=HIDDEN_SOFTMAX, operands=operands, params={"axis": axis, **settings})
    scores, kept, even = _masked(raised.operands[0], makers)
    if total.operands[0] is not above and not _hidden_again(total.operands[0], above, kept, makers):
        return None
    return replace(equation, primitive=SOFTMAX, operands=(scores,), params={"axis": axis, "kept": kept, "even": even})


def _repeats(below: Operand, above: Value, axis: int, makers: Makers) -> bool:
    """Whether the sums stand beside the entries that they are sums of: only ``axis`` has one entry, or is repeated."""
    shape = [1 if k == axis else size.at(64) for k, size in enumerate(above.shape)]
    step = makers.maker(below, "broadcast_in_dim", "reshape", "expand_dims")
    while step is not None:
        if step.primitive == "broadcast_in_dim":
            wanted = [k for k in range(len(above.shape)) if k != axis]
            places = list(step.params["broadcast_dimensions"])
            if places not in (wanted, list(range(len(above.shape)))):
                return False
        elif [size.at(64) for size in step.results[0].shape] != shape:
            return False
        step = makers.maker(step.operands[0], "broadcast_in_dim", "reshape", "expand_dims")
    return True


def _masked(operand: Operand, makers: Makers) -> tuple[Operand, Known | None, bool]:
    """The scores, which of them count (None: all do), and whether one finite number stands for all that do not."""
    chosen = makers.maker(operand, "select_n")
    if chosen is not None and len(chosen.operands) == 3:
        which, below, above = chosen.operands
        if isinstance(which, Known) and which.table is not None:
            kept = np.asarray(which.table, bool)
            if _hidden(below):
                return above, replace(which, table=kept), scalar(below) != float("-inf")
            if _hidden(above):
                return below, replace(which, table=~kept), scalar(above) != float("-inf")
    added = makers.maker(operand, "add")
    if added is not None:
        for scores, bias in (added.operands, added.operands[::-1]):
            if isinstance(bias, Known) and bias.table is not None and not isinstance(scores, Known):
                numbers = np.asarray(bias.table, np.float64)
                if bool(((numbers == 0) | (numbers <= HIDDEN)).all()):
                    return scores, replace(bias, table=numbers == 0, kind="bool"), False
    return operand, None, False


def _hidden_by_values(operand: Operand, makers: Makers) -> tuple[tuple[Operand, Operand], dict[str, bool]] | None:
    """Scores and truth values that are no constant, with what to say of them."""
    chosen = makers.maker(operand, "select_n")
    if chosen is None or len(chosen.operands) != 3 or isinstance(chosen.operands[0], Known):
        return None
    which, below, above = chosen.operands
    if len(which.shape) != len(operand.shape):
        return None
    for hidden, scores, hides in ((below, above, False), (above, below, True)):
        if _hidden(hidden) and isinstance(scores, Value):
            return (scores, which), {"hides": hides, "even": scalar(hidden) != float("-inf")}
    return None


def _hidden_again(summed: Operand, above: Value, kept: Known | None, makers: Makers) -> bool:
    """Whether ``summed`` is ``above`` with zeros where scores are hidden, where it has zeros already."""
    chosen = makers.maker(summed, "select_n")
    if chosen is None or kept is None or len(chosen.operands) != 3:
        return False
    which, one, other = chosen.operands
    if not isinstance(which, Known) or which.table is None:
        return False
    shown = np.asarray(which.table, bool)
    assert kept.table is not None
    if other is above and scalar(one) == 0:
        return np.array_equal(shown, kept.table)
    return one is above and scalar(other) == 0 and np.array_equal(~shown, kept.table)


def _hidden(operand: Operand) -> bool:
    number = scalar(operand)
    return number is not None and number <= HIDDEN


def is_causal(kept: NDArray[np.generic]) -> bool:
    """Whether entry (t, s) counts where s <= t."""
    return kept.ndim == 2 and kept.shape[0] == kept.shape[1] and bool((kept == np.tri(*kept.shape, dtype=bool)).all())
