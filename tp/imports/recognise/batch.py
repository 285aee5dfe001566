"""A batch of samples that nothing mixes is left out: a program says how one sample is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tp.imports.recognise.batch_axes import Samples
from tp.imports.recognise.batch_steps import Meet, Steps
from tp.imports.traced.equation import Traced, Value
from tp.imports.traced.sizes import ONE


@dataclass(frozen=True, slots=True)
class OneSample:
    """What is computed of one sample.

    Fields:
        traced: the equations. Inputs and outputs have one entry along the axis of the batch.
        batch: the number of samples that the module takes at once; None where it has no batch that could be left out.
        batched: the inputs, by position, that have samples along axis 0.
        outputs: where the samples are in each output of the module; None for those that are the same for all samples.
        notes: what was found, for people.
    """

    traced: Traced
    batch: int | None = None
    batched: frozenset[int] = frozenset()
    outputs: tuple[Samples | None, ...] = ()
    notes: tuple[str, ...] = ()


def of_one_sample(traced: Traced) -> OneSample:
    """``traced`` for one sample, where axis 0 of all inputs is a batch of samples that do not meet."""
    kept = OneSample(traced, outputs=tuple(None for _ in traced.outputs))
    count = _count(traced)
    if count is None:
        return kept
    steps = Steps(traced, count)
    try:
        found = steps.traced()
    except Meet as problem:
        return replace(kept, notes=(problem.note(count),) if _looks_like_a_batch(traced, count) else ())
    outputs = tuple(steps.where(operand) for _, operand in traced.outputs)
    if not any(outputs):
        return kept
    note = f"axis 0 of the inputs ({count} samples) is a batch: the program computes one sample"
    batched = frozenset(k for k, given in enumerate(traced.inputs) if steps.where(given.value))
    return OneSample(found, count, batched, outputs, (note,))


def _count(traced: Traced) -> int | None:
    """The finite size of axis 0 of all inputs that are used, but for those of one entry: all samples share them."""
    used = {operand for equation in traced.equations for operand in equation.operands}
    sizes = {given.value.shape[:1] for given in traced.inputs if given.value in used} - {(), (ONE,)}
    if len(sizes) != 1:
        return None
    (size,) = sizes
    return None if size[0].wide else size[0].finite


def _looks_like_a_batch(traced: Traced, count: int) -> bool:
    """Whether a reader may expect samples along axis 0: inputs have other axes, and outputs that one too."""
    outputs = [operand for _, operand in traced.outputs if isinstance(operand, Value)]
    return all(len(given.value.shape) > 1 for given in traced.inputs) and all(
        x.shape and not x.shape[0].wide and x.shape[0].finite == count for x in outputs
    )
