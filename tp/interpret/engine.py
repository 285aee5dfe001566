"""Which weights exist as arrays, and which are only ever asked for products."""

from __future__ import annotations

from collections.abc import Mapping

from tp.diagnostics.diagnostic import error
from tp.graph.parameter import Parameter
from tp.interpret.work import Questions, sizes

ENGINES = ("auto", "dense", "conditioned")
LAWS = ("normal", "constant")
"""Laws whose products can be drawn without the weight; the centred part of a constant is zero."""


def absent(parameters: Mapping[str, Parameter], asked: Mapping[str, Questions], n: int, engine: str) -> frozenset[str]:
    """The weights that are not materialised at width ``n``.

    ``asked`` holds what is asked of each applied weight. "conditioned" conditions every Gaussian weight that is wide
    on both sides, "auto" those for which it is cheaper, "dense" none. A weight with a finite side is left out where
    that is cheaper, once any other is. Raises TpError TP511 where "conditioned" finds only weights of other laws.
    """
    able = {name for name in asked if parameters[name].law.family in LAWS}
    operators = {name for name in asked if parameters[name].is_operator}
    if engine == "dense":
        return frozenset()
    if engine == "conditioned" and operators and not operators & able:
        names = ", ".join(f"{name} is {parameters[name].law.family}" for name in sorted(operators))
        message = f"no weight can be conditioned: products are only drawn for normal entries, and {names}"
        raise error("TP511", message, hint="use --engine dense")
    cheap = {name for name in able if _cheaper(parameters[name], asked[name], n)}
    out = {name for name in operators & able if engine == "conditioned" or name in cheap}
    if out or (engine == "conditioned" and not operators):
        out |= cheap - operators
    return frozenset(out)


def _cheaper(parameter: Parameter, asked: Questions, n: int) -> bool:
    rows, columns = sizes(parameter, n)
    return asked.conditioned(rows, columns) < asked.materialised(rows * columns)
