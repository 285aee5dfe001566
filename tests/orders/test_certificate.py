"""Certificates: what they say, and that nobody can make them say more than the rules give."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.marks import slow
from tp.interpret.orders import calculus_for
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.proof.certificate import (
    Claim,
    Json,
    certificate,
    digest,
    plain,
    read_argument,
    read_function,
    read_generator,
)
from tp.orders.proof.checker import Rejected, check
from tp.orders.typical.rules import RULES, Rules
from tp.orders.typical.value import Value
from tp.quantities.definitions import SYMBOLIC
from tp.quantities.definitions import parse as quantity
from tp.syntax import Program, load, parse
from tp.theory.analysis import Analysis
from tp.theory.scalars import Scalars

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = """program small {
    width n
    input x : [d=2]
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    output f = dot(v, tanh(U @ x)) / sqrt(n)
}"""


def shipped(name: str) -> Program:
    path = PROGRAMS / f"{name}.tp"
    return load(path, {"t": "3"} if "t" in load(path).settings else {})


@cache
def proven(name: str) -> tuple[Analysis, str]:
    """The analysis of a program, and its certificate as text."""
    program = parse(SMALL) if name == "small" else shipped(name)
    analysis = Analysis(program.graph, SYMBOLIC)
    return analysis, json.dumps(analysis.certificate(SYMBOLIC))


def written(name: str = "small") -> Json:
    return json.loads(proven(name)[1])


def sealed(body: Json) -> Json:
    """``body`` under a digest that fits."""
    return {**body, "digest": digest({k: v for k, v in body.items() if k != "digest"})}


def replayed(body: Json) -> Json:
    """``body`` with all values and exponents as the rules give them: what a forger would write."""
    out = copy.deepcopy(body)
    functions = [read_function(row) for row in out["functions"]]
    arguments = [tuple(read_argument(a, functions) for a in row) for row in out["arguments"]]
    rules = Rules([Fraction(w) for w in out["widths"]], [read_generator(g) for g in out["tracked"]], out["most"])
    values: list[Any] = []
    places: dict[Any, int] = {}
    table: list[Any] = []
    for line in out["lines"]:
        rule, argument, premises, _ = line
        inputs = [values[p] for p in premises]
        if rule in RULES:
            value = rules.apply_rule(rule, arguments[argument], inputs)[0]
        else:
            value = NORM_RULES[rule](arguments[argument], inputs)
        values.append(value)
        if value not in places:
            places[value] = len(table)
            table.append(plain(value))
        line[3] = places[value]
    out["values"] = table
    for claim in out["claims"]:
        value = values[claim["line"]]
        if isinstance(value, Value):
            terms = value.terms
            if claim["kind"] == "series":
                bit = rules.flips.variable(claim["variable"]).offset
                terms = [t for t in terms if bool(t.content.offset & bit) is bool(claim["parity"])]
            top = max((t.exponent for t in terms), default=None)
            claim["exponent"] = None if top is None else str(top * Fraction(claim["factor"]))
    return sealed(out)


# what certificates say -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["small", *sorted(p.stem for p in PROGRAMS.glob("*.tp"))])
def test_certificates_of_programs(name: str) -> None:
    analysis, text = proven(name)
    body = json.loads(text)
    found = check(body)
    assert found.lines == len(body["lines"])
    assert check(json.loads(json.dumps(body, indent=3))) == found
    assert len(found.statements) == len(body["claims"])
    prediction = analysis.prediction(SYMBOLIC)
    for q in SYMBOLIC:
        (order,) = (c for c in body["claims"] if c["kind"] == "order" and c["quantity"] == q)
        exponent = prediction.exponents[q]
        assert order["exponent"] == (None if exponent is None else str(exponent))
        sentence = found.statements[body["claims"].index(order)]
        assert sentence.startswith(q)
        assert sentence.endswith("0" if exponent is None else f"n^({exponent})") or order["factor"] != "1"
        assert ("~" in sentence) <= prediction.exact[q]
    if analysis.series is not None:
        parts = {c["parity"]: c["exponent"] for c in body["claims"] if c["kind"] == "series"}
        for parity, constant in ((0, analysis.series.even), (1, analysis.series.odd)):
            assert parts[parity] == (None if constant is None else str(constant))
    for parameter in analysis.program.parameters.values():
        if parameter.law.scale.coefficient:
            assert any(ground.startswith(f"{parameter.name} is random") for ground in found.grounds)


def test_the_same_program_has_the_same_certificate() -> None:
    again = Analysis(parse(SMALL).graph, SYMBOLIC).certificate(SYMBOLIC)
    assert again == json.loads(proven("small")[1])


@pytest.mark.parametrize("name", ["mlp", "rnn", "cnn"])
def test_certificates_keep_few_flips_and_terms(name: str) -> None:
    """Those flips that cancel something, and for most values a single term."""
    analysis, text = proven(name)
    body = json.loads(text)
    assert 2 * len(body["tracked"]) <= len(analysis.calculus.rules.flips.listed)
    assert body["most"] == 0


@pytest.mark.parametrize(
    "name", ["mlp", "mup_mlp", "relu_mlp", *slow(["attention", "rnn", "nonlinear_output", "deep_linear"])]
)
def test_a_claim_of_another_exponent_is_rejected(name: str) -> None:
    body = written(name)
    for i, claim in enumerate(body["claims"]):
        for other in (None, "-7/3", "1/2", "0"):
            if claim["kind"] != "form" and other != claim["exponent"]:
                forged = copy.deepcopy(body)
                forged["claims"][i]["exponent"] = other
                with pytest.raises(Rejected):
                    check(sealed(forged))


# mutations -------------------------------------------------------------------------------------------

Path_ = tuple[Any, ...]


def places(tree: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every place of a JSON tree with what is there, leaves and inner nodes."""
    yield path, tree
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def replaced(tree: Any, path: Path_, value: Any) -> Any:
    out = copy.copy(tree)
    out[path[0]] = value if len(path) == 1 else replaced(tree[path[0]], path[1:], value)
    return out


