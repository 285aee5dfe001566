"""The whole path for one program: predict, measure, fit, judge, decide the claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tp.answer import Answer
from tp.claims.kind import claimed_quantities
from tp.data.inputs import Inputs, inputs_for
from tp.exit_code import ExitCode
from tp.graph.text import print_computation
from tp.interpret.cost.engine import materialised
from tp.quantities.names import DEFAULT, parse
from tp.sampling.drawing import Means, Task, runner
from tp.sampling.memory_limit import within_memory
from tp.sampling.plan import Plan
from tp.sampling.remote import Correlations
from tp.sampling.sweep import Report, Samples, Sweep, sweep
from tp.statistics.more import More
from tp.statistics.rival_laws import BEGUN
from tp.statistics.verdict import Verdict
from tp.studies.claims.evaluate import ClaimResult, only_output, outcomes
from tp.studies.claims.evidence import Theory
from tp.studies.claims.support import Measured
from tp.studies.judging import YARDSTICK, QuantityResult, judged, row, wanted

if TYPE_CHECKING:
    from tp.graph.graph import Graph
    from tp.program import Program
    from tp.theory.analysis import Analysis
    from tp.theory.predict import Prediction


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that ``tp verify`` says about one program."""

    program: str
    file: str
    quantities: tuple[QuantityResult, ...]
    claims: tuple[ClaimResult, ...]
    assumptions: tuple[str, ...]
    widths: tuple[int, ...]
    dtype: str
    engines: Mapping[int, str]
    """Which interpreter drew at each width: "dense" or "conditioned"."""
    interrupted: bool
    cells: int = 0
    """Calls of the sampler that the numbers are from, and how many of them were ``stored`` by an earlier run."""
    stored: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """HOLDS: all claims hold and nothing is refuted; FAILS: a claim fails or a quantity is refuted; else UNDECIDED.

        An undecided quantity that no claim involves does not count, nor one whose interval lies within the upper
        bound that is claimed; if there are no claims, every one counts.
        """
        verdicts = {q.name: q.judgement.verdict for q in self.quantities}
        if Verdict.REFUTED in verdicts.values() or any(c.answer is Answer.NO for c in self.claims):
            return ExitCode.FAILS
        involved = {name for c in self.claims for name in c.open} if self.claims else set(verdicts)
        open_ = any(verdicts.get(name) is Verdict.UNDECIDED for name in involved)
        undecided = self.interrupted or open_ or any(c.answer is Answer.UNDECIDED for c in self.claims)
        return ExitCode.UNDECIDED if undecided else ExitCode.HOLDS


@dataclass(frozen=True, slots=True)
class Tools:
    """The two halves that are compared; replaced in tests. ``analyse`` knows training and all (D, d).

    ``chosen`` names the interpreter that runs at a width, ``without`` the weights that it does not materialise, and
    ``cost`` says what a draw takes there.
    """

    predict: Callable[..., Prediction]
    sample: Callable[..., Mapping[str, Any]]
    memory: Callable[..., int]
    chosen: Callable[..., str]
    cost: Callable[..., float]
    analyse: Callable[[Graph], Analysis | None] = lambda _: None
    without: Callable[..., tuple[str, ...]] = lambda *_: ()


def default_tools() -> Tools:
    """The order calculus and the interpreters. JAX is loaded by the first sample."""
    from tp.experiments.correlations import chosen, cost, memory, sample, without
    from tp.theory.analysis import Analysis
    from tp.theory.predict import predict

    return Tools(predict, sample, memory, chosen, cost, Analysis, without)


