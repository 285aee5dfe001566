"""Programs with orthogonal weights: what is exactly true of them, and one law with arrays and without.

Statistical tests have fixed seeds; a correct implementation fails with probability 1e-3 in all.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from two_samples import both, p_values, pair_p_values

from tests.experiments.drawn import chosen, cost, memory, sample, without
from tests.experiments.drawn import path as path_of
from tests.marks import exhaustive, slow
from tp.experiments.at import At
from tp.experiments.training.schedule import Schedule
from tp.experiments.training.trainer import Trainer
from tp.graph.axes import DRAWS, Axis
from tp.interpret.arrays import initial_weights
from tp.interpret.arrays.evaluate import stepper
from tp.interpret.cost.path import Choice, Path
from tp.interpret.drawn.batch import Batch
from tp.matrix_free.streams import Seed
from tp.optimizers import SGD
from tp.studies.train import trainer_of
from tp.syntax import Program, parse

ENGINES = ("dense", "conditioned")


def linear(law: str, depth: int) -> Program:
    """A linear network; f is 1/sqrt(n) times a normal number times the length of the last layer."""
    return parse(f"""program linear {{
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W[2..{depth + 1}] : [n, n] ~ {law}
        param v : [n] ~ normal(0, 1)
        h[1] = U @ x / sqrt(d)
        for l in 2..{depth + 1} {{ h[l] = W[l] @ h[l-1] }}
        output f = dot(v, h[{depth + 1}]) / sqrt(n)
    }}""")


def moments(law: str, depth: int, n: int, engine: str, draws: int) -> tuple[float, float]:
    """E f^4 / (3 (E f^2)^2), and its standard error by ten parts."""
    program = linear(law, depth)
    x = np.ones((4, 4))
    f = sample(program.graph, ["F"], n, draws, 0, {"x": x}, "float64", engine)["F"].reshape(10, -1)
    ratios = (f**4).mean(1) / (3 * (f**2).mean(1) ** 2)
    whole = (f**4).mean() / (3 * (f**2).mean() ** 2)
    return float(whole), float(ratios.std(ddof=1) / 10**0.5)


@pytest.mark.parametrize("engine", ENGINES)
def test_deep_linear_network(engine: str) -> None:
    """1 + 2/n for four square layers. With normal ones it is (1 + 2/n)^5, which is 7.6 at n = 4."""
    n, depth, draws = 4, 4, 4000
    found, error = moments("orthogonal(1)", depth, n, engine, draws)
    assert error < 0.15
    assert abs(found - 1.5) < 5 * error
    if engine == "dense":
        others, _ = moments("normal(0, n^(-1/2))", depth, n, engine, 1000)
        assert others > 4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n", [5, 60])
def test_lengths_pass_through_layers(engine: str, n: int) -> None:
    """Every draw has |h_5| = |h_1| and W' W h = h to rounding, at any depth: the length is that of a normal vector.

    So f, given h, is normal with a variance that is chi-squared, and E f^4 / (3 (E f^2)^2) = 1 + 2/n. The other way
    round, every |W x| / |x| that a product can have is 1, and so is the operator norm.
    """
    graph = parse("""program lengths {
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W[2..5] : [n, n] ~ orthogonal(1)
        h[1] = U @ x / sqrt(d)
        for l in 2..5 { h[l] = W[l] @ h[l-1] }
        output first = sum(h[1]^2, n)
        output last = sum(h[5]^2, n)
        output back = sum((W[5]' @ h[5] - h[4])^2, n)
    }""").graph
    draws = 400
    roots = [graph.outputs[name] for name in ("first", "last", "back")]
    run = stepper(graph, roots, n, np.float64, draws=(Axis(DRAWS, draws),))
    seeds = tuple(Seed((k,)) for k in range(draws))
    absent = tuple(f"W[{k}]" for k in range(2, 6)) if engine == "conditioned" else ()
    weights = initial_weights.draw(graph.parameters, n, seeds, np.float64, absent)
    (first, last, back), _ = run(weights, {"x": np.ones(4)})
    np.testing.assert_allclose(last, first, rtol=1e-12)
    assert np.abs(back).max() < 1e-25
    assert stats.kstest(last, stats.chi2(n).cdf).pvalue > 1e-5


SEVERAL = parse("""program several {
    width n, m = n/2
    input x : [d=4]
    param U : [n, d] ~ orthogonal(2)
    param A : [m, n] ~ orthogonal(1)
    param B : [n, m] ~ orthogonal(sqrt(2)) rate 1/n
    param G : [n, n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h[1] = tanh(U @ x)
    h[2] = tanh(3 * A @ h[1])
    h[3] = B @ h[2] + G @ tanh(A' @ h[2]) / sqrt(n)
    output f = dot(v, tanh(h[3])) / sqrt(n)
}""")
"""Wide and narrow, applied in both directions, beside a normal one, and with a finite side."""
SCALARS = ("F", "kernel", "C[0,2]", "C[1,1]")


def test_one_law_with_arrays_and_without() -> None:
    """28 p-values at 1e-5."""
    assert without(SEVERAL.graph, SCALARS, 32, "conditioned")[:3] == ("A", "B", "G")
    first, second = both(SEVERAL, SCALARS, 32, 1000)
    assert min(*p_values(first, second), *pair_p_values(first, second)) > 1e-5


SHALLOW = parse("""program shallow {
    width n
    input x : [d=4]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ orthogonal(1) rate 1/n
    param v : [n] ~ normal(0, 1)
    output f = dot(v, tanh(W @ tanh(U @ x))) / sqrt(n)
}""")


@pytest.mark.slow
@pytest.mark.parametrize("program", [SHALLOW, *exhaustive([SEVERAL])], ids=["shallow", "several"])
def test_one_law_of_the_hessian(program: Program) -> None:
    """Four p-values at 1e-5."""
    first, second = both(program, ("F", "hessian"), 12, 100)
    assert min(*p_values(first, second), *pair_p_values(first, second)) > 1e-5


def test_choice_of_engine() -> None:
    """Drawing an array takes n^3 operations, so that "auto" changes early; then work and memory are linear in n."""
    graph = linear("orthogonal(1)", 3).graph
    assert chosen(graph, SCALARS, 16) == "dense"
    assert chosen(graph, SCALARS, 4096) == "conditioned"
    assert set(without(graph, SCALARS, 2**20)) >= {"W[2]", "W[3]", "W[4]"}
    assert path_of(graph, SCALARS, 2**19) == path_of(graph, SCALARS, 2**20)
    for measure in (cost, memory):
        small, large = (measure(graph, SCALARS, n) for n in (2**19, 2**20))
        assert 1.9 < large / small < 2.1
    assert memory(graph, SCALARS, 2**20) < 2**33


def test_beside_a_law_that_needs_arrays() -> None:
    """What can be matrix-free is, and nothing is refused."""
    program = parse("""program mixed {
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W : [n, n] ~ orthogonal(1)
        param X : [n, n] ~ uniform(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, tanh(X @ tanh(W @ tanh(U @ x)) / sqrt(n))) / sqrt(n)
    }""")
    found = without(program.graph, SCALARS, 24, "conditioned")
    assert "W" in found
    assert "X" not in found


def test_the_plain_interpreter_has_the_same_law() -> None:
    """One p-value at 1e-5."""
    x, graph = np.random.default_rng(0).standard_normal(4), SEVERAL.graph
    (f,) = Batch(graph, 16, 1500, 0, {"x": x}).run(list(graph.outputs.values()))
    other = sample(graph, ["F"], 16, 1500, 0, {"x": np.repeat(x[None], 4, 0)}, "float64", "dense")["F"]
    assert stats.ks_2samp(np.abs(f), np.abs(other)).pvalue > 1e-5


@pytest.mark.parametrize("absent", [frozenset(), frozenset({"W[2]", "W[3]"})])
def test_training_side_by_side_and_alone(absent: frozenset[str]) -> None:
    """Orthogonal weights move by outer products beside their initial values; each run is that of one draw."""
    at, found = At(12, "float64"), []
    for together in (4, 1):
        one = _trainer()
        one._choices[at.width, at.engine] = Choice(Path.NUMPY, absent, together)
        found.append(one.runs(at, 0, 4))
    for name, values in found[1].items():
        np.testing.assert_allclose(found[0][name], values, rtol=1e-6, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("n", [12, *slow([40])])
def test_training_has_one_law_with_arrays_and_without(n: int) -> None:
    """Losses of both models after four steps and how far they are apart: three p-values at 1e-5."""
    at, samples = At(n, "float64"), []
    for absent, first in ((frozenset[str](), 0), (frozenset({"W[2]", "W[3]"}), 10**6)):
        one = _trainer()
        one._choices[at.width, at.engine] = Choice(Path.NUMPY, absent, 32)
        runs = one.runs(at, first, 320)
        apart = np.abs(runs["output"] - runs["linear"])[:, -1].max((-2, -1))
        samples.append((runs["loss"][:, -1], runs["linear loss"][:, -1], apart))
    assert min(stats.ks_2samp(a, b).pvalue for a, b in zip(*samples, strict=True)) > 1e-5


def _trainer() -> Trainer:
    program = parse("""program net {
        width n
        input x : [d=4]
        param U : [n, d] ~ normal(0, 1)
        param W[2..3] : [n, n] ~ orthogonal(1) rate 1/n
        param v : [n] ~ normal(0, 1)
        h[1] = U @ x / sqrt(d)
        for l in 2..3 { h[l] = W[l] @ tanh(h[l-1]) }
        output f = dot(v, tanh(h[3])) / sqrt(n)
    }""")
    schedule = Schedule(steps=4, batch=2, samples=3, optimizer=SGD(0.2, momentum=0.5))
    return trainer_of(program, schedule, None, "float64", [])
