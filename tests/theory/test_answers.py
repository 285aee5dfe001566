"""Answers are functions of the program alone: of no name, no order of statements, no other question or claim."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.marks import slow
from tests.random_programs.strategy import programs, seeded
from tp.graph.graph import Graph
from tp.syntax import parse
from tp.theory.analysis import Analysis

SINGLE = ("F", "kernel", "C[0,2]", "C[0,3]", "C[1,1]")
MIDDLE = """program p {
  width n, m = n^(1/2)
  input x : [d=16]
  param U : [n, d] ~ normal(0, 1)
  param A : [m | n] ~ normal(0, 1)
  param B : [n | m] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h1 = tanh(U @ x / sqrt(d))
  h2 = tanh(A @ h1 / sqrt(n))
  h3 = tanh(B @ h2 / sqrt(m))
  output f = dot(v, h3) / sqrt(n)
}"""
"""A layer of width n^(1/2) between two of width n."""
HEADS = """program p {
  width n, heads = n^(1/2), e = n^(1/2)
  input x : [t=3, d=16]
  param U : [n, d] ~ normal(0, 1)
  param Q : [heads, e | n] ~ normal(0, 1)
  param K : [heads, e | n] ~ normal(0, 1)
  param V : [heads, e | n] ~ normal(0, 1)
  param O : [n | heads, e] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h = tanh(U @ x / sqrt(d))
  q = Q @ h / sqrt(n)
  axis s = t
  k = rename(K @ h / sqrt(n), t, s)
  a = softmax(dot(q, k, e) / sqrt(e), s)
  z = sum(a * rename(V @ h / sqrt(n), t, s), s)
  output f = mean(dot(v, h + O @ z / sqrt(n), n) / sqrt(n), t)
}"""
"""n^(1/2) heads of size n^(1/2)."""

Answer = Callable[[Analysis], object]


def single(name: str) -> Answer:
    def answer(analysis: Analysis) -> object:
        found = analysis.prediction([name])
        return found.exponents[name], found.exact[name]

    return answer


def closed(analysis: Analysis) -> object:
    found = analysis.series
    return found and (found.rate, found.even, found.odd)


def training(analysis: Analysis) -> object:
    found = analysis.regime
    marks = {name: (d.value.exponent, d.value.exact) for name, d in found.grounds.items()}
    moved = sorted((str(f.initial), str(f.moved), f.exact) for f in found.features)
    return found.kind, found.exact, found.deviation, found.drift, found.gradient, marks, moved


QUESTIONS: dict[str, Answer] = {**{name: single(name) for name in SINGLE}, "series": closed, "training": training}


def answers(graph: Graph, order: list[str] | None = None) -> dict[str, object]:
    """The answers to all questions, asked of one analysis in ``order``; without one, each of an analysis of its own."""
    if order is None:
        return {name: question(Analysis(graph)) for name, question in QUESTIONS.items()}
    analysis = Analysis(graph, SINGLE)
    return {name: QUESTIONS[name](analysis) for name in order}


def shuffled(pick: random.Random) -> list[str]:
    return pick.sample(list(QUESTIONS), len(QUESTIONS))


def restated(text: str, pick: random.Random) -> tuple[str, dict[str, str]]:
    """The program with all weights and values renamed, and the weights declared in another order at its start.

    With it the new names.
    """
    lines = text.splitlines()
    declared = [line for line in lines if line.lstrip().startswith("param ")]
    # An axis such as [c=2 | n] is declared where it first appears.
    declared.sort(key=lambda line: (not re.search(r"\[[^\]]*=", line), pick.random()))
    head = 1 + max(i for i, line in enumerate(lines) if line.lstrip().startswith(("width", "input", "learning_rate")))
    rest = [line for line in lines[head:] if not line.lstrip().startswith("param ")]
    text = "\n".join([*lines[:head], *declared, *rest])
    names = re.findall(r"^\s*(?:param )?(\w+) (?:: \[.*~|=)", text, re.MULTILINE)
    numbers = pick.sample(range(100, 999), len(names))
    new = {name: f"{pick.choice('abcABC')}{number}" for name, number in zip(names, numbers, strict=True)}
    return renamed(text, new), new


def renamed(text: str, new: dict[str, str]) -> str:
    return re.sub(r"\b[A-Za-z]\w*\b", lambda m: new.get(m[0], m[0]), text)


def certified(text: str, wanted: list[str], new: dict[str, str] | None = None) -> object:
    """The certificate of the program, but for its digest, which is that of names, with ``new`` names taken back."""
    found = Analysis(parse(text).graph, wanted).certificate(wanted)
    old = {value: key for key, value in (new or {}).items()}
    text = renamed(json.dumps({key: found[key] for key in found if key != "digest"}), old)
    return json.loads(text.replace("widths n = n,", "widths n,").replace("widths n = n\\n", "widths n\\n"))


@pytest.mark.parametrize("text", [MIDDLE, *slow([HEADS])])
def test_what_else_is_asked_does_not_matter(text: str) -> None:
    graph = parse(text).graph
    alone = answers(graph)
    for seed in range(3):
        assert answers(graph, shuffled(random.Random(seed))) == alone


def test_a_narrow_layer_between_wide_ones() -> None:
    analysis = Analysis(parse(MIDDLE).graph)
    assert analysis.regime.deviation == analysis.exponent("C[0,2]") == Fraction(-1, 2)


@given(programs, st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_questions_do_not_depend_on_each_other(text: str, pick: random.Random) -> None:
    graph = parse(text).graph
    assert answers(graph, shuffled(pick)) == answers(graph)


@given(programs, st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_names_and_statements_do_not_matter(text: str, pick: random.Random) -> None:
    other, _ = restated(text, pick)
    assert other != text
    order = list(QUESTIONS)
    assert answers(parse(other).graph, order) == answers(parse(text).graph, order)


@pytest.mark.parametrize("text", [MIDDLE, *slow([seeded(3)])])
def test_a_certificate_is_the_same_after_other_questions(text: str) -> None:
    graph = parse(text).graph
    wanted = ["F", "C[0,2]"]
    alone, later = Analysis(graph, wanted), Analysis(graph, wanted)
    answers(graph, list(QUESTIONS))
    for question in QUESTIONS.values():
        question(later)
    assert json.dumps(later.certificate(wanted)) == json.dumps(alone.certificate(wanted))


WANTED = ["F", "C[0,2]", "C[1,1]"]
CERTIFIED = [MIDDLE, *(seeded(k) for k in (0, 2, 3, 4))]


@pytest.mark.parametrize("text", slow(CERTIFIED, but=CERTIFIED[:2]))
def test_a_certificate_depends_on_names_and_order_no_more_than_the_program(text: str) -> None:
    """Names of weights, axes and values, the order in which weights are declared, and that of the quantities."""
    other, new = restated(text, random.Random(1))
    axes = {"n": "z1", "m": "z2", "n1": "z3"}
    other = renamed(other, axes)
    assert certified(other, WANTED[::-1], new | axes) == certified(renamed(text, {}), WANTED)
