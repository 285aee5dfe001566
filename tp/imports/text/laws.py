"""Initial laws as the language writes them."""

from __future__ import annotations

from collections.abc import Sequence

from tp.diagnostics.diagnostic import TpError, error
from tp.imports.laws.initial import FIXED, PIECES, Initial
from tp.imports.text.declared import DeclaredWeight
from tp.imports.text.numbers import written_number
from tp.imports.traced.sizes import Number


def law_text(initial: Initial | None, weight: DeclaredWeight) -> str:
    """The law of a weight, such as ``normal(0, 1/sqrt(n))``; without one it is ``normal(0, 1)``.

    Raises TP907 for a law that the language lacks.
    """
    if initial is None:
        return "normal(0, 1)"
    if initial.law == PIECES:
        initial = _piece(initial, weight)
    if initial.law == FIXED:
        raise _unknown(weight, "it starts with the same numbers for every key, and these differ from each other")
    mean = written_number(initial.mean)[0]
    if initial.law == "constant" or initial.deviation is None:
        return f"constant({mean})"
    deviation = written_number(initial.deviation)[0]
    if initial.law == "orthogonal":
        _require_sides(initial, weight)
        return f"orthogonal({deviation})"
    extra = [written_number(Number(each))[0] for each in initial.extra]
    text = f"{initial.law}({', '.join([mean, deviation, *extra])})"
    return text if initial.share is None else f"sparse({written_number(initial.share)[0]}, {text})"


def _piece(initial: Initial, weight: DeclaredWeight) -> Initial:
    """The law of a part of a weight. Raises TP907 where entries of this part have different laws."""
    cut = weight.weight.cut or tuple(None for _ in weight.weight.value.shape)
    found: list[Initial] = []
    for part in initial.parts:
        edges = cut[part.axis]
        if edges is None:
            found.append(part.law)
            continue
        start, stop = (edge.factor for edge in edges)
        first, last = part.start, part.stop
        if not part.indices:
            total = weight.weight.whole[part.axis].factor
            first, last = first * total, last * total
        if first < stop and start < last:
            found.append(part.law)
    if not found or any(_differs(each, found[0]) for each in found):
        raise _unknown(weight, "its entries have different laws, and it is used as a whole")
    return found[0]


def _differs(one: Initial, other: Initial) -> bool:
    return (one.law, one.mean, one.deviation, one.extra) != (other.law, other.mean, other.deviation, other.extra)


def _require_sides(initial: Initial, weight: DeclaredWeight) -> None:
    """Raises TP907 where the matrix that is orthogonal is not the one that the program applies."""
    if any(weight.weight.cut):
        raise _unknown(weight, "it is a part of an orthogonal matrix")
    if initial.sides is None:
        return
    outs = {_axis(weight, label) for label in weight.outs or ()}
    ins = {_axis(weight, label) for label in weight.ins}
    one, other = (_wide_or_long(weight, side) for side in initial.sides)
    if (outs, ins) not in ((one, other), (other, one)):
        raise _unknown(weight, "it is orthogonal as another matrix than the one that is applied")


def _axis(weight: DeclaredWeight, label: object) -> int:
    return next(k for k, labels in enumerate(weight.shape) if any(each is label for each in labels))


def _wide_or_long(weight: DeclaredWeight, axes: Sequence[int]) -> set[int]:
    """Those of ``axes`` that have more than one entry."""
    return {axis for axis in axes if weight.shape[axis]}


def _unknown(weight: DeclaredWeight, reason: str) -> TpError:
    path = "/".join(weight.weight.path)
    hint = "give all its entries one law of the language, or freeze it"
    return error("TP907", f"the initial law of {path} cannot be written: {reason}", hint=hint)
