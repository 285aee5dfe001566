"""The choice of engine: which weights are arrays at a width, and which are matrix-free."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tp.diagnostics.diagnostic import error
from tp.graph.parameter import Parameter
from tp.interpret.cost.compilation import SHARED, conditioning
from tp.interpret.cost.kinds import can_be_matrix_free
from tp.interpret.cost.work import XLA, Questions, Rates, as_array, matrix_free


def absent(
    parameters: Mapping[str, Parameter],
    asked: Mapping[str, Questions],
    n: int,
    engine: str,
    compiled: Mapping[str, Questions] | None = None,
    rates: Rates = XLA,
) -> frozenset[str]:
    """The names of the weights that are matrix-free at width ``n``.

    ``asked`` has the products that are taken with each applied weight, ``compiled`` those that code is made for (fewer,
    where a loop repeats them; the same if None). ``rates`` are those of the path that
    computes. ``engine`` is "conditioned" (every operator is matrix-free whose law allows that),
    "auto" (those that are cheaper so, if :data:`SHARED` draws save the time that their code takes longer to compile) or
    "dense" (none). Where an operator is matrix-free, or "conditioned" finds no operator at all,
    weights with a finite side are matrix-free too if that is cheaper. Raises TpError TP511 where "conditioned" finds
    operators, but all have to be arrays.
    """
    able = {name for name in asked if can_be_matrix_free(parameters[name])}
    operators = {name for name in asked if parameters[name].is_operator}
    if engine == "dense":
        return frozenset()
    if engine == "conditioned" and operators and not operators & able:
        message = (
            f"no weight can be conditioned: products with these laws need the array, and {materialised(parameters)}"
        )
        raise error("TP511", message, hint="use --engine dense")
    saved = {name: _saved(parameters[name], asked[name], n, rates) for name in able}
    cheap = {name for name in able if saved[name] > 0}
    out = operators & (able if engine == "conditioned" else cheap)
    if out or (engine == "conditioned" and not operators):
        out |= cheap - operators
    longer = conditioning(parameters, asked if compiled is None else compiled, out)
    if engine == "auto" and SHARED * sum(saved[name] for name in out) < longer:
        return frozenset()
    return frozenset(out)


def chosen_engine(without: Collection[str], engine: str) -> str:
    """The engine that runs: "conditioned" if asked for, or if ``without`` names matrix-free weights; else "dense"."""
    return "conditioned" if without or engine == "conditioned" else "dense"


def materialised(parameters: Mapping[str, Parameter]) -> str:
    """The operators that have to be arrays, with their laws, as in "W is uniform"; empty where there are none."""
    found = [p for p in parameters.values() if p.is_operator and not can_be_matrix_free(p)]
    return ", ".join(f"{p.name} is {p.law.structure.name if p.law.structure else p.law.family}" for p in found)


def _saved(parameter: Parameter, asked: Questions, n: int, rates: Rates) -> float:
    """The seconds that one draw is faster with the weight matrix-free; negative where it is slower."""
    return as_array(parameter, asked, n, rates) - matrix_free(parameter, asked, n, rates)
