"""How a program is trained, as options of commands. Those of the optimisers are made from their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tp import Schedule, optimizer_names, optimizer_options
from tp.cli.option import Given, Option, value
from tp.written import parse_power, whole

if TYPE_CHECKING:
    from tp import Model
    from tp.api.optimizers import Having


def _setting(name: str, default: Any, read: Any, help: str, metavar: str = "NUMBER") -> Option[Any]:
    return Option((name,), default, help, lambda _, word: read(word), metavar)


def _of(option: str, having: Having) -> Option[Any]:
    """The option of a setting, None where it is not given: its default is that of the optimiser."""
    first = having[0][1]
    help = f"{_help(having)}{_usual(having)}"
    if not first.metavar:
        names = (option, option.replace("--", "--no-"))
        return Option(names, None, help, lambda _, word: word == option)

    def read(text: str) -> str:
        """The text as it is, where one of the optimisers can read it. Raises ValueError."""
        problem: ValueError | None = None
        for _, setting in having:
            try:
                setting.read(text)
            except ValueError as found:
                problem = problem or found
            else:
                return text
        raise problem or ValueError

    return value(option, read, help, metavar=first.metavar)


def _help(having: Having) -> str:
    """What a setting is: once where it is the same for all optimisers that have it, else for each."""
    by_help: dict[str, list[str]] = {}
    for name, setting in having:
        by_help.setdefault(setting.help, []).append(name)
    if len(by_help) == 1:
        return next(iter(by_help))
    return " ".join(f"{_listed(names)}: {help}" for help, names in by_help.items())


def _usual(having: Having) -> str:
    """The optimisers that have a setting, unless all have it, and its defaults: one, or which optimisers have which."""
    by_default: dict[str, list[str]] = {}
    for name, setting in having:
        if setting.shown:
            by_default.setdefault(setting.shown, []).append(name)
    of_all = len(having) == len(NAMES)
    if len(by_default) == 1 and of_all:
        return f"  [default: {next(iter(by_default))}]"
    if not by_default:
        return "" if of_all else f"  [{', '.join(name for name, _ in having)}]"
    return f"  [default: {'; '.join(f'{shown} for {_listed(names)}' for shown, names in by_default.items())}]"


def _listed(names: list[str]) -> str:
    return ", ".join(names)


NAMES = optimizer_names()
OPTIMIZER = value(
    "--optimizer",
    str,
    "How weights move, as in a program: sgd, 'adam(eps = 1/n)', or 'muon for matrices; adam'. "
    f"Default: that of the program, else {NAMES[0]}. Known: {', '.join(NAMES)}.",
    metavar="OPTIMISER",
)
SETTINGS = {option: _of(option, having) for option, having in optimizer_options().items()}
STEPS = _setting("--steps", 20, whole(), "Steps of training.")
COST = _setting("--cost", "squared", str, "squared, logistic or cross-entropy.", "NAME")
BATCH = _setting("--batch", 1, whole(), "Samples of one step.")
SAMPLES = _setting("--samples", 6, whole(), "Samples to train on. Deviations are also measured at the first.")
RHO = _setting("--rho", "0", str, "Multiply learning rates with n^POWER.", "POWER")
SCALE = _setting("--scale", "0", str, "Multiply the output with n^POWER, and rates with n^(-2 POWER).", "POWER")

TRAINING = (STEPS, OPTIMIZER, *SETTINGS.values(), COST, BATCH, SAMPLES, RHO, SCALE)


def optimized(given: Given, model: Model) -> Model:
    """``model`` with the optimiser and the settings that the options name. Raises TpError."""
    text, settings = given[OPTIMIZER], changed(given)
    return model if text is None and not settings else model.with_optimizer(text, settings)


def changed(given: Given) -> dict[str, str | bool]:
    """The settings of optimisers that are given, by option."""
    return {name: given[o] for name, o in SETTINGS.items() if o in given and given[o] is not None}


def schedule(given: Given) -> Schedule:
    """The schedule that the options name; the optimiser is that of each program. Raises TpError TP504, TP513."""
    return Schedule(
        steps=given[STEPS],
        cost=given[COST],
        batch=given[SAMPLES] if given[BATCH] is None else given[BATCH],
        samples=given[SAMPLES],
        rho=parse_power("--rho", given[RHO]),
        scale=parse_power("--scale", given[SCALE]),
    )
