"""Kernels between two batches of inputs, at a width or at infinite width: what ``tp kernel`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from tp.data.inputs import Inputs
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode
from tp.experiments.experiment import Floats
from tp.experiments.kernels import OUTPUTS, TANGENT, Kernels
from tp.graph.axes import Type
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH
from tp.interpret.limit import Accuracy
from tp.machine import free_memory, gib
from tp.ndarray import NDArray
from tp.optimizers import chosen
from tp.printable import Printable
from tp.quantities.batches import count
from tp.quantities.kernels import orders_of, pair
from tp.sampling.memory_limit import RUNTIME, needed
from tp.sampling.plan import Plan
from tp.sampling.sweep import Report
from tp.studies.declared import require_functions
from tp.studies.measured_kernel import outputs_covariance, tangent_kernel
from tp.studies.provenance import Provenance
from tp.theory.kernel_draws import kernels_drawn
from tp.theory.kernel_limit import KernelAtInfinity, Staying, kernel_at_infinity
from tp.theory.kernel_values import TILE, kernel_values

if TYPE_CHECKING:
    from os import PathLike

    from tp.program import Program

KINDS = ("ntk", "nngp")
DRAWS = {"ntk": 1, "nngp": 256}
"""The number of draws at a width, if nothing is said: one tangent kernel, and enough outputs for a covariance."""
CONDITIONAL_DRAWS = 256
"""The number of draws of what stays random at infinite width, if nothing is said."""
FEW = 2
"""Inputs of a batch for which is found out whether there is a limit, and what stays random."""
NORMAL = ("normal", "constant")
COPIES = 6
"""Numbers in memory for each entry of a kernel."""


@dataclass(frozen=True, slots=True, repr=False)
class Kernel(Printable):
    """Kernels between two batches of inputs. As an array it is that of the only output.

    Fields:
        kind: ``"ntk"``, the tangent kernel, or ``"nngp"``, the covariance of outputs.
        outputs: the axes of every output.
        values: arrays [left, right, ...axes of f, ...axes of g] by pair of outputs, named ``"f, g"``.
        errors: how far ``values`` may be off, in the same shapes: standard errors of the mean over draws. Empty for a
            single draw. At infinite width an estimate of the numerical error, from the first inputs.
        exponents: by pair of outputs the power of n: the kernel at width n is about n^exponent times ``values``.
        means: for the NNGP the means of every output at the left and the right inputs.
        width: n; None for infinite width.
        draws: the number of draws: of the weights at a width, or of what stays random at infinite width.
        symmetric: whether the right inputs are the left ones.
        assumptions: what the limit rests on.
        staying: the contractions that stay random at infinite width. Then ``values`` are means over draws of them, and
            ``spread`` has the standard deviations. Given a draw, the outputs are normal with a kernel of its own.
        spread: see ``staying``; empty where nothing stays random.
    """

    study = "kernel"

    kind: str
    outputs: Mapping[str, Type]
    values: Mapping[str, Floats]
    errors: Mapping[str, Floats]
    exponents: Mapping[str, Fraction]
    means: Mapping[str, tuple[Floats, Floats]]
    width: int | None
    draws: int
    symmetric: bool
    provenance: Provenance
    assumptions: tuple[str, ...] = ()
    staying: tuple[Staying, ...] = ()
    spread: Mapping[str, Floats] = field(default_factory=dict[str, Floats])

    @property
    def exit_code(self) -> ExitCode:
        """UNDECIDED where the command was interrupted, else HOLDS."""
        return ExitCode.UNDECIDED if self.provenance.interrupted else ExitCode.HOLDS

    @property
    def array(self) -> Floats:
        """The kernel [left, right, ...axes, ...axes] of the only output. Raises ValueError where there are several."""
        if len(self.values) != 1:
            raise ValueError(f"there are kernels of several outputs: values has {', '.join(self.values)}")
        return next(iter(self.values.values()))

    @property
    def error(self) -> Floats | None:
        """How far :attr:`array` may be off; None for a single draw."""
        return next(iter(self.errors.values()), None)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.array, dtype=dtype)

    def matrix(self, output: str | None = None) -> Floats:
        """The kernel of one output as a matrix; rows and columns are pairs (input, component)."""
        name = next(iter(self.outputs)) if output is None else output
        kernel = self.values[pair(name, name)]
        count = prod(a.at(1) for a in self.outputs[name])
        blocks = kernel.reshape(*kernel.shape[:2], count, count).swapaxes(1, 2)
        return blocks.reshape(kernel.shape[0] * count, kernel.shape[1] * count)

    def save(self, path: str | PathLike[str]) -> None:
        """Write all arrays to a .npz file: ``kernel``, ``error``, ``mean_left`` and ``mean_right`` for one output.

        With several outputs the names are followed by a colon and the outputs, as in ``kernel:f, g``. Raises TpError
        TP508 where that is not possible.
        """
        alone = len(self.outputs) == 1
        arrays: dict[str, NDArray[Any]] = {}
        for what, tables in (("kernel", self.values), ("error", self.errors), ("spread", self.spread)):
            arrays |= {what if alone else f"{what}:{name}": array for name, array in tables.items()}
        for name, (left, right) in self.means.items():
            arrays |= {f"mean_{s}{'' if alone else ':' + name}": a for s, a in (("left", left), ("right", right))}
        exponents = {name: str(exponent) for name, exponent in self.exponents.items()}
        arrays |= {"exponent" if alone else f"exponent:{name}": np.array(text) for name, text in exponents.items()}
        arrays |= {"kind": np.array(self.kind), "width": np.array("infinite" if self.width is None else self.width)}
        try:
            with open(path, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
        except OSError as problem:
            raise error("TP508", f"cannot write {path}: {problem.strerror or problem}") from problem


def require_kind(kind: str) -> None:
    """Raises TpError TP506 for an unknown kind of kernel."""
    if kind not in KINDS:
        raise error("TP506", f"unknown kind of kernel {kind!r}", hint=f"one of {', '.join(KINDS)}")


def kernel_at_a_width(
    program: Program,
    kind: str,
    left: Inputs,
    right: Inputs | None,
    plan: Plan,
    report: Report | None = None,
) -> Kernel:
    """The kernel of ``kind`` at the width of ``plan``, averaged over its seeds.

    Raises TpError TP501 where memory is not enough, TP503 for too few draws, TP511, TP604 where it is not finite.
    """
    draws = plan.seeds or DRAWS[kind]
    if kind == "nngp" and draws < 2:
        raise error("TP503", "a covariance needs at least 2 draws of the weights", hint="use more --seeds")
    require_functions(program, plan.widths[0])
    experiment = Kernels(program.name, program.graph, TANGENT if kind == "ntk" else OUTPUTS, left, right)
    at = plan.at(plan.widths[0])
    outputs = {name: program.graph.type(node) for name, node in program.graph.outputs.items()}
    sizes = count(left), count(left if right is None else right)
    _require_room(outputs, sizes, f"at width {at.width}", needed(experiment, at))
    measure = tangent_kernel if kind == "ntk" else outputs_covariance
    with np.errstate(all="ignore"):
        found = measure(experiment, plan, draws, report)
    for name, values in found.values.items():
        if not np.isfinite(values).all():
            hint = "use --dtype float64" if plan.dtype == "float32" else "the program or its data leave its range"
            raise error("TP604", f"the kernel {name} is not finite in {plan.dtype} at width {at.width}", hint=hint)
    engines = {at.width: experiment.engine(at).name}
    known = Provenance(
        program.name,
        program.file,
        (at.width,),
        plan.dtype,
        engines,
        interrupted=found.interrupted,
        optimizer=chosen(program.optimizers),
    )
    zero = dict.fromkeys(found.values, Fraction(0))
    return Kernel(
        kind, outputs, found.values, found.errors, zero, found.means, at.width, found.draws, right is None, known
    )  # fmt: skip


def kernel_at_infinite_width(
    program: Program,
    kind: str,
    left: Inputs,
    right: Inputs | None,
    draws: int | None = None,
    report: Report | None = None,
) -> Kernel:
    """The limit of the kernel of ``kind``; where something stays random, the mean over ``draws`` of it.

    Raises TpError TP501 where memory is not enough, TP641 to TP644 where there is no limit or none that is known, TP604
    where it is not finite.
    """
    graph = program.graph
    outputs = {name: graph.type(node) for name, node in graph.outputs.items()}
    sizes = count(left), count(left if right is None else right)
    _require_room(outputs, sizes, "at infinite width", RUNTIME + 4 * TILE)
    if report is not None:
        report(0.0, 0.0, "limit")
    found = kernel_at_infinity(graph, kind, min(sizes[0], FEW), min(sizes[1], FEW))
    errors: dict[str, Floats]
    spread: dict[str, Floats] = {}
    number = 0
    with np.errstate(all="ignore"):
        if found.staying:
            number = draws or CONDITIONAL_DRAWS
            every = kernels_drawn(graph, kind, left, right, number)
            pairs = [name for name in every if name in orders_of(graph, 1, 1)]
            values = {name: every[name].mean(axis=0) for name in pairs}
            spread = {name: every[name].std(axis=0, ddof=min(1, number - 1)) for name in pairs}
            errors = {name: spread[name] / np.sqrt(number) for name in pairs}
            means = _means(outputs, {name: every[name].mean(axis=0) for name in every})
        else:

            def done(tile: int, all_: int) -> None:
                if report is not None:
                    report(0.0, 0.0, f"tile {tile + 1} of {all_}")

            known = kernel_values(graph, kind, left, right, done=done)
            values, means = known.values, known.means
            errors = {name: np.full_like(values[name], error_) for name, error_ in known.error.items()}
    for name, array in values.items():
        if not np.isfinite(array).all():
            raise error("TP604", f"the kernel {name} is not finite", hint="the program or its data leave the range")
    assumptions = tuple(_assumptions(program, kind, found))
    origin = Provenance(program.name, program.file, (), "float64", optimizer=chosen(program.optimizers))
    return Kernel(
        kind, outputs, values, errors, {name: found.exponents[name] for name in values}, means, None, number,
        right is None, origin, assumptions, found.staying, spread,
    )  # fmt: skip


def _means(outputs: Mapping[str, Type], found: Mapping[str, Floats]) -> dict[str, tuple[Floats, Floats]]:
    return {f: (found[LEFT_BATCH.of(f)], found[RIGHT_BATCH.of(f)]) for f in outputs if LEFT_BATCH.of(f) in found}


def _assumptions(program: Program, kind: str, found: KernelAtInfinity) -> Iterator[str]:
    """What the limit rests on, in sentences."""
    yield "weights are independent and at their initial laws; n grows, and inputs and finite axes stay as they are"
    others = [p.name for p in program.graph.parameters.values() if p.is_operator and p.law.family not in NORMAL]
    if others:
        yield f"the laws of {', '.join(others)} enter by their variances alone"
    if found.sampled:
        yield f"means without a formula are averages over {Accuracy().neurons} virtual neurons"
    for name in found.fixed:
        yield f"{name} tends to fixed numbers: its covariance is of a smaller order than is printed"


def _require_room(outputs: Mapping[str, Type], sizes: tuple[int, int], where: str, rest: int) -> None:
    """Raises TpError TP501 where kernels of this size, and ``rest`` bytes, do not fit."""
    components, have = sum(prod(a.at(1) for a in axes) for axes in outputs.values()), free_memory()
    need = rest + 8 * COPIES * prod(sizes) * components**2
    if need > have:
        size = f"{sizes[0]} x {sizes[1]} inputs" + (f" and {components} components" if components > 1 else "")
        message = f"the kernel of {size} {where} needs {gib(need)} of memory, and {gib(have)} are free"
        raise error("TP501", message, hint="use fewer --samples, a smaller --width, or --dtype float32")
