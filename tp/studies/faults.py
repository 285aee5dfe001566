"""What fails in a program by the calculus alone: claims, conditions of normalisation, stability, weak correlations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims import known
from tp.claims.kind import quantity_inequalities
from tp.exponent import in_words, power_of_n
from tp.graph.weight_names import covers
from tp.quantities.definitions import LIMITS, is_quantity
from tp.studies.claims.evaluate import ClaimResult, only_output
from tp.theory.diagnosis.culprits import Blame
from tp.theory.diagnosis.moves import blame_growth, blame_rest, blame_weights
from tp.theory.regime import KERNEL, Kind

if TYPE_CHECKING:
    from tp.graph.parameter import Parameter
    from tp.program import Claim, Program
    from tp.theory.analysis import Analysis

LINEARISING: dict[str, Fraction | None] = {"C[0,2]": Fraction(-1), "C[0,3]": Fraction(-1), "C[1,1]": Fraction(-1, 2)}
"""The exponents that a repair aims at where no claim sets them: those of weak correlations with m = n."""
MEANT = "; the program claims so"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that fails, in the sentence ``text``, and the ``blames`` for it.

    ``aim`` says what a repair has to restore; None where nothing can, or where the fault is ``meant``: the program
    claims it. ``limits`` are the largest exponents that quantities may have after a repair, and ``decay``: correlations
    of all orders have to decay then. ``condition``: it is a condition of a properly normalised system, or stability.
    """

    text: str
    blames: tuple[Blame, ...]
    aim: str | None = None
    limits: Mapping[str, Fraction] = field(default_factory=dict)
    meant: bool = False
    decay: bool = False
    condition: bool = False


def faults(program: Program, analysis: Analysis, results: Sequence[ClaimResult]) -> tuple[Fault, ...]:
    """Every fault of ``program``, whose claims have the ``results``: claims, then conditions, then correlations."""
    output = only_output(program)
    pairs = list(zip(program.claims, results, strict=True))
    claimed = [_of_claim(claim, result, analysis, output) for claim, result in pairs if result.answer is Answer.NO]
    kept = [claim for claim, result in pairs if result.answer is Answer.YES]
    conditions = [*_conditions(analysis, kept, output), *_instability(analysis, kept)]
    found = list(claimed)
    for fault in conditions:
        told = {blame.quantity for one in found for blame in one.blames}
        if not {blame.quantity for blame in fault.blames} <= told:
            found.append(fault)
    told = {blame.quantity for one in found for blame in one.blames}
    correlations = _correlations(analysis, kept, told)
    # Where the system is not properly normalised, correlations only show what the other faults explain.
    normal = all(f.meant for f in conditions)
    return (*found, *(f if normal else Fault(f.text, (), meant=f.meant) for f in correlations))


def _of_claim(claim: Claim, result: ClaimResult, analysis: Analysis, output: str | None) -> Fault:
    text = f"{_place(claim)}{claim.text} fails: {result.reason}"
    if claim.negated:
        parts = quantity_inequalities(claim, output) if claim.kind == "order" else []
        return Fault(text, tuple(analysis.blame(i.quantity) for i in parts), None)
    kind = known()[claim.kind]
    parts = kind.inequalities(claim, output)
    if kind.trains:
        return Fault(text, _of_training(claim, analysis), claim.text)
    if claim.kind == "order":
        (part,) = parts
        bound = {} if part.relation == "zero" or not is_quantity(part.quantity) else {part.quantity: part.exponent}
        aim = None if part.relation == "zero" else claim.text
        return Fault(text, (analysis.blame(part.quantity),), aim, bound)
    bounds = {i.quantity: i.exponent for i in parts}
    larger = [name for name, bound in bounds.items() if (e := analysis.exponent(name)) is not None and e > bound]
    blames = map(analysis.blame, larger or _binding(analysis, kind.all_orders == "power"))
    return Fault(text, tuple(blames), claim.text, bounds)


def _of_training(claim: Claim, analysis: Analysis) -> tuple[Blame, ...]:
    """The blame for a claim about training that fails, by what the regime is instead."""
    regime, program = analysis.regime, analysis.program
    if claim.kind == "maximal_update":
        return blame_weights(program, regime, exempt(claim, program.parameters))
    if claim.kind == "linearizes":
        return _largest_correlations(analysis, regime.deviation)
    match regime.kind:
        case Kind.ILL_NORMALISED:
            return (*_unless_normal(analysis), *analysis.blame_features())
        case Kind.UNSTABLE:
            return (blame_growth(program, regime),)
        case Kind.TRIVIAL:
            return (analysis.blame(KERNEL),) if KERNEL in regime.grounds else ()
        case Kind.LAZY:
            return (blame_rest(program, regime),)
        case _:
            return _largest_correlations(analysis, Fraction(0))


