"""Certificates: derivations written down, so that anyone can check them against the program.

A certificate holds the program as a graph, the graphs of its derivatives as text, lines (each a rule, its arguments,
its premises and its value), tables of the facts that lines refer to, and statements. It keeps only those sign flips
that some cancellation needs. A digest covers everything else in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tp.graph.graph import Graph
from tp.graph.mapping import nameless
from tp.graph.subgraph import subgraph
from tp.graph.text import print_graph
from tp.interpret.followed import FollowedCalculus, Following
from tp.interpret.subject import Statement, Subject
from tp.orders.bounds.recorder import NormCalculus
from tp.orders.proof.encoding import Json
from tp.orders.proof.replay import Replayed, Step, replayed
from tp.orders.proof.written import Growing, written
from tp.orders.typical.pruning import MOST
from tp.orders.typical.recorder import Calculus
from tp.orders.typical.rules import Rules
from tp.primitives.law_facts import widths_of
from tp.primitives.traits import weight_of
from tp.theory.subjects import Choices, subjects

FORMAT = "tp-certificate-3"
_PASSES = 20
"""The most times that lines are replayed and added to."""


def certificate(program: Graph, choices: Choices) -> Json:
    """The certificate of the chosen quantities and of training. Raises ValueError for an unknown quantity."""
    program = standard(program)
    about = tuple(subjects(program, choices))
    proof = _simplest(program, about)
    body: Json = {
        "format": FORMAT,
        "program": print_graph(program),
        "choices": choices.json,
        "subjects": described(about),
        **written(proof.steps, proof.lines),
        "statements": proof.stated,
    }
    return {**body, "digest": digest(body)}


def standard(program: Graph) -> Graph:
    """``program`` as certificates carry it: without names of nodes and places in the source, in one order of nodes.

    Orders do not depend on the Python functions of maps, which are left out. Weights are in the order in which nodes
    use them, those that none uses left out.
    """
    bare = subgraph(program, program.outputs)[0]
    used = dict.fromkeys(w.name for node in bare.nodes if (w := weight_of(node.operation)) is not None)
    nodes = [replace(node, operation=nameless(node.operation)) for node in bare.nodes]
    return replace(bare, nodes=tuple(nodes), parameters={name: bare.parameters[name] for name in used})


def described(about: Sequence[Subject]) -> list[Json]:
    """The subjects as certificates carry them."""
    found = [{"name": s.name, "graph": print_graph(s.graph), **s.details} for s in about]
    return json.loads(json.dumps(found))


def digest(body: Mapping[str, Any]) -> str:
    """The fingerprint of everything but the digest itself."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Proof:
    steps: list[Step]
    lines: Replayed
    statements: list[Statement]

    @property
    def stated(self) -> list[Json]:
        return [s.json for s in self.statements]


def _simplest(program: Graph, about: Sequence[Subject]) -> _Proof:
    """Lines with few flips and terms that state as much as those with all of them, or these."""
    widths = widths_of(program)
    whole = Calculus(widths)
    best = [s.json for subject in about for s in subject.statements(whole, NormCalculus)]
    flips = whole.rules.flips
    needed = flips.rooted(whole.rules.witnesses | flips.formal)
    for most in (0, MOST):
        found = _followed(about, lambda most=most: Rules(widths, needed, most))
        if found.stated == best:
            return found
    return _followed(about, lambda: Rules(widths, flips.listed))


def _followed(about: Sequence[Subject], rules: Callable[[], Rules]) -> _Proof:
    """Lines by fresh ``rules`` that suffice for all that the subjects ask for, and what these state.

    A value can depend on products that come later, and what is asked for depends on values. So the lines grow until a
    replay of them has every line that is asked for.
    """
    steps: list[Step] = []
    for _ in range(_PASSES):
        lines = replayed(steps, rules())
        growing = Growing(steps, lines)
        calculus, norms = FollowedCalculus(growing), Following(growing)
        statements = [s for subject in about for s in subject.statements(calculus, norms)]
        if not growing.grown:
            return _Proof(steps, lines, statements)
        steps = growing.steps
    raise ValueError("no lines were found that suffice for all that the program asks for")