def verify(
    program: Program,
    plan: Plan,
    quantities: Sequence[str] | None = None,
    data: str | None = None,
    *,
    equal_inputs: bool = False,
    report: Report | None = None,
    tools: Tools | None = None,
    means: Means | None = None,
) -> Verification:
    """Predict and measure ``quantities`` (default: :data:`DEFAULT` and those with a claim about their order).

    Raises TpError where inputs, memory or settings do not allow it.
    """
    tools = tools or default_tools()
    output = only_output(program)
    asked = list(quantities) if quantities is not None else list(DEFAULT)
    names = list(dict.fromkeys([*asked, *claimed_quantities((c for c in program.claims if c.kind == "order"), output)]))
    predicted = list(dict.fromkeys([*names, *claimed_quantities(program.claims, output)]))
    prediction = tools.predict(program.graph, predicted, nodes=bool(program.claims))

    def rows(samples: Samples) -> dict[str, Measured]:
        return judged(names, prediction, samples, plan.dtype)

    drawn = draw_samples(
        program,
        plan,
        names,
        data,
        equal_inputs=equal_inputs,
        report=report,
        tools=tools,
        means=means or Means(),
        wanted=lambda samples: wanted(rows(samples).values()),
    )
    measured = rows(drawn.samples)
    analysis = tools.analyse(program.graph) if program.claims else None
    return Verification(
        program=program.name,
        file=program.file,
        quantities=tuple(row(name, prediction, measured.get(name)) for name in names),
        claims=outcomes(program.claims, Theory(prediction, analysis), measured, output),
        assumptions=(*prediction.assumptions, *_unseen(drawn.widths)),
        widths=drawn.widths,
        dtype=plan.dtype,
        engines=engines(program, plan, drawn.widths, names, tools),
        interrupted=drawn.interrupted,
        cells=drawn.calls,
        stored=drawn.stored,
    )


def draw_samples(
    program: Program,
    plan: Plan,
    names: Sequence[str],
    data: str | None,
    *,
    equal_inputs: bool,
    report: Report | None,
    tools: Tools,
    means: Means,
    wanted: Callable[[Samples], More] = lambda _: More.NOTHING,
) -> Sweep:
    """Samples of ``names`` and of the kernel."""
    measured = with_yardstick(names)
    graph = program.graph
    inputs: Inputs = inputs_for(program.inputs, slots(measured), data, equal_inputs=equal_inputs, dtype=plan.dtype)

    def need(n: int) -> int:
        return tools.memory(graph, measured, n, plan.dtype, plan.engine)

    plan = within_memory(plan, need, materialised(graph.parameters))

    def draw(n: int, seeds: int, key: int) -> Mapping[str, Any]:
        return tools.sample(graph, measured, n, seeds, key, inputs, plan.dtype, plan.engine)

    def cost(n: int) -> float:
        return tools.cost(graph, measured, n, plan.engine)

    task = Task(
        program.name,
        graph,
        tuple(measured),
        inputs,
        plan.dtype,
        lambda n: tools.chosen(graph, measured, n, plan.engine),
        lambda n: tools.without(graph, measured, n, plan.engine),
        lambda: Correlations(print_computation(graph), plan.dtype, plan.engine, tuple(measured), inputs),
    )
    return sweep(plan, runner(task, draw, means), wanted, cost, report)


def engines(program: Program, plan: Plan, widths: Sequence[int], names: Sequence[str], tools: Tools) -> dict[int, str]:
    """Which interpreter draws ``names`` at each of ``widths``."""
    return {n: tools.chosen(program.graph, with_yardstick(names), n, plan.engine) for n in widths}


def with_yardstick(names: Sequence[str]) -> list[str]:
    """``names`` and the kernel, from which the rounding errors to expect are estimated."""
    return list(dict.fromkeys([*names, YARDSTICK]))


def slots(names: Sequence[str]) -> int:
    """How many inputs x_0, x_1, ... the quantities need: at least two, for the kernel."""
    return 1 + max((1, *(parse(name).contracted for name in names)))


def _unseen(widths: Sequence[int]) -> tuple[str, ...]:
    """What the measurement takes for granted."""
    if len(widths) < 3:
        return ()
    reach = widths[0] * (widths[-1] / widths[0]) ** BEGUN
    return (f"no term of higher order begins beyond n = {reach:.0f}: larger widths would be needed to see it",)
