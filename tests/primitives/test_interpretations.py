"""Every interpretation has a rule for every primitive, or the pair is listed here as refused on purpose."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

import tp
from tp.graph.axes import Axis, Type, Width
from tp.graph.builder import GraphBuilder
from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation, NotInterpreted
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.interpret.arrays.evaluate import evaluator
from tp.interpret.bounds import NormPass, grain, light, met
from tp.interpret.cost.engine import absent
from tp.interpret.cost.work import questions
from tp.interpret.degree import degrees
from tp.interpret.orders import calculus_for, interpret
from tp.orders.bounds.recorder import NormCalculus
from tp.primitives import known
from tp.primitives.constant import Constant
from tp.primitives.input import Input
from tp.syntax import load
from tp.transform.algebra import Taylor
from tp.transform.gradient import pullback
from tp.transform.instantiate import instantiate
from tp.transform.jet import jets

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(p.stem for p in (ROOT / "programs").glob("*.tp"))


def interpretations() -> dict[str, Interpretation[Any]]:
    """All interpretations of the project by name: the values of modules that are one."""
    found: dict[str, Interpretation[Any]] = {}
    for info in pkgutil.walk_packages(tp.__path__, "tp."):
        if not info.name.endswith("__main__"):
            for value in vars(importlib.import_module(info.name)).values():
                if isinstance(value, Interpretation):
                    assert found.setdefault(value.name, value) is value, f"two interpretations are called {value.name}"
    return found


ALL = interpretations()


def all_but(*keywords: str) -> frozenset[str]:
    return frozenset(known()) - frozenset(keywords)


LIMITS = frozenset(("gaussianmean", "jointnormal"))
"""Primitives of limits at infinite width, which are evaluated only."""
MOVED = frozenset(("mapremainder", "remainder", "repermuted", "reranked", "switched"))
WITHOUT_DERIVATIVE = (
    MOVED
    | LIMITS
    | {
        "constant",
        "detach",
        "errorsignal",
        "input",
        "largest",
        "peak",
        "rank",
        "read",
        "variable",
    }
)
REFUSED: dict[str, frozenset[str]] = {
    "transposition": WITHOUT_DERIVATIVE,
    "typical": LIMITS,
    "bounds": MOVED | LIMITS | {"errorsignal", "variable"},  # made from programs that moved
    "zeros of entries": LIMITS,
    "premises": LIMITS,
    "axes that are summed over": LIMITS,
    "roles of values": LIMITS,
    "scales of entries": LIMITS,
    "limit": LIMITS | {"errorsignal", "mapped", "mapremainder", "remainder", "variable"},  # at the initial weights
    "multiplication": all_but("apply"),  # they apply no weight
    "products of jets": all_but("product"),  # they are not bilinear
    "crossings": all_but("detach", "largest", "peak", "rank"),  # they have a derivative, no operands, or a move in them
    "placed": all_but("permuted"),  # they have no operand that only says at which places
    "rescaled": all_but("linear"),  # they have no coefficients
    "images of weights": all_but("broadcast", "detach", "gather", "generic", "linear", "product", "rename", "sum"),
}
"""By name of the interpretation, the keywords of the primitives that have no rule in it, on purpose."""
DEFAULTS = {"collecting", "formulas", "linear image", "ranges"}
"""Interpretations with a default that is right for every operation."""


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_primitive_has_a_rule_or_is_refused_on_purpose(name: str) -> None:
    interpretation = ALL[name]
    assert (interpretation.default is not None) is (name in DEFAULTS)
    if name not in DEFAULTS:
        missing = {keyword for keyword, kind in known().items() if kind not in interpretation.rules}
        assert missing == REFUSED.get(name, frozenset())


def test_the_lists_name_interpretations_that_exist() -> None:
    assert REFUSED.keys() | DEFAULTS <= ALL.keys()


def test_one_operation_has_one_rule() -> None:
    found: Interpretation[Callable[[Any], int]] = Interpretation("found")
    found.rule(Input)(lambda _: 1)
    with pytest.raises(ValueError, match="found already has a rule for input, or refuses it"):
        found.rule(Input)(lambda _: 2)
    with pytest.raises(ValueError, match="found already has a rule for input, or refuses it"):
        found.refuse(Input, reason="none")


def test_a_refusal_says_why() -> None:
    found: Interpretation[Callable[[Any], int]] = Interpretation("found")
    found.refuse(Constant, reason="it is a number")
    with pytest.raises(NotInterpreted, match="found has no rule for constant: it is a number"):
        found.of(Constant((1.0,)))


@dataclass(frozen=True)
class Newcomer(Operation):
    """A primitive that nobody wrote rules for: twice its operand."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "twice a value"

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        return types[0]


