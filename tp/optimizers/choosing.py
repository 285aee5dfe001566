"""From what a program and a command line say to an optimiser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import Scale
from tp.graph.spelling import write_scale
from tp.optimizers.groups import Groups
from tp.optimizers.optimizer import Optimizer
from tp.optimizers.registry import DEFAULT, OPTIMIZERS, make
from tp.optimizers.setting import Setting
from tp.program import Chosen, Value

UNSAID = Chosen(DEFAULT, (), (), DEFAULT, Span(1, 1, 1, 1))
"""What moves the weights that no statement of a program is for."""


def chosen(choices: Sequence[Chosen]) -> Optimizer:
    """The optimiser that a program chooses: plain gradient descent where it says nothing.

    Raises TpError TP513 for a setting that an optimiser lacks, and for a value outside its range.
    """
    rest = make_of(next((one for one in choices if not one.weights), UNSAID))
    named = tuple((one.weights, make_of(one)) for one in choices if one.weights)
    if not named:
        return rest
    return Groups(groups=named, rest=rest)


def make_of(one: Chosen) -> Optimizer:
    """The optimiser of one statement."""
    return make(one.name, dict(one.settings))


def with_options(choices: Sequence[Chosen], options: Mapping[str, str | bool]) -> tuple[Chosen, ...]:
    """``choices`` with the values of ``options`` of a command line, such as ``--weight-decay``, in all that have them.

    Raises TpError TP513 where none has a setting of that name, and for a value that it cannot have.
    """
    if not options:
        return tuple(choices)
    known = [*choices, *(() if any(not one.weights for one in choices) else (UNSAID,))]
    used: set[str] = set()
    found: list[Chosen] = []
    for one in known:
        settings: dict[str, Value] = dict(one.settings)
        for declared in OPTIMIZERS[one.name].settings():
            if declared.option in options:
                settings[declared.name] = _read(declared, options[declared.option])
                used.add(declared.option)
        found.append(replace(one, settings=tuple(settings.items()), text=spelled(one.name, settings)))
    for option in options:
        if option not in used:
            names = ", ".join(dict.fromkeys(one.name for one in known))
            theirs = dict.fromkeys(s.option for one in known for s in OPTIMIZERS[one.name].settings())
            raise error("TP513", f"{names} has no {option}", hint=f"its options: {', '.join(theirs)}")
    return tuple(found)


def _read(declared: Setting, given: str | bool) -> Value:
    if isinstance(given, bool):
        return given
    try:
        return declared.read(given)
    except ValueError as problem:
        raise error("TP513", f"{declared.option} cannot be {given}: {problem}") from None


def spelled(name: str, settings: Mapping[str, Value]) -> str:
    """An optimiser as a program would have it, such as ``adam(beta1 = 0.9, eps = n^(-1))``."""
    said = ", ".join(f"{key} = {_word(value)}" for key, value in settings.items())
    return f"{name}({said})" if said else name


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return write_scale(value) if isinstance(value, Scale) else f"{value:g}" if isinstance(value, float) else str(value)


def options() -> dict[str, tuple[tuple[str, Setting], ...]]:
    """The settings of all optimisers by their option: (name of the optimiser, setting) for each that has it."""
    found: dict[str, tuple[tuple[str, Setting], ...]] = {}
    for name, optimizer in OPTIMIZERS.items():
        for declared in optimizer.settings():
            found[declared.option] = (*found.get(declared.option, ()), (name, declared))
    return found