def exempt(claim: Claim, parameters: Mapping[str, Parameter]) -> set[str]:
    """The weights that ``claim`` excepts, and those that are frozen."""
    frozen = {name for name, weight in parameters.items() if not weight.rate.coefficient}
    return frozen | {name for name in parameters if any(covers(e, name) for e in claim.excepted)}


def _unless_normal(analysis: Analysis) -> tuple[Blame, ...]:
    return (analysis.blame("F"),) if (e := analysis.exponent("F")) is not None and e > 0 else ()


def _largest_correlations(analysis: Analysis, least: Fraction | None) -> tuple[Blame, ...]:
    """Blame for those correlations that are at least of the order n^``least``, or else for the largest."""
    found = {name: e for name in LINEARISING if (e := analysis.exponent(name)) is not None}
    large = [name for name, e in found.items() if least is None or e >= least]
    return tuple(map(analysis.blame, large or [name for name, e in found.items() if e == max(found.values())]))


def _binding(analysis: Analysis, power: bool) -> list[str]:
    """The correlation that allows no larger m, if it is one that can be asked for."""
    strength = analysis.weak[power]
    binding = None if strength is None else strength.binding
    if binding is None or binding[0] not in LIMITS or binding[1] > LIMITS[binding[0]]:
        return []
    return ["C[{},{}]".format(*binding)]


def _conditions(analysis: Analysis, kept: Sequence[Claim], output: str | None) -> Iterable[Fault]:
    """The conditions of a properly normalised system that fail."""
    stated = {i.quantity for c in kept if c.kind == "order" and not c.negated for i in quantity_inequalities(c, output)}
    regime = analysis.known_regime
    if regime is None:
        return
    for condition in regime.conditions:
        if condition.holds is not False:
            continue
        name = next((q for q in ("F", "kernel") if condition.text.startswith(q)), None)
        meant = name in stated
        text = f"{condition.text} fails: it is {in_words(condition.exponent, condition.exact)}"
        if name is not None:
            blames = (analysis.blame(name),)
        elif condition.exponent is None or condition.exponent < 0:
            blames = ()  # what makes a step of another optimiser than gradient descent small is not followed
        else:
            blames = (blame_growth(analysis.program, regime),)
        yield Fault(
            f"{text}{MEANT if meant else ''}", blames, None if meant else condition.text, meant=meant, condition=True
        )


def _instability(analysis: Analysis, kept: Sequence[Claim]) -> Iterable[Fault]:
    """Arguments of activations that grow or vanish at initialisation, or that training moves by a power of n."""
    regime = analysis.known_regime
    if regime is None:
        return
    if regime.kind is Kind.UNSTABLE:
        blames: tuple[Blame, ...] = (blame_growth(analysis.program, regime),)
        text = f"unstable: {regime.reason}"
    elif regime.kind is Kind.ILL_NORMALISED and not analysis.normal_features:
        blames = analysis.blame_features()
        text = "ill-normalised: arguments of activations grow or vanish with n at initialisation"
    else:
        return
    meant = any(c.negated and c.kind == "stable" for c in kept)
    yield Fault(
        f"{text}{MEANT if meant else ''}", blames, None if meant else "a stable system", meant=meant, condition=True
    )


def _correlations(analysis: Analysis, kept: Sequence[Claim], told: Collection[str]) -> Iterable[Fault]:
    """Correlations that do not decay."""
    strength = analysis.weak[0]
    if strength is None or strength.most is None or strength.most > 0:
        return
    large = [n for n in LINEARISING if (e := analysis.exponent(n)) is not None and e >= 0]
    names = [n for n in large or _binding(analysis, power=False) if n not in told]
    if not names:
        return
    meant = any(map(_means_strong, kept))
    orders = ", ".join(f"{name} is {in_words(analysis.exponent(name))}" for name in names)
    limits = {name: bound for name, bound in LINEARISING.items() if bound is not None and name in names}
    aim = ", ".join(f"{name} = O({power_of_n(bound)})" for name, bound in limits.items())
    text = f"correlations do not decay: {orders}{MEANT if meant else ''}"
    yield Fault(text, tuple(map(analysis.blame, names)), None if meant or not aim else aim, limits, meant, decay=True)


def _means_strong(claim: Claim) -> bool:
    """Whether a claim that holds says that correlations do not decay, or that training is not lazy."""
    if claim.negated:
        return claim.kind != "order" and claim.kind != "feature_learning"
    if claim.kind == "order":
        large = claim.relation == "Theta" and claim.exponent is not None and claim.exponent >= 0
        return large and claim.subject is not None and claim.subject.startswith("C[")
    return claim.kind in ("feature_learning", "maximal_update")


def _place(claim: Claim) -> str:
    return f"line {claim.span.line}: " if claim.span else ""