def without(tree: Any, path: Path_) -> Any:
    out = copy.copy(tree)
    if len(path) == 1:
        del out[path[0]]
    else:
        out[path[0]] = without(tree[path[0]], path[1:])
    return out


def alternatives(leaf: Any) -> list[Any]:
    """Other leaves in the place of one: near ones, of other types, and those that mean something."""
    found: list[Any] = [None, True, False, 0, 1, -1, "0", "x"]
    if isinstance(leaf, bool):
        found = [not leaf, None, "x"]
    elif isinstance(leaf, int):
        found += [leaf + 1, leaf - 1, -leaf - 1, str(leaf)]
    elif isinstance(leaf, str):
        found += [leaf + "x", "", "odd", "even", "none", "sum", "1", "-1", "1/2"]
    return [other for other in found if type(other) is not type(leaf) or other != leaf]


def mutations(body: Json) -> Iterator[tuple[Path_, Json]]:
    """Every leaf changed in all ways, every element dropped, doubled, or swapped with the next."""
    for path, there in places(body):
        if not path:
            continue
        if not isinstance(there, dict | list):
            for other in alternatives(there):
                yield path, replaced(body, path, other)
        yield path, without(body, path)
        *above, key = path
        parent = body
        for step in above:
            parent = parent[step]
        if isinstance(parent, list):
            doubled = [*parent[: key + 1], *parent[key:]]
            yield path, replaced(body, tuple(above), doubled)
            if key + 1 < len(parent) and parent[key] != parent[key + 1]:
                swapped = [*parent[:key], parent[key + 1], parent[key], *parent[key + 2 :]]
                yield path, replaced(body, tuple(above), swapped)


@cache
def tiny() -> Json:
    """One exponent that rests on a cancellation: as few lines as possible."""
    program = parse(SMALL).graph
    scalars = Scalars(program, 2, calculus_for(program))
    ground = scalars.ground(quantity("C[0,2]"))
    claims = [Claim("C[0,2]", "order", ground.derivation, ground.exponent, ground.factor)]
    return json.loads(json.dumps(certificate([Fraction(1)], claims)))


def test_every_change_breaks_the_digest() -> None:
    body = tiny()
    assert check(body).statements
    count = 0
    for path, mutated in mutations(body):
        count += 1
        with pytest.raises(Rejected):
            check(mutated)
        assert path
    assert count > 1000


