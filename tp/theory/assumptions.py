"""The assumptions of a prediction, derived from the program; they are printed with every result."""

from __future__ import annotations

from collections.abc import Iterable

from tp.diagnostics.diagnostic import TpError
from tp.graph.graph import Graph
from tp.graph.parameter import Parameter
from tp.laws import LAWS, STRUCTURES
from tp.optimizers import Optimizer
from tp.primitives.law_facts import factors_of
from tp.theory.premises import Extent, Premise, summary
from tp.transform.noise import noisy
from tp.transform.two_sided import two_sided


def assumptions(program: Graph, found: Iterable[Premise], notes: Iterable[str]) -> tuple[str, ...]:
    """One sentence for each assumption under which the orders of ``program`` hold.

    ``found`` are its premises, and ``notes`` those of the rules that were applied.
    """
    return (*_always(program), *_laws(program), *_functions(program, found), *notes)


def of_training(program: Graph, optimizer: Optimizer | None) -> tuple[str, ...]:
    """What the orders of training with ``optimizer`` rest on beside that; nothing where they are not known."""
    if optimizer is None:
        return ()
    parameters = two_sided(program)
    bound = optimizer.of(parameters)
    moving = [p for p in parameters.values() if (program.learning_rate * p.rate).coefficient]
    try:
        rules = [bound.rule(parameter) for parameter in moving]
    except TpError as problem:
        if problem.only("TP514"):
            return ()
        raise
    found = (*bound.safeguards, *(text for rule in rules for text in rule.assumptions))
    return tuple(f"training: {text}" for text in dict.fromkeys(found))


def _always(program: Graph) -> Iterable[str]:
    yield "typical orders at initialisation as n -> inf; logarithms of n are dropped"
    yield "inputs are generic and correlated: nothing cancels by accident between them"
    if noisy(program):
        yield "dropout drops the same entries for all inputs at initialisation"
        yield "training: the draws of dropout, one for each sample of each step, are represented by one"
    if len(program.widths) > 1:
        relations = ", ".join(
            f"{w.name} = {'' if w.factor == 1 else f'{w.factor} '}n^{w.exponent}" for w in program.widths.values()
        )
        yield f"widths grow together: {relations}"


def _laws(program: Graph) -> Iterable[str]:
    random = [p for p in program.parameters.values() if p.law.scale.coefficient and not p.noise]
    skewed = [p.name for p in random if not LAWS[p.law.family].symmetric]
    if len(skewed) < len(random):
        besides = f" except {', '.join(skewed)} (zero mean only)" if skewed else ""
        yield f"weights are independent with symmetric laws{besides}"
    elif skewed:
        yield "weights are independent with zero mean; no law is symmetric"
    zeros = [p.name for p in program.parameters.values() if _has_zeros(p) and p.rate.coefficient]
    if zeros:
        yield f"entries of {', '.join(zeros)} that start at zero are trained as all others are"
    if structured := [found for p in random if (found := _structured(p))]:
        # Calculus, section 3, weights with a structure.
        yield f"products with {', '.join(structured)} act as Gaussian vectors where sums have many terms (universality)"
    for p in random:
        moments = LAWS[p.law.family].moments(p.law.arguments or LAWS[p.law.family].arguments)
        if moments < float("inf"):
            yield (
                f"{p.name} has finite moments only below order {moments:g}; "
                "sums of higher powers are as large as their largest term"
            )


def _structured(parameter: Parameter) -> str | None:
    """The name and the structure of a weight, unless it is a product of weights without one."""
    structure = parameter.law.structure
    if structure is None or factors_of(parameter) is not None:
        return None
    return f"{parameter.name} ({structure.name})"


def _has_zeros(parameter: Parameter) -> bool:
    structure = parameter.law.structure
    return structure is not None and STRUCTURES[structure.name].zeros


def _functions(program: Graph, found: Iterable[Premise]) -> Iterable[str]:
    """Where derivatives hold almost everywhere, away from a point or within a radius; all else assumes nothing."""
    return summary(program, (p for p in found if p.extent is not Extent.EVERYWHERE))
