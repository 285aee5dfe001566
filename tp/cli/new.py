"""tp new: write a program from a template."""

from __future__ import annotations

import os

from tp.api.templates import templates
from tp.cli.command import Command
from tp.cli.option import Given, Option, Reach, argument, flag, value
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode
from tp.written import choices, one_of

_TEMPLATES = templates()
_KINDS = tuple(_TEMPLATES)
_PARAMETRIZATIONS = tuple(dict.fromkeys(p for these in _TEMPLATES.values() for p in these))
_SEVERAL = "; ".join(f"{kind}: {', '.join(these)}" for kind, these in _TEMPLATES.items() if len(these) > 1)

NAME = argument("NAME", "The name of the program. It is written to NAME.tp.")
KIND = Option(("--kind",), "mlp", "The architecture.", lambda _, word: one_of(_KINDS)(word), choices(_KINDS)).within(
    Reach.OWN
)
PARAMETRIZATION = value(
    "--parametrization",
    one_of(_PARAMETRIZATIONS),
    f"Which laws, values and rates have powers of n. By default ntk. {_SEVERAL}.",
    metavar=choices(_PARAMETRIZATIONS),
).within(Reach.OWN)
FORCE = flag("--force", "Replace NAME.tp where it exists.").within(Reach.NOWHERE)


def new(given: Given) -> ExitCode:
    """Write the program, and say what to do next."""
    from tp.api.templates import template
    from tp.api.writing import replace_file

    (name,) = given[NAME]
    text = template(name, given[KIND], given[PARAMETRIZATION])
    file = f"{name}.tp"
    if os.path.lexists(file) and not given[FORCE]:
        raise error("TP508", f"cannot write {file}: it exists", hint="--force replaces it")
    replace_file(file, text.encode())
    print(f"wrote {file}. Next: change it to your network, then\n")
    print(f"  tp check {file}     is it well formed?")
    print(f"  tp orders {file}    exponents of n, at once")
    print(f"  tp verify {file}    predictions against measurements")
    return ExitCode.HOLDS


COMMAND = Command(
    "new",
    "Write a commented program from a template. tp verify confirms its claims.",
    new,
    NAME,
    (KIND, PARAMETRIZATION, FORCE),
)
