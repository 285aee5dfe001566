"""Options of commands that draw weights: the plan of a sweep, its resources, and progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tp import Data, Plan, Resources
from tp.api.model import Model
from tp.cli.files import SOURCES
from tp.cli.keeping import KEEPING, NO_STORE, RESUME, STORE, require
from tp.cli.live import VIEW
from tp.cli.option import Given, Option, Reach, flag, value
from tp.cli.options import FIGURE, FILE, FORMAT, HTML, MAPS, OUTPUT, SET
from tp.diagnostics.diagnostic import Diagnostic, TpError, error
from tp.written import positive, whole, written_fields

if TYPE_CHECKING:
    from tp.cli.programs import Programs

_DATA = value("--data", str, "Inputs: the digits, or a .npz, .npy, .csv, .tsv or .txt file.", metavar="digits|FILE")
_HEADER: Option[bool | None] = Option(
    ("--header", "--no-header"),
    None,
    "Whether the first row of a table holds names. Recognised where it is clear.",
    lambda _, word: word == "--header",
)
_TARGET = value(
    "--target", str, "The column or array of targets: its name, its number from 1, or last.", metavar="COLUMN"
)
DATA = (_DATA, _HEADER, _TARGET)
EQUAL_INPUTS = flag("--equal-inputs", "Use one input for all of x_0, x_1, ...")
TOLERANCE = value(
    "--tolerance",
    positive,
    "Also print the width from which the size of each quantity is below this number.",
    metavar="NUMBER",
)
JOBS = Option(("--jobs", "-j"), 1, "Processes that draw.", lambda _, word: whole(1, 1024)(word), "NUMBER")
SCHEDULER = value("--scheduler", str, "Draw with the workers of a Dask scheduler.", metavar="ADDRESS").within(
    Reach.NOWHERE
)

RESOURCES = (*KEEPING, JOBS, SCHEDULER)
INDIFFERENT = (FILE, SOURCES, SET, MAPS, *RESOURCES, FORMAT, OUTPUT, HTML, FIGURE, *VIEW)
"""Options that say nothing about a result beside the program that it is about."""


def options_of(owner: type[Any], without: tuple[str, ...] = (), **defaults: Any) -> tuple[Option[Any], ...]:
    """An option for each field that the dataclass ``owner`` declares by ``written``.

    An option has the default of its field where that is a word, else None; ``defaults`` are those of a command.
    """
    found: list[Option[Any]] = []
    for setting in written_fields(owner):
        if setting.field not in without:
            option = value(setting.option, setting.read, setting.help, metavar=setting.metavar)
            default = setting.default if isinstance(setting.default, str) else None
            found.append(option.by_default(defaults.get(setting.field, default)))
    return tuple(found)


def plan_option(field: str, help: str = "") -> Option[Any]:
    """The option of one field of a plan, with the help text ``help`` if that is not empty."""
    (setting,) = (s for s in written_fields(Plan) if s.field == field)
    return value(setting.option, setting.read, help or setting.help, metavar=setting.metavar)


def values_of(owner: type[Any], given: Given) -> dict[str, Any]:
    """The fields of ``owner`` whose options are given, or have a default in this command."""
    found: dict[str, Any] = {}
    for setting in written_fields(owner):
        option = value(setting.option, setting.read, setting.help)
        if option in given and given[option] is not None:
            found[setting.field] = given[option]
    return found


def plan(given: Given) -> Plan:
    """The plan that the options describe. Raises TpError TP502 to TP504."""
    return Plan.of(**values_of(Plan, given))


@contextmanager
def resources(given: Given) -> Generator[Resources]:
    """The resources that the options describe; all programs share the workers. Raises TpError TP500, TP716."""
    require(given)
    if given[JOBS] > 1 and given[SCHEDULER] is not None:
        raise error("TP500", "--jobs and --scheduler exclude each other")
    store = False if given[NO_STORE] else given[STORE] or True
    with Resources(store, given[RESUME], given[SCHEDULER] or given[JOBS], warn).shared() as found:
        yield found


def measured(
    model: Model,
    about: str,
    data: Data | None,
    given: Given,
    resources: Resources,
    measure: Callable[..., Any],
) -> Any:
    """What ``measure(resources=...)`` finds ``about`` the program, or the same report from the store.

    It depends on the program, the ``data``, and all options but those that are :data:`INDIFFERENT`. What the workers of
    a scheduler find is not remembered, since they may be other machines.
    """
    if given[NO_STORE] or given[SCHEDULER] is not None:
        return measure(resources=resources)
    from tp.api.remembered import Memory
    from tp.cli.page import asked

    memory = Memory(given[STORE], given[RESUME], warn, asked(about, given))
    settings = {name: repr(value) for name, value in given.without(INDIFFERENT).items()}
    return memory.measured(model.program, about, settings, data, resources, measure)


def data(given: Given, models: Sequence[Model], cost: str | None = None, *, single: bool = False) -> Data | None:
    """Where inputs come from; what a file holds for each of ``models`` is printed on stderr.

    With the ``cost`` of training the targets are read, too. ``single``: the command uses one input. Raises TpError
    TP500, TP60x.
    """
    found = _source(given)
    if found is not None:
        equal = single or (EQUAL_INPUTS in given and given[EQUAL_INPUTS])
        remark_once([d for model in models for d in model.account(found, cost, equal_inputs=equal)])
    return found


def data_of(given: Given, programs: Programs, cost: str | None = None) -> Data | None:
    """:func:`data` for several programs; of those that they do not fit, what is wrong takes the place."""
    found = _source(given)
    told: list[Diagnostic] = []
    for i, case in enumerate(programs.found if found is not None else ()):
        if isinstance(case, Model):
            try:
                told += case.account(found, cost, equal_inputs=EQUAL_INPUTS in given and given[EQUAL_INPUTS])
            except TpError as problem:
                programs.found[i] = programs.fails(case, problem)
    remark_once(told)
    return found


def _source(given: Given) -> Data | None:
    """Where inputs come from; None: nothing is said. Raises TpError TP500."""
    source = given[_DATA]
    if source is None:
        if given[_TARGET] is not None or given[_HEADER] is not None:
            raise error("TP500", "--target and --header are about a file", hint="name it: --data FILE")
        return None
    return Data(source, given[_HEADER], given[_TARGET])


def remark_once(told: Sequence[Diagnostic]) -> None:
    """Print ``told`` on stderr; what is there twice is said once."""
    if told:
        from tp.cli.failures import remark

        remark(list(dict.fromkeys(told)))


def warn(diagnostic: Diagnostic) -> None:
    """Print ``diagnostic`` on stderr at once; the work goes on."""
    from tp.diagnostics.text import render

    print(render([diagnostic]), file=sys.stderr, flush=True)
