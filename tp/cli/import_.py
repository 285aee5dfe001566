"""tp import: a program from a module of JAX."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout

from tp.cli.command import Command
from tp.cli.option import Given, Reach, argument, flag, value
from tp.cli.options import OUTPUT, emit, require
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode

MODULE = argument(
    "MODULE",
    "A Python file or a module that can be imported, which is run, and the function in it that builds the model at "
    "width n, such as net.py:make. Without a colon the function is called make.",
)
WIDTHS = value(
    "--widths", str, "Widths at which the model is built and traced, three at least.  [default: 64,128,256]"
).within(Reach.OWN)
NAME = value("--name", str, "The name of the program; by default that of the function or file.", metavar="NAME").within(
    Reach.OWN
)
OPTIMIZER = value(
    "--optimizer",
    str,
    'The optimiser, as after "optimizer" in a program: "adam(eps = 1/n)". It replaces that of optax.',
).within(Reach.OWN)
RATES = value(
    "--rates",
    str,
    "A JSON file: learning rates by path of a weight or module. Weights without one are not trained.",
    metavar="FILE.json",
).within(Reach.OWN)
FORCE = flag("--force", "Replace the file of --output where it exists.").within(Reach.NOWHERE)


def import_(given: Given) -> ExitCode:
    """Run the user's Python, and print or write the program that it amounts to; what to note goes to stderr."""
    from tp.api.imports import run_and_import, write

    (word,) = given[MODULE]
    output = given[OUTPUT]
    if output is not None and os.path.exists(output) and not given[FORCE]:
        raise error("TP508", f"cannot write {output}: it exists", hint="--force replaces it")
    rates = given[RATES]
    if rates is not None:
        require(rates)
    _say(f"running the Python code of {word}")
    with redirect_stdout(sys.stderr):  # what the user's code prints is no part of the program
        found = run_and_import(
            word, given[WIDTHS],
            name=given[NAME], optimizer=given[OPTIMIZER], rates=rates, file=output or "<imported>",
        )  # fmt: skip
    for note in found.notes:
        _say(f"note: {note}")
    if output is None:
        emit(found.text.rstrip("\n"), None)
    else:
        write(found.text, output)
        _say(f"wrote {output}: values and gradients agree with the module to 1e-10")
    return ExitCode.HOLDS


def _say(line: str) -> None:
    from tp.diagnostics.text import readable

    print(readable(line), file=sys.stderr, flush=True)


COMMAND = Command(
    "import",
    "Write a module of Flax, Equinox, Haiku or plain JAX as a program. This runs your Python.",
    import_,
    MODULE,
    (WIDTHS, NAME, OPTIMIZER, RATES, OUTPUT, FORCE),
)
