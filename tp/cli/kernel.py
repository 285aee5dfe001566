"""tp kernel: kernels between inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tp import Data
from tp.cli.command import Command
from tp.cli.drawing import DATA, data, plan_option
from tp.cli.live import VIEW, live
from tp.cli.option import Given, Option, Reach, value
from tp.cli.options import FILE, FORMAT, MAPS, SET, model_of, show, writable
from tp.exit_code import ExitCode
from tp.written import choices, one_of, whole

if TYPE_CHECKING:
    from tp import Kernel

_KINDS = ("ntk", "nngp")
_read_kind = one_of(_KINDS)
KIND = Option(
    ("--kind",),
    "ntk",
    "The tangent kernel, or the covariance of outputs.",
    lambda _, word: _read_kind(word),
    choices(_KINDS),
).within(Reach.OWN)
AGAINST = value("--against", str, "A second batch of inputs. By default both batches are one.", metavar="digits|FILE")
SAMPLES = value(
    "--samples",
    whole(1),
    "How many inputs of each batch: by default all of a file, 10 digits, 4 normal.",
    metavar="NUMBER",
).within(Reach.OWN)
WIDTH = value("--width", str, "Draw networks of this width n. By default the width is infinite.", metavar="NUMBER")
SEEDS = plan_option(
    "seeds",
    "Draws that are averaged: by default 1, 256 for nngp, and 256 where something stays random at infinite width.",
)
DTYPE = plan_option("dtype").by_default("float64")
ENGINE = plan_option("engine").by_default("auto")
OUTPUT = value(
    "--output",
    writable,
    "Write the report to this file; to one that ends with .npz, all arrays.",
    metavar="FILE",
    short="-o",
).within(Reach.NOWHERE)


def kernel(given: Given) -> ExitCode:
    """Print the kernel, or write its arrays."""
    model = model_of(given)
    inputs = data(given, [model], single=True)
    against = given[AGAINST]
    other = None
    if against is not None:
        other = Data(against) if inputs is None else replace(inputs, source=against)
    with live(model.name, given) as view:
        found = model.kernel(
            inputs,
            other,
            kind=given[KIND],
            width=given[WIDTH],
            samples=given[SAMPLES],
            seeds=given[SEEDS],
            dtype=given[DTYPE],
            engine=given[ENGINE],
            progress=view.report,
        )
    _show(found, given)
    return found.exit_code


def _show(found: Kernel, given: Given) -> None:
    """The report, on standard output or in a file; arrays go to a .npz file, and the report is printed beside."""
    file = given[OUTPUT]
    if file is None or not file.endswith(".npz"):
        show([found], given)
        return
    from tp.api.rendering import render
    from tp.cli.options import emit

    found.save(file)
    emit(render([found], given[FORMAT]), None)


COMMAND = Command(
    "kernel",
    "Print the kernel of a program between inputs.",
    kernel,
    FILE,
    (KIND, WIDTH, SET, MAPS, *DATA, AGAINST, SAMPLES, SEEDS, DTYPE, ENGINE, FORMAT, OUTPUT, *VIEW),
)