def problem(body: Json) -> object:
    """What a certificate is about: for every claim the rules applied to which facts, whatever the tables look like.

    The rest (exponents, values, the flips and the number of terms kept, tables and their order) is the prover's choice.
    """
    known: dict[str, int] = {}

    def number(thing: object) -> int:
        return known.setdefault(json.dumps(thing, sort_keys=True), len(known))

    def inlined(argument: Any) -> Any:
        if isinstance(argument, dict) and set(argument) == {"function"}:
            return {"function": body["functions"][argument["function"]]}
        return [inlined(a) for a in argument] if isinstance(argument, list) else argument

    lines: list[int] = []
    for rule, argument, premises, _ in body["lines"]:
        lines.append(number([rule, inlined(body["arguments"][argument]), [lines[p] for p in premises]]))
    fields = ("quantity", "kind", "factor", "variable", "parity")
    return [[*(c.get(f) for f in fields), _unfolded(known, lines[c["line"]])] for c in body["claims"]], body["widths"]


def _unfolded(known: dict[str, int], line: int) -> str:
    """A line with everything that it rests on, written with numbers that do not depend on the order of tables."""
    rows = list(known)
    order: dict[int, int] = {}
    out: list[str] = []

    def visit(i: int) -> int:
        if i not in order:
            rule, argument, premises = json.loads(rows[i])
            inner = [visit(p) for p in premises]
            order[i] = len(order)
            out.append(json.dumps([rule, argument, inner], sort_keys=True))
        return order[i]

    visit(line)
    return "\n".join(out)


def larger(one: str | None, other: str | None) -> bool:
    return one is not None and (other is None or Fraction(one) > Fraction(other))


def accepted(body: Json) -> bool:
    try:
        check(body)
    except Rejected:
        return False
    return True


def check_forged(body: Json, original: Json) -> bool:
    """Whether a forged certificate is accepted; then it proves no more about the same problem than the original."""
    if not accepted(body):
        return False
    for mine, first in zip(body["claims"], original["claims"], strict=False):
        if mine["kind"] != "form" and larger(first["exponent"], mine["exponent"]):
            assert problem(body) != problem(original)
    return True


@pytest.mark.parametrize("part", [0, *slow(range(1, 4))])
def test_forged_changes_prove_nothing_more(part: int) -> None:
    """One change under a new digest, and the same with all values and exponents worked out again."""
    original = tiny()
    passed = 0
    for number, (_, mutated) in enumerate(mutations(original)):
        if number % 4 != part or "digest" not in mutated:
            continue
        passed += check_forged(sealed(mutated), original)
        try:
            honest = replayed(mutated)
        except Exception:
            continue  # not even the forger can make something of it
        passed += check_forged(honest, original)
    assert passed > 20


@pytest.mark.parametrize(
    "name", ["small", "mlp", "mup_mlp", *slow(["attention", "rnn", "relu_mlp", "cnn", "deep_linear"])]
)
def test_no_choice_of_flips_and_terms_proves_more(name: str) -> None:
    """Any flips, any number of terms: exponents only get larger, and the checker agrees with all of them."""
    original = written(name)
    pick = random.Random(name)
    for _ in range(12):
        forged = copy.deepcopy(original)
        if pick.random() < 0.8:
            kept = [g for g in forged["tracked"] if not g[2] or pick.random() < 0.6]
            forged["tracked"] = pick.sample(kept, len(kept))
        else:
            forged["tracked"] = [[f"{g[0]}x", *g[1:]] if g[2] else g for g in forged["tracked"]]
        forged["most"] = pick.choice((-3, 0, 1, 2, 6, 100))
        forged = replayed(forged)
        check(forged)
        for mine, first in zip(forged["claims"], original["claims"], strict=True):
            assert not larger(first["exponent"], mine["exponent"])


def test_more_flips_than_needed_prove_the_same() -> None:
    analysis, text = proven("mlp")
    body = json.loads(text)
    every = [
        [g.root, g.level, sorted(g.axes), None if g.blur is None else str(g.blur), g.cause]
        for g in analysis.calculus.rules.flips.listed
    ]
    assert len(every) > len(body["tracked"])
    full = replayed({**body, "tracked": every, "most": 6})
    assert check(full).statements == check(body).statements


