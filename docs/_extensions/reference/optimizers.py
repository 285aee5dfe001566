"""A page for every optimiser: its update, its settings, its rule in the order calculus, and how weights are kept."""

from __future__ import annotations

from collections.abc import Iterable

import tp
from reference.entry import Entry, Kind, table
from reference.prose import docstring, inline, module_docstring, prose
from tp.diagnostics.diagnostic import TpError
from tp.optimizers import OPTIMIZERS
from tp.optimizers.by_weight import ByWeight
from tp.optimizers.in_factors import InFactors
from tp.optimizers.optimizer import Optimizer
from tp.optimizers.setting import ANY, Setting

_PROGRAM = """program p {
 width n
 input x : [d=2]
 param U : [n, d] ~ normal(0, 1)
 param W : [n, n] ~ normal(0, 1)
 output f = mean(tanh(W @ U @ x / sqrt(n)))
}"""

_KEPT = {
    InFactors.COEFFICIENTS: "as its initial value and outer products with numbers before them",
    InFactors.COORDINATES: "as its initial value and a small matrix in the coordinates of all gradients",
    InFactors.OUTER: "as its initial value and outer products, each of which is changed by itself",
}
"""What a wide weight is, where it is no array."""


def entries() -> Iterable[Entry]:
    parameters = tp.parse(_PROGRAM).graph.parameters
    for name, kind in OPTIMIZERS.items():
        optimizer = kind().of(parameters)
        about = module_docstring(kind)
        yield Entry(
            name,
            inline(about.split("\n\n")[0].replace("\n", " ")),
            prose(about) + ("\n\n" + prose(docstring(kind)) if docstring(kind) else ""),
            (
                ("Settings", table(map(_setting, kind.settings()), ["in programs", "option", "default", "range", ""])),
                ("In the order calculus", _rule(optimizer, name)),
                ("Wide weights", _kept(optimizer)),
            ),
        )


def _setting(setting: Setting) -> tuple[str, ...]:
    default = "" if isinstance(setting.default, ByWeight) or not setting.shown else f"`{setting.shown}`"
    words = ", ".join(f"`{word}`" for word in setting.words) or _range(setting)
    unit = f" In units of {inline(setting.unit)}." if setting.unit else ""
    widths = " It may be a power of a width." if setting.amount else ""
    return f"`{setting.name}`", f"`{setting.option}`", default, words, inline(setting.help) + unit + widths


def _range(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return "on or off"
    return "any number" if setting.range == ANY else inline(str(setting.range))


def _rule(optimizer: Optimizer, name: str) -> str:
    weight = tp.parse(_PROGRAM).graph.parameters["W"]
    where = "[The calculus](../../calculus.md#7a-other-optimisers), section 7a."
    try:
        rule = optimizer.rule(weight)
    except TpError as problem:
        return f"{inline(str(problem.diagnostics[0].message))}. {where}"
    return f"{prose(docstring(type(rule)))}\n\n{where}"


def _kept(optimizer: Optimizer) -> str:
    rows = [
        (str(rank), _KEPT[found] if found is not None else "as an array: training is not matrix-free")
        for rank in (1, 2)
        for found in [optimizer.in_factors("W", rank)]
    ]
    return "How a weight that is wide on both sides is kept in training, with the default settings:\n\n" + table(
        rows, ["outer products of a gradient", "the weight is kept"]
    )


KIND = Kind(
    "optimizers", "Optimisers", "Updates, settings with defaults, and what the order calculus knows of each.", entries
)
