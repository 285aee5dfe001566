"""Random programs: laws that predictions obey whatever the program, and agreement with measured slopes.

**Measured** (slow): programs 0 to 319 of :func:`seeded`, half of them with mostly odd and even activations. F, the
kernel, C[0,2], C[0,3] and C[1,1] are drawn 48 times at three widths, in doubt 64 to 128 times more at four; the widest
axis has 64 to 16384 entries, or 32 to 1024 where a matrix with another law than the Gaussian must be materialised.
Medians over draws give slopes; :func:`measuring.compare` says when a slope agrees with an exponent. A disagreement
needs both the slope over all widths and the last one off by 0.2 (for finite width) and 3.5 standard errors, which
chance alone brings about in less than one of 4000 comparisons: less than one false alarm is expected in the 1600
comparisons of a run. Exponents that are marked as upper bounds must not be exceeded. Seeds are fixed, so a failure is a
change of the program, not bad luck.

The other way round, on the medians of 660 such programs an exponent shifted by 1/2 is taken for agreement in 3 of 100
comparisons (too small) and 6 of 100 (too large); the others come out as disagreement or undecided, and both fail here.

Where draws do not decide, inputs of another size are tried, since prefactors depend on the inputs. What still
disagrees or stays undecided (7 of 1600) converges too slowly for these widths and is listed in :data:`KNOWN`, each with
its cause.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from tests.marks import exhaustive
from tests.random_programs.measuring import QUANTITIES, SIZES, Correlations, Outcome, Sweep, compare, widths_for
from tests.random_programs.strategy import programs, seeded, structured_programs
from tp.exponent import show
from tp.graph.axes import Scale
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.operation import Operation
from tp.graph.parameter import Parameter
from tp.primitives.apply import Apply
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.syntax import parse
from tp.theory.analysis import Analysis
from tp.theory.bounds import bounds
from tp.transform.instantiate import instantiate

Exponents = dict[str, Fraction | None]
DEGREES = {"F": 1, "kernel": 2, "C[0,2]": 3, "C[0,3]": 4, "C[1,1]": 2}
"""How often F enters a quantity."""
RATES = {
    "F": Fraction(0),
    "kernel": Fraction(1),
    "C[0,2]": Fraction(2),
    "C[0,3]": Fraction(3),
    "C[1,1]": Fraction(3, 2),
}
"""How often the learning rate enters a quantity."""
few = settings(max_examples=15, deadline=None)


def exponents(program: Graph) -> Exponents:
    return Analysis(program, QUANTITIES).prediction(QUANTITIES).exponents


def power(program: Graph, p: Fraction) -> Scale:
    return Scale(1.0, ((program.widths["n"], p),))


Change = Callable[[GraphBuilder, Operation, Sequence[int]], int]


def rebuilt(program: Graph, change: Change) -> Graph:
    """The program with every node made by ``change`` from its operation and the new numbers of its operands."""
    out = GraphBuilder.like(program)
    image: dict[int, int] = {}
    for index in program:
        node = program[index]
        image[index] = change(out, node.operation, [image[i] for i in node.operands])
    out.outputs.update({name: image[node] for name, node in program.outputs.items()})
    return out.build()


@given(programs)
@settings(max_examples=40, deadline=None)
def test_everything_is_predicted(text: str) -> None:
    found = exponents(parse(text).graph)
    assert list(found) == list(QUANTITIES)
    assert found["F"] is not None


@given(programs)
@few
def test_names_do_not_matter(text: str) -> None:
    renamed = re.sub(r"\b([a-zA-Z])(\d+)\b", lambda m: f"{'zyxw'[ord(m[1]) % 4]}_{m[1]}{99 - int(m[2])}", text)
    assert renamed != text
    assert exponents(parse(renamed).graph) == exponents(parse(text).graph)


@given(programs)
@few
def test_dead_nodes_do_not_matter(text: str) -> None:
    dead = text.replace("  output", "  param dead : [n | n] ~ exponential(0, 1)\n  output")
    dead = dead.replace("  output", "  ghost = tanh(dead @ dead' @ dead @ n_ones)\n  output")
    dead = dead.replace("  param dead", "  param n_ones : [n] ~ constant(1)\n  param dead")
    assert exponents(parse(dead).graph) == exponents(parse(text).graph)


@given(programs, st.floats(0.1, 10.0))
@few
def test_constants_do_not_matter(text: str, factor: float) -> None:
    """Only powers of the width count: neither deviations nor coefficients nor the sizes of finite axes do."""
    program = parse(text).graph

    def change(graph: GraphBuilder, operation: Operation, operands: Sequence[int]) -> int:
        if isinstance(operation, Linear) and len(operands) == 1:
            operation = Linear((operation.scales[0] * Scale(factor),))
        return graph.add(operation, *operands)

    assert exponents(rebuilt(program, change)) == exponents(program)
    assert exponents(parse(text.replace("d=3", "d=5")).graph) == exponents(program)


@given(programs)
@few
def test_factors_and_summands_commute(text: str) -> None:
    program = parse(text).graph

    def change(graph: GraphBuilder, operation: Operation, operands: Sequence[int]) -> int:
        if isinstance(operation, Product):
            return graph.add(operation, *reversed(operands))
        if isinstance(operation, Linear):
            return graph.add(Linear(operation.scales[::-1]), *reversed(operands))
        return graph.add(operation, *operands)

    assert exponents(rebuilt(program, change)) == exponents(program)


@given(programs)
@few
def test_matrices_are_linear(text: str) -> None:
    """W (a x + b y) = a W x + b W y."""
    program = parse(text).graph

    def change(graph: GraphBuilder, operation: Operation, operands: Sequence[int]) -> int:
        if isinstance(operation, Apply):
            inner = graph[operands[0]]
            wide = all(set(graph.type(i)) == set(graph.type(operands[0])) for i in inner.operands)
            if isinstance(inner.operation, Linear) and wide:
                return graph.add(inner.operation, *(graph.add(operation, i) for i in inner.operands))
        return graph.add(operation, *operands)

    assert exponents(rebuilt(program, change)) == exponents(program)


POWERS = st.sampled_from([Fraction(-1), Fraction(-1, 2), Fraction(1, 2), Fraction(1)])


@given(programs, POWERS)
@few
def test_learning_rates_scale(text: str, p: Fraction) -> None:
    program = parse(text).graph
    faster = replace(program, learning_rate=program.learning_rate * power(program, p))
    before, after = exponents(program), exponents(faster)
    for name, exponent in before.items():
        assert show(after[name]) == show(None if exponent is None else exponent + p * RATES[name])


@given(programs, POWERS)
@few
def test_outputs_scale(text: str, p: Fraction) -> None:
    program = parse(text).graph
    larger = GraphBuilder.like(program)
    image = instantiate(program, list(program), larger, larger.add)
    for name, node in program.outputs.items():
        larger.outputs[name] = larger.add(Linear((power(program, p),)), image[node])
    before, after = exponents(program), exponents(larger.build())
    for name, exponent in before.items():
        assert show(after[name]) == show(None if exponent is None else exponent + p * DEGREES[name])


@given(programs, POWERS)
@few
def test_parametrizations_are_equivalent(text: str, p: Fraction) -> None:
    """W = n^p w with entries n^-p as large and a rate n^-2p as large is the same network (abc symmetry)."""
    program = parse(text).graph
    factor = power(program, p)

    def change(graph: GraphBuilder, operation: Operation, operands: Sequence[int]) -> int:
        node = graph.add(operation, *operands)
        return graph.add(Linear((factor,)), node) if isinstance(operation, Apply | Read) else node

    other = rebuilt(program, change)
    weights: dict[str, Parameter] = {}
    for name, parameter in program.parameters.items():
        law = replace(parameter.law, scale=parameter.law.scale * power(program, -p))
        weights[name] = replace(parameter, law=law, rate=parameter.rate * power(program, -2 * p))
    assert exponents(replace(other, parameters=weights)) == exponents(program)


@given(programs, st.randoms(use_true_random=False))
@few
def test_slower_weights_never_enlarge(text: str, pick: random.Random) -> None:
    """Terms of a correlation carry rates to non-negative powers, and nothing cancels between terms."""
    program = parse(text).graph
    name = pick.choice(sorted(program.parameters))
    parameter = program.parameters[name]
    slow = replace(parameter, rate=parameter.rate * power(program, Fraction(-1)))
    slower = replace(program, parameters={**program.parameters, name: slow})
    before, after = exponents(program), exponents(slower)
    for quantity, exponent in before.items():
        found = after[quantity]
        assert (found is None) == (exponent is None)
        assert found is None or exponent is None or found <= exponent


@given(programs)
@few
def test_typical_orders_lie_below_bounds(text: str) -> None:
    program = parse(text).graph
    typical, limits = exponents(program), bounds(program)
    for quantity, (free, contracted) in {
        "F": (0, 0), "kernel": (0, 1), "C[0,2]": (0, 2), "C[0,3]": (0, 3), "C[1,1]": (1, 1)
    }.items():  # fmt: skip
        limit = limits.exponent(free, contracted)
        found = typical[quantity]
        assert found is None or (limit is not None and (found <= limit or show(limit) == "inf")), quantity


@given(structured_programs)
@few
def test_bounds_of_structured_weights_lie_above(text: str) -> None:
    """Exponents exist for every mixture of structures, and norms do not contradict what is said to be attained."""
    program = parse(text).graph
    found, limits = Analysis(program, QUANTITIES).prediction(QUANTITIES), bounds(program)
    for quantity, slots in zip(QUANTITIES, ((0, 0), (0, 1), (0, 2), (0, 3), (1, 1)), strict=True):
        exponent, limit = found.exponents[quantity], limits.exponent(*slots)
        below = exponent is None or (limit is not None and (exponent <= limit or show(limit) == "inf"))
        assert below or not found.exact[quantity], quantity


BLOCK = 10
COUNT = 320
USUAL = 10
"""Programs that are measured at every change; the others are `exhaustive`."""
HEAVY = "powers of heavy-tailed weights: the mean of u^k e^-u needs n >> e^k"
PREFACTOR = "the leading term has a small prefactor and shows at larger widths only"
KNOWN: dict[tuple[int, str], str] = {
    (43, "C[0,2]"): HEAVY,  # (v u^2)^k with Gaussian v and u; slopes -1.6, -1.9, -2.4 go to -5/2
    (43, "C[0,3]"): HEAVY,
    (52, "C[0,2]"): HEAVY,  # v^3 k^2 with exponential v; -0.3, -0.6, -0.7 go to -1
    (255, "C[0,2]"): HEAVY,  # cos(v u) with exponential v: 0.3 in place of 0; 0.01 when v is uniform
    (99, "C[0,3]"): PREFACTOR,  # a second move of a softmax; -4.4 in place of -4; -3.9 when erf is left out
    (174, "C[0,3]"): PREFACTOR,  # 5e-4 n^-3, reached at n = 1024, the largest width here
    (190, "C[0,2]"): PREFACTOR,  # exp(-6 |h|^2 / n): the slope of the mean of a cosine, cubed
}
"""Programs that do not agree at these widths, and why."""
GOOD = {Outcome.AGREE, Outcome.BOUND}


def outcomes(text: str) -> dict[str, Outcome]:
    """Every quantity of a program compared with its prediction.

    More draws and widths where few do not decide, then inputs of another size. An order is attained when generic inputs
    attain it, so agreement at either suffices; it is exceeded when any inputs exceed it.
    """
    program = parse(text).graph
    predicted = Analysis(program, QUANTITIES).prediction(QUANTITIES)
    widths = widths_for(program)
    result: dict[str, Outcome] = {}
    for data in range(len(SIZES)):
        sweep = Sweep(Correlations(program, data))
        for chosen, draws in ((widths[:3], 48), (widths, 128 if max(widths) <= 4096 else 64)):
            sweep.add(chosen, draws, seed=draws)
            found = sweep.points()
            new = {q: compare(predicted.exponents[q], predicted.exact[q], found[q]) for q in QUANTITIES}
            if set(new.values()) <= GOOD:
                break
        for quantity, outcome in new.items():
            if outcome is Outcome.LARGER or result.get(quantity) not in {*GOOD, Outcome.LARGER}:
                result[quantity] = outcome
        if set(result.values()) <= GOOD:
            break
    return result


@pytest.mark.slow
@pytest.mark.parametrize(
    "first",
    [*range(0, USUAL, BLOCK), *exhaustive(range(USUAL, COUNT, BLOCK))],
)
def test_slopes_agree(first: int) -> None:
    wrong: list[str] = []
    for seed in range(first, first + BLOCK):
        with threadpool_limits(1):  # many small products: threads only wait for each other
            found = outcomes(seeded(seed))
        for quantity, outcome in found.items():
            if outcome not in GOOD and (seed, quantity) not in KNOWN:
                wrong.append(f"program {seed}: {quantity} is {outcome.value}")
    assert not wrong, "\n".join(wrong)


WHOLE_KNOWN = {
    (24, "kernel"): "powers of the logarithm: the square of a maximum, squared in two further layers",
    (111, "kernel"): PREFACTOR,  # 3e-4, reached at n = 4096
    (111, "C[0,2]"): PREFACTOR,
    (111, "C[1,1]"): PREFACTOR,
}
"""As :data:`KNOWN`, of programs with functions of a whole wide axis."""


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, *exhaustive(range(BLOCK, 13 * BLOCK, BLOCK))])
def test_functions_of_a_whole_axis_contradict_no_order(first: int) -> None:
    """No slope is larger than the exponent, and none is smaller than one that is called attained."""
    wrong: list[str] = []
    for seed in range(first, first + BLOCK):
        program = parse(seeded(seed, whole=True)).graph
        predicted = Analysis(program, QUANTITIES).prediction(QUANTITIES)
        sweep = Sweep(Correlations(program))
        with threadpool_limits(1):
            sweep.add(widths_for(program)[:3], 48, seed=0)
        for quantity, found in sweep.points().items():
            vanishes = found is not None and max(found.logs) < -500  # most draws take the branch without it
            outcome = compare(predicted.exponents[quantity], predicted.exact[quantity], None if vanishes else found)
            if outcome in (Outcome.LARGER, Outcome.SMALLER) and (seed, quantity) not in WHOLE_KNOWN:
                wrong.append(f"program {seed}: {quantity} is {outcome.value}")
    assert not wrong, "\n".join(wrong)


STRUCTURED = 40
NOISY = {24: "a product of many numbers that are far apart in draws: a rank of two, a bottleneck of two units"}
"""Programs with structured weights whose medians are not known well enough."""


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, *exhaustive(range(BLOCK, STRUCTURED, BLOCK))])
def test_slopes_with_structured_weights_agree(first: int) -> None:
    wrong: list[str] = []
    for seed in range(first, first + BLOCK):
        with threadpool_limits(1):
            found = outcomes(seeded(seed, structured=True))
        wrong += [f"program {seed}: {q} is {o.value}" for q, o in found.items() if o not in GOOD and seed not in NOISY]
    assert not wrong, "\n".join(wrong)