ATTACKS = [
    "no variable",
    "other variable",
    "factor",
    "two laws",
    "width of an axis",
    "facts",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_known_attacks(attack: str) -> None:
    """Forged certificates of several consistent changes; each would prove something false."""
    original = written()
    before = check(original)
    forged = copy.deepcopy(original)
    series = [c for c in forged["claims"] if c["kind"] == "series"]
    one, other = '["n", {"rational": "1"}]', '["n", {"rational": "1/2"}]'
    text = json.dumps(forged["arguments"])
    match attack:
        case "no variable":
            forged["tracked"] = [g for g in forged["tracked"] if g[2]]
        case "other variable":
            forged["tracked"].append(["@other", 0, [], None, ""])
            for claim in series:
                claim["variable"] = "@other"
        case "factor":
            for claim in forged["claims"]:
                claim["factor"] = "3" if claim["kind"] == "order" else claim["factor"]
        case "two laws":
            # The line uses a smaller law; the true one comes last, where nothing uses it.
            (place,) = (i for i, row in enumerate(forged["arguments"]) if '"source": ["v"' in json.dumps(row))
            forged["arguments"].append(forged["arguments"][place])
            forged["arguments"][place] = json.loads(json.dumps(forged["arguments"][place]).replace('"0"', '"-3"'))
        case "width of an axis":
            forged["arguments"] = json.loads(text.replace(one, other))
        case _:
            for slope in forged["functions"][0]["slopes"][2:]:
                slope[0] = True
    try:
        after = check(replayed(forged))
    except (Rejected, KeyError):
        return
    # What is granted must differ, or all that is said must be as before.
    assert after.grounds != before.grounds or after.statements == before.statements


def test_parities_are_said() -> None:
    """The words in front of a closed form are the claim's own; which part it is about stands in the sentence."""
    forged = written()
    places = [i for i, claim in enumerate(forged["claims"]) if claim["kind"] == "series"]
    for i in places:
        forged["claims"][i]["parity"] = 1 - forged["claims"][i]["parity"]
    before, after = check(written()).statements, check(replayed(forged)).statements
    for i in places:
        assert ("odd part" in before[i]) == ("even part" in after[i]) != ("even part" in before[i])


def test_statements_do_not_claim_what_forgotten_flips_would_show() -> None:
    """Without its flips a certificate proves less, and must not say that this is the order."""
    forged = replayed({**written(), "tracked": [g for g in written()["tracked"] if not g[2]]})
    weaker = [
        sentence
        for sentence, mine, first in zip(check(forged).statements, forged["claims"], written()["claims"], strict=True)
        if mine["kind"] == "order" and larger(mine["exponent"], first["exponent"])
    ]
    assert weaker
    assert not any("~" in sentence for sentence in weaker)


# garbage ---------------------------------------------------------------------------------------------

JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "0", "-1/2", "1/0", "x", "n", "order", "tanh", "sum", "norm.flat", "apply", "@step", "ff"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["function", "source", "rational", "kind", "line", "name"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(JSONS)
@settings(max_examples=200, deadline=None)
def test_garbage_is_rejected(garbage: Any) -> None:
    with pytest.raises(Rejected):
        check(garbage)


@given(st.fixed_dictionaries({key: JSONS for key in tiny() if key not in ("format", "digest")}))
@settings(max_examples=200, deadline=None)
def test_garbage_under_a_digest_is_rejected(parts: dict[str, Any]) -> None:
    body = sealed({**parts, "format": tiny()["format"]})
    try:
        found = check(body)
    except Rejected:
        return
    assert not found.statements


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_garbage_anywhere_raises_no_other_exception(data: st.DataObject) -> None:
    original = tiny()
    body = original
    for _ in range(data.draw(st.integers(1, 3))):
        spots = [path for path, _ in places(body) if path and path[0] not in ("digest", "format")]
        body = replaced(body, data.draw(st.sampled_from(spots)), data.draw(JSONS))
    try:
        check(sealed(body))
    except Rejected:
        return


def test_the_checker_knows_nothing_of_networks() -> None:
    listing = (
        "import sys, tp.orders.proof.checker; print(*(m for m in sys.modules if m.startswith('tp.') or m == 'jax'))"
    )
    found = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.split()
    assert "tp.orders.proof.checker" in found
    rooms = ("graph", "syntax", "primitives", "activations", "transform", "interpret", "correlations", "measure")
    assert not [m for m in found if m == "jax" or m.startswith(tuple(f"tp.{room}" for room in rooms))]
