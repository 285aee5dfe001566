"""How a program is trained, as options of commands. Those of the optimisers are made from their settings."""

from __future__ import annotations

from typing import Any

from tp import Schedule, make_optimizer, optimizer_names, optimizer_settings
from tp.cli.option import Given, Option, flag
from tp.written import choices, one_of, parse_power, whole


def _setting(name: str, default: Any, read: Any, help: str, metavar: str = "NUMBER") -> Option[Any]:
    return Option((name,), default, help, lambda _, word: read(word), metavar)


STEPS = _setting("--steps", 20, whole(), "Steps of training.")
NAMES = optimizer_names()
OPTIMIZER = _setting("--optimizer", NAMES[0], one_of(NAMES), "How weights move in a step.", choices(NAMES))
SETTINGS = {
    s.name: _setting(s.option, s.default, s.read, s.help, s.metavar) if s.metavar else flag(s.option, s.help)
    for s in optimizer_settings().values()
}
COST = _setting("--cost", "squared", str, "squared, logistic or cross-entropy.", "NAME")
BATCH = _setting("--batch", 1, whole(), "Samples of one step.")
SAMPLES = _setting("--samples", 6, whole(), "Samples to train on. Deviations are also measured at the first.")
RHO = _setting("--rho", "0", str, "Multiply learning rates with n^POWER.", "POWER")
SCALE = _setting("--scale", "0", str, "Multiply the output with n^POWER, and rates with n^(-2 POWER).", "POWER")

TRAINING = (STEPS, OPTIMIZER, *SETTINGS.values(), COST, BATCH, SAMPLES, RHO, SCALE)


def schedule(given: Given) -> Schedule:
    """The schedule that the options name. Raises TpError TP504, TP513."""
    values = {name: given[option] for name, option in SETTINGS.items() if given[option] != option.default}
    return Schedule(
        optimizer=make_optimizer(given[OPTIMIZER], values),
        steps=given[STEPS],
        cost=given[COST],
        batch=given[BATCH],
        samples=given[SAMPLES],
        rho=parse_power("--rho", given[RHO]),
        scale=parse_power("--scale", given[SCALE]),
    )
