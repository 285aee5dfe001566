"""Where the numbers of a result come from: once for all studies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from tp.optimizers import DEFAULT, Groups, Optimizer
from tp.report.document import Fact, Line, Notes, Section
from tp.sampling.reading import duration
from tp.studies.meaning import meaning
from tp.studies.provenance import Provenance


def title(found: Provenance) -> Line:
    """The program and its file, and what trains it where that is no plain gradient descent."""
    return Line((*named(found.program, found.file), *_trained(found.optimizer)), " ")


def named(program: str, file: str) -> tuple[Fact, Fact]:
    """A program and its file; the file alone where the name of the program is not known."""
    return Fact(program, "program", program or None), Fact(f"({file})" if program else file, "file", file)


def _trained(optimizer: Optimizer | None) -> tuple[Fact, ...]:
    if optimizer is None or (optimizer.name == DEFAULT and not _changed(optimizer)):
        return ()
    _, *settings = optimizer.described
    names = [] if isinstance(optimizer, Groups) else [optimizer.name]
    return (Fact("trained by " + "; ".join([*names, *settings]), "optimizer", optimizer.json),)


def _changed(optimizer: Optimizer) -> bool:
    """Whether a setting other than the learning rate is not the usual one."""
    return any(getattr(optimizer, s.name) != s.default for s in optimizer.settings() if s.name != "eta")


def meanings(found: Provenance, what: Callable[[Optimizer], tuple[str, ...]] = meaning) -> tuple[Section, ...]:
    """Which quantities keep ``what`` meaning where training is no gradient descent; nothing where it is."""
    if found.optimizer is None or not (said := what(found.optimizer)):
        return ()
    return (Section(f"under {found.optimizer.called}", (Notes(said, "meaning"),)),)


def drawn(found: Provenance) -> tuple[Fact, ...]:
    """The precision, which engines drew at which widths, and how much an earlier run had stored, if anything."""
    stored = f"{found.stored} of {found.cells} cells from the store" if found.stored else ""
    return (
        Fact(found.dtype, "dtype", found.dtype),
        Fact(engines(found.engines), "engines", _by_width(found.engines)),
        *_apart(found.apart),
        Fact(stored, "cells", {"all": found.cells, "stored": found.stored}),
    )


def _apart(found: Mapping[str, Mapping[int, str]]) -> tuple[Fact, ...]:
    """The engines of those parts of a study that others drew; nothing where there are none."""
    if not found:
        return ()
    said = "; ".join(f"{part}: {_at_widths(by_width)}" for part, by_width in found.items())
    return (Fact(said, "other_engines", {part: _by_width(by_width) for part, by_width in found.items()}),)


def _at_widths(found: Mapping[int, str]) -> str:
    """Engines with the widths at which they drew."""
    return ", ".join(
        f"{name} at n = {', '.join(map(str, widths))}" for name, widths in groupby(found, key=found.__getitem__)
    )


def _by_width(found: Mapping[int, str]) -> dict[str, str]:
    """Engines, as JSON has them."""
    return {str(n): engine for n, engine in found.items()}


def engines(found: Mapping[int, str]) -> str:
    """Which engine drew at which widths, in increasing order; one word where it was the same at every width."""
    runs = [(name, list(widths)) for name, widths in groupby(found, key=found.__getitem__)]
    if not runs:
        return ""
    if len(runs) == 1:
        return runs[0][0]
    (first, small), *between, (last, large) = runs
    middle = (f"{name} from n = {widths[0]} to {widths[-1]}" for name, widths in between)
    return ", ".join([f"{first} up to n = {small[-1]}", *middle, f"{last} from n = {large[0]} on"])


def unfinished(found: Provenance, open_: Sequence[str]) -> Line:
    """Where the budget ended the measurement with quantities undecided: which they are, and how to go on."""
    spent, more = duration(found.budget), found.next_budget(open_)
    if not more:
        return Line((Fact("", "unfinished", None),))
    said = (
        f"the budget of {spent} ended with {', '.join(open_)} undecided; "
        f"--budget {more} goes on from here: draws are stored"
    )
    return Line((Fact(said, "unfinished", {"budget": spent, "undecided": list(open_), "next": more}),))


def interrupted(found: Provenance, done: str = "known") -> Line:
    """A notice where the user interrupted the command: the report has what was ``done`` until then."""
    said = f"interrupted: this is what was {done} so far" if found.interrupted else ""
    return Line((Fact(said, "interrupted", found.interrupted),))
