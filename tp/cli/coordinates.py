"""tp coordinates: whether sizes in a log of training runs scale with the width as predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.cli.command import Command
from tp.cli.option import Given, Reach, argument, repeated, value
from tp.cli.options import FIGURE, FORMAT, OUTPUT, SET, require, settings, show
from tp.cli.training import OPTIMIZER, optimized
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp import Model

LOG = argument("LOG", "A log of training runs: CSV, TSV, or JSON lines.")
PROGRAM = value(
    "--program", str, "The program (.tp) that predicts. Default: the column predicted of the log.", metavar="FILE.tp"
).within(Reach.OWN)
MATCH = repeated(
    "--match", "A name in the log, and the value of the program that it stands for; repeatable.", metavar="NAME=VALUE"
).within(Reach.OWN)
STEPS = value("--steps", str, "Steps to judge, such as 0,1,last. Default: all.", metavar="STEPS").within(Reach.OWN)
LAST = -1


def coordinates(given: Given) -> ExitCode:
    """Print slopes, predictions and verdicts."""
    figure = given[FIGURE]
    if figure is not None:
        from tp.api.figures import require_figure

        require_figure(figure)
    from tp import coordinates

    (log,) = given[LOG]
    match, steps = _matches(given[MATCH]), _steps(given[STEPS])
    result = coordinates(log, _model(given, match), match=match, steps=steps)
    show([result], given)
    if figure is not None:
        from tp.api.figures import save_figure

        save_figure(result, figure)
    return result.exit_code


def _model(given: Given, match: dict[str, str]) -> Model | None:
    file = given[PROGRAM]
    if file is None:
        if match or given[SET] or given[OPTIMIZER] is not None:
            raise error("TP500", "--match, --set and --optimizer are about a --program")
        return None
    from tp.api.loading import load_with

    require(file)
    return optimized(given, load_with(file, settings(given[SET])))


def _matches(words: tuple[str, ...] | list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, ours = (part.strip() for part in word.rpartition("="))
        if not (name and equals and ours):
            raise error("TP500", f"cannot read --match {word}", hint='write --match "layers.0=h[1]"')
        if name in found:
            raise error("TP500", f"{name} is matched twice")
        found[name] = ours
    return found


def _steps(text: str | None) -> list[int] | None:
    if text is None:
        return None
    words = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if word != "last" and not (word.isdecimal() and word.isascii())]
    if wrong or not words:
        raise error("TP500", f"cannot read --steps {text}", hint="write --steps 0,1,10 or --steps last")
    return [LAST if word == "last" else int(word) for word in words]


COMMAND = Command(
    "coordinates",
    "Say whether sizes in a log of training runs, of any framework, scale with n as predicted.",
    coordinates,
    LOG,
    (PROGRAM, SET, OPTIMIZER, MATCH, STEPS, FIGURE, FORMAT, OUTPUT),
)
