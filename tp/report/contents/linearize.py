"""The report of ``tp linearize``: both sides of the theorems, whether they agree, and the curves along the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tp.exponent import in_words, show
from tp.optimizers import DEFAULT, Optimizer
from tp.report.cells import PlusMinus, Text
from tp.report.check import Check
from tp.report.contents.against_width import of_quantities
from tp.report.contents.along_steps import along_steps
from tp.report.contents.assumptions import assumptions
from tp.report.contents.checks import claim_checks, interrupted_check, theorem_check
from tp.report.contents.claims import claims
from tp.report.contents.corollary_4_0_1 import corollary_4_0_1
from tp.report.contents.critical_rates import critical_rates
from tp.report.contents.curves import curves
from tp.report.contents.needed_widths import needed_widths
from tp.report.contents.provenance import drawn, interrupted, meanings, title, unfinished
from tp.report.contents.quantities import QUANTITY, quantity_checks
from tp.report.contents.schedule import schedule
from tp.report.contents.theorem_3_2 import power, theorem_3_2
from tp.report.document import Data, Document, Fact, Line, Section
from tp.report.fields import Field, table
from tp.statistics.estimate import Estimate
from tp.studies.judging import QuantityResult
from tp.studies.linearize.linearization import Linearization
from tp.studies.linearize.theorem_3_1 import Theorem31
from tp.theory.regime import Condition

Estimates = tuple[str, Sequence[Estimate | None]]
"""A quantity, and its exponent of n after each look."""


def document(result: Linearization) -> Document:
    run, both = result.schedule, result.theorem_3_1
    widths = Fact("", "widths", list(result.provenance.widths))
    hessian = "norm of the Hessian over that of the gradient, before and after"
    return Document(
        title(result.provenance),
        (
            Section("correlations at initialisation", (table(QUANTITY, both.left, "correlations"),)),
            Section(
                f"after {run.steps} steps of {descent(run.mover)}",
                (table(QUANTITY, both.right, "deviations"),),
            ),
            Section("", (_sides(both), *_premises(both.premises))),
            Section(hessian, (table(QUANTITY, result.hessian, "hessian_over_gradient"),)),
            Section("size against width", of_quantities(_drawn(result))),
            *needed_widths((*both.left, *both.right, *result.hessian), result.tolerance),
            _by_step(result.by_step, run.looks[1:]),
            curves(result.curves, result.diverged),
            Section("along the steps", along_steps(result.curves, result.diverged)),
            critical_rates(result.critical, run.mover.rate),
            corollary_4_0_1(result.corollary),
            theorem_3_2(result.theorem_3_2),
            Section("", (claims(result.claims, result.provenance.file),)),
            Section("", (Line((schedule(run), widths, *drawn(result.provenance))),)),
            Section(
                "",
                (
                    interrupted(result.provenance),
                    unfinished(result.provenance, result.undecided),
                    Data("exit_code", int(result.exit_code)),
                ),
            ),
            *meanings(result.provenance),
            assumptions(result.assumptions),
        ),
        _checks(result),
    )


def _checks(result: Linearization) -> tuple[Check, ...]:
    file, both, strong = result.provenance.file, result.theorem_3_1, result.theorem_3_2
    steps = result.schedule.steps
    sides = f"correlations decay: {both.weak.value}; F - F_lin and its like decay: {both.linear.value}"
    found = [
        *claim_checks(result.claims, file),
        theorem_check("3.1", both.outcome, sides, file),
        *quantity_checks(both.left, file, " at initialisation"),
        *quantity_checks(both.right, file, f" after {steps} steps"),
        *quantity_checks(result.hessian, file),
    ]
    if strong is not None:
        powers = f"m from correlations: {power(strong.power)}; from F - F_lin: {power(strong.linear)}"
        found.append(theorem_check("3.2", strong.outcome, powers, file))
        for row in strong.rows:
            found += quantity_checks([row.deviation], file, f" after {row.steps} steps at rho = {row.rho}")
    return (*found, *interrupted_check(result.provenance))


def _drawn(result: Linearization) -> tuple[QuantityResult, ...]:
    """Everything that has a chart against the width: the deviations first."""
    return (*result.theorem_3_1.right, *result.theorem_3_1.left, *result.hessian)


def descent(optimizer: Optimizer) -> str:
    """What runs take steps of."""
    return "gradient descent" if optimizer.name == DEFAULT else optimizer.called


def _sides(both: Theorem31) -> Line:
    return Line(
        (
            Fact(f"correlations decay: {both.weak.value}", "correlations_decay", both.weak.truth),
            Fact(f"F - F_lin and its like decay: {both.linear.value}", "deviations_decay", both.linear.truth),
            Fact("", "examined_up_to_D", both.examined),
            Fact(f"theorem 3.1, up to D = {both.examined}: {both.outcome}", "agreement", both.outcome),
        )
    )


def _premises(found: Sequence[Condition]) -> tuple[Line | Data, ...]:
    """A line for each premise that fails (the theorem then does not apply), and all premises in JSON."""
    failing = (
        f"not properly normalised: {c.text} {'fails' if c.holds is False else 'is not certain'},"
        f" it is {in_words(c.exponent, c.exact)}; the theorem does not speak of this program"
        for c in found
        if not c.holds
    )
    premises = [
        {"text": c.text, "exponent": None if c.exponent is None else show(c.exponent), "holds": c.holds} for c in found
    ]
    return (*(Line((Fact(text),)) for text in failing), Data("premises", premises))


def _by_step(found: Mapping[str, Sequence[Estimate | None]], looks: Sequence[int]) -> Section:
    fields: tuple[Field[Estimates], ...] = (
        Field("quantity", None, lambda row: Text(row[0])),
        *(Field(str(step), None, lambda row, i=i: PlusMinus(row[1][i])) for i, step in enumerate(looks)),
    )
    values = {name: [PlusMinus(e).value for e in estimates] for name, estimates in found.items()}
    return Section(
        "exponents of n after steps, each at 99 %",
        (table(fields, found.items()), Data("exponents_by_step", {"looks": list(looks), **values})),
    )
