"""Which weights exist as arrays, and which are only ever asked for products."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tp.diagnostics.diagnostic import error
from tp.graph.parameter import Parameter
from tp.interpret.cost.work import Questions, sizes

ENGINES = ("auto", "dense", "conditioned")
LAWS = ("normal", "constant")
"""Laws whose products can be drawn without the weight; the centred part of a constant is zero."""

COMPILATION = 0.01
"""Seconds that a draw must gain: a conditioned program compiles some 3 s longer and is drawn some 300 times."""


def absent(
    parameters: Mapping[str, Parameter],
    asked: Mapping[str, Questions],
    n: int,
    engine: str,
    compilation: float = COMPILATION,
) -> frozenset[str]:
    """The weights that are not materialised at width ``n``.

    ``asked`` holds what is asked of each applied weight. "conditioned" conditions every Gaussian weight that is wide
    on both sides, "auto" those for which it is cheaper, "dense" none. A weight with a finite side is left out where
    that is cheaper, once any other is. "auto" wants to gain the seconds ``compilation`` by it. Raises TpError TP511
    where "conditioned" finds only weights of other laws.
    """
    able = {name for name in asked if parameters[name].law.family in LAWS}
    operators = {name for name in asked if parameters[name].is_operator}
    if engine == "dense":
        return frozenset()
    if engine == "conditioned" and operators and not operators & able:
        message = (
            f"no weight can be conditioned: products are only drawn for normal entries, and {materialised(parameters)}"
        )
        raise error("TP511", message, hint="use --engine dense")
    saved = {name: _saved(parameters[name], asked[name], n) for name in able}
    cheap = {name for name in able if saved[name] > 0}
    out = operators & (able if engine == "conditioned" else cheap)
    if engine == "auto" and sum(saved[name] for name in out) < compilation:
        out = set()
    if out or (engine == "conditioned" and not operators):
        out |= cheap - operators
    return frozenset(out)


def chosen_engine(without: Collection[str], engine: str) -> str:
    """The name of the interpreter that runs: "conditioned" where at least one weight is not materialised."""
    return "conditioned" if without or engine == "conditioned" else "dense"


def materialised(parameters: Mapping[str, Parameter]) -> str:
    """The wide weights that have to be in memory, with their laws: "W is uniform"; empty where there are none."""
    found = [p for p in parameters.values() if p.is_operator and p.law.family not in LAWS]
    return ", ".join(f"{p.name} is {p.law.family}" for p in found)


def _saved(parameter: Parameter, asked: Questions, n: int) -> float:
    """What conditioning saves of one draw, in seconds."""
    rows, columns = sizes(parameter, n)
    return asked.materialised(rows * columns) - asked.conditioned(rows, columns)
