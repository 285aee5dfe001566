"""What a program is: its inputs, weights, outputs and claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from tp.graph.axes import Axis, Scale, Type
from tp.graph.graph import Graph
from tp.graph.parameter import Law, Parameter, Structure
from tp.graph.spelling import write_scale
from tp.laws import STRUCTURES
from tp.optimizers import chosen
from tp.program import Chosen, Claim, Program
from tp.report.cells import Cell, Shown, Text
from tp.report.contents.provenance import title
from tp.report.document import Document, Section
from tp.report.fields import Field, table
from tp.studies.provenance import Provenance

VALUE: tuple[Field[tuple[str, Type]], ...] = (
    Field("name", "name", lambda v: Text(v[0])),
    Field("axes", "axes", lambda v: Text(f"[{_axes(v[1])}]")),
)
WEIGHT: tuple[Field[Parameter], ...] = (
    Field("weight", "name", lambda p: Text(p.name)),
    Field("axes", "axes", lambda p: Text(f"[{_axes(p.outs)}{' | ' if p.ins else ''}{_axes(p.ins)}]")),
    Field("initial law", "law", lambda p: Text(_law(p.law))),
    Field("learning rate", "rate", lambda p: Text(write_scale(p.rate))),
    Field("weight decay", "decay", lambda p: _decay(p.decay)),
    Field("line", "line", lambda p: _line(p.span.line if p.span else None)),
)
NOISE: tuple[Field[Parameter], ...] = (
    Field("noise", "name", lambda p: Text(p.name)),
    WEIGHT[1],
    Field("law", "law", WEIGHT[2].cell),
    WEIGHT[-1],
)
CLAIM: tuple[Field[Claim], ...] = (
    Field("line", "line", lambda c: _line(c.span.line)),
    Field("claim", "text", lambda c: Text(c.text)),
)


OPTIMIZER: tuple[Field[Chosen], ...] = (
    Field("line", "line", lambda o: _line(o.span.line)),
    Field("optimiser", "text", lambda o: Text(o.text)),
    Field("for", "weights", lambda o: Shown(", ".join(o.weights) or "all other weights", list(o.weights))),
)


class HasProgram(Protocol):
    """A model."""

    @property
    def program(self) -> Program: ...


def document(model: HasProgram) -> Document:
    program = model.program
    graph = program.graph
    outputs = [(name, graph.type(node)) for name, node in graph.outputs.items()]
    return Document(
        title(Provenance(program.name, program.file, optimizer=chosen(program.optimizers))),
        (
            Section("inputs", (table(VALUE, program.inputs.items(), "inputs"),)),
            Section("weights", (table(WEIGHT, [p for p in graph.parameters.values() if not p.noise], "weights"),)),
            *_noise(graph),
            Section("outputs", (table(VALUE, outputs, "outputs"),)),
            *_optimizers(program),
            Section("claims", (table(CLAIM, program.claims, "claims"),)),
        ),
    )


def _noise(graph: Graph) -> tuple[Section, ...]:
    found = [p for p in graph.parameters.values() if p.noise]
    return (Section("noise", (table(NOISE, found, "noise"),)),) if found else ()


def _optimizers(program: Program) -> tuple[Section, ...]:
    if not program.optimizers:
        return ()
    return (Section("optimisers", (table(OPTIMIZER, program.optimizers, "optimizers"),)),)


def _axes(axes: Iterable[Axis]) -> str:
    return ", ".join(map(str, axes))


def _law(law: Law) -> str:
    """The family, and the mean and the standard deviation of one entry; a structure with its size."""
    if law.structure is not None:
        return _structured(law, law.structure)
    mean = "0" if law.mean is None else write_scale(law.mean)
    return f"{law.family}, mean {mean}, standard deviation {write_scale(law.scale)}"


def _structured(law: Law, structure: Structure) -> str:
    form = STRUCTURES[structure.name]
    words = [form.name, *(f"{form.size} = {write_scale(size)}" for size in structure.arguments)]
    if form.of_entries:
        return f"{', '.join(words)}, of {law.family} entries, mean 0, standard deviation {write_scale(law.scale)}"
    return f"{', '.join(words)}, {form.number} {write_scale(law.scale)}"


def _decay(decay: Scale | None) -> Cell:
    return Shown("" if decay is None else write_scale(decay), None if decay is None else write_scale(decay))


def _line(line: int | None) -> Cell:
    return Shown("" if line is None else str(line), line)