X = Axis("d", 3)


def with_newcomer() -> tuple[Graph, int]:
    build = GraphBuilder({"n": Width("n")}, {})
    output = build.add(Newcomer(), build.add(Input("x", (X,))))
    build.outputs["f"] = output
    return build.build(), output


def arrays(graph: Graph, output: int) -> object:
    import jax.numpy as jnp

    return evaluator(graph, [output], 8, jnp.float32)({}, {"x": jnp.ones(3)})


def bounded(graph: Graph, output: int) -> object:
    sweep = NormPass(graph, NormCalculus(grain(graph), light(graph)))
    return sweep.run(graph.needed([output]), met(graph))


def copied(graph: Graph, output: int) -> object:
    target = GraphBuilder.like(graph)
    return instantiate(graph, [output], target, lambda datum: target.add(datum))


def jet(graph: Graph, output: int) -> object:
    target = GraphBuilder.like(graph)
    return jets(graph, [output], Taylor(target, []), lambda datum: target.add(datum))


def gradient(graph: Graph, output: int) -> object:
    build = GraphBuilder.like(graph)
    x = build.add(Input("x", (X,)))
    root = build.add(Newcomer(), x)
    return pullback(build, root, build.add(Input("y", (X,))), [x])


INTERPRETERS: dict[str, Callable[[Graph, int], object]] = {
    "arrays": arrays,
    "orders": lambda graph, output: interpret(graph, [output], calculus_for(graph)),
    "bounds": bounded,
    "degree": lambda graph, output: degrees(graph, set()),
    "work": lambda graph, output: absent(graph.parameters, questions([(graph, [output])], 8), 8, "auto"),
    "copies": copied,
    "jets": jet,
    "gradient": gradient,
}


@pytest.mark.parametrize("name", INTERPRETERS)
def test_a_primitive_without_rules_is_refused_by_name(name: str) -> None:
    with pytest.raises(NotInterpreted, match=r"\w+ has no rule for newcomer \(.*Newcomer\): register one"):
        INTERPRETERS[name](*with_newcomer())


LEAVES = ("constant", "errorsignal", "input", "read", "variable")
functions_met: Interpretation[Callable[[Any, Sequence[int]], int]] = Interpretation("functions met")
"""A new interpretation, whole in this file: the most activations on a path from a leaf to the node."""


@functions_met.rule(*(known()[keyword] for keyword in LEAVES))
def at_a_leaf(operation: Operation, below: Sequence[int]) -> int:
    return 0


@functions_met.rule(*(known()[keyword] for keyword in ("pointwise", "remainder", "largest", "switched")))
def at_a_function(operation: Operation, below: Sequence[int]) -> int:
    return 1 + max(below)


@functions_met.rule(
    *(kind for kind in known().values() if kind.derivative in (Derivative.LINEAR, Derivative.BILINEAR)),
    known()["detach"],
)
def at_a_sum_or_product(operation: Operation, below: Sequence[int]) -> int:
    return max(below)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_new_interpretation_runs_over_the_programs(name: str) -> None:
    graph = load(ROOT / f"programs/{name}.tp").graph
    met: dict[int, int] = {}
    for index in graph:
        node = graph[index]
        met[index] = functions_met.of(node.operation)(node.operation, [met[i] for i in node.operands])
    if name == "mlp":
        assert met[graph.outputs["f"]] == 3
    if name == "deep_linear":
        assert not any(met.values())
