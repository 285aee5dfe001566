"""Certificates: what they say, and that nobody can make them say anything else about the same program."""

from __future__ import annotations

import copy
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.marks import exhaustive, slow
from tp.activations.facts import facts
from tp.graph.axes import Scale, Width
from tp.graph.text import parse_graph
from tp.optimizers import Optimizer
from tp.optimizers.adam import Adam
from tp.optimizers.adamw import AdamW
from tp.optimizers.encoding import decoded, encoded
from tp.optimizers.lamb import Lamb
from tp.optimizers.muon import Muon
from tp.optimizers.shampoo import Shampoo
from tp.optimizers.sign import Sign
from tp.orders.bounds.recorder import NormCalculus
from tp.orders.bounds.rules import NORM_RULES
from tp.orders.facts import Function
from tp.orders.proof.encoding import Decoder, Json, plain, read_generator
from tp.orders.typical.recorder import Calculus
from tp.orders.typical.rules import RULES, Rules
from tp.primitives import known as operations
from tp.quantities.definitions import SYMBOLIC
from tp.syntax import Program, load, parse
from tp.theory.analysis import Analysis
from tp.theory.certificate import _followed, digest, standard
from tp.theory.checking import Checked, Rejected, check
from tp.theory.subjects import Choices, subjects

PROGRAMS = Path(__file__).parents[2] / "programs"
SMALL = """program small {
    width n
    input x : [d=2]
    param U : [n, d] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    output f = dot(v, tanh(U @ x)) / sqrt(n)
}"""
KINKED = """program kinked {
    width n
    input x : [d=2]
    param U : [n, d] ~ normal(0, 1) decay 1/n
    param v : [n] ~ normal(0, 1)
    output f = dot(v, relu(U @ x)) / sqrt(n)
}"""
TINY = ("F", "kernel", "C[0,2]", "C[1,1]")


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


@cache
def _tiny(text: str) -> str:
    return json.dumps(Analysis(parse(text).graph, TINY).certificate(TINY))


def tiny(text: str = SMALL) -> Json:
    """A certificate with as few lines as possible."""
    return json.loads(_tiny(text))


def sealed(body: Json) -> Json:
    """``body`` under a digest that fits."""
    return {**body, "digest": digest({k: v for k, v in body.items() if k != "digest"})}


def known(name: str) -> Function | None:
    try:
        return facts(name)
    except (KeyError, ValueError):
        return None


def replayed(body: Json) -> Json:
    """``body`` with all values as the rules give them: what a forger would write. Raises what the rules raise."""
    out = copy.deepcopy(body)
    read = Decoder(out["facts"], known)
    arguments = [tuple(map(read.decoded, row)) for row in out["arguments"]]
    widths = {size for _, size in read.axes} or {Fraction(1)}
    rules = Rules(widths, [read_generator(g) for g in out["tracked"]], out["most"])
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
    return out


# what certificates say -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["small", *slow(sorted(p.stem for p in PROGRAMS.glob("*.tp")), ["mlp", "attention"])])
def test_certificates_of_programs(name: str) -> None:
    analysis, text = proven(name)
    body = json.loads(text)
    found = check(body, analysis.source)
    assert found.lines == len(body["lines"])
    assert found.compared
    prediction = analysis.prediction(SYMBOLIC)
    orders = {s["quantity"]: s["exponent"] for s in body["statements"] if s["kind"] == "order"}
    for q in SYMBOLIC:
        exponent = prediction.exponents[q]
        square = 2 if q.startswith("C[1") else 1
        stated = orders[f"{q}^2" if square == 2 else q]
        assert stated == (None if exponent is None else str(exponent * square))
    assert (analysis.series is None) == (not [s for s in body["statements"] if s["kind"] == "series"])
    for s in body["statements"]:
        if s["kind"] == "norm" and s["exponent"] is not None:
            bound = analysis.bound(s["quantity"])
            assert bound is not None
            assert Fraction(s["exponent"]) >= bound
    for parameter in analysis.program.parameters.values():
        assert sum(ground.startswith(f"{parameter.name} ") for ground in found.grounds) == 1
    assert len(set(found.grounds)) == len(found.grounds)


@pytest.mark.parametrize(
    "optimizer",
    [
        Adam(eps=Scale.of(Width("n"), Fraction(-2)), clip=1.0),
        *slow([Muon(), Shampoo(eps=1.0), Lamb(), AdamW(power=Fraction(-1))]),
    ],
    ids=lambda o: o.name,
)
def test_certificates_of_training_by_any_optimiser(optimizer: Optimizer) -> None:
    program = parse(SMALL).graph
    body = Analysis(program, ("F",), optimizer).certificate(("F",))
    assert decoded(encoded(optimizer)) == optimizer
    checked = check(body, program)
    assert any(f"steps of {optimizer.name}" in statement for statement in checked.statements)
    body["choices"]["optimizer"] = encoded(Sign())
    with pytest.raises(Rejected, match=r"graphs|statements"):
        check({**body, "digest": digest({k: v for k, v in body.items() if k != "digest"})}, program)


def test_a_certificate_states_nothing_of_training_without_known_orders() -> None:
    program = parse(SMALL).graph
    checked = check(Analysis(program, ("F",), Shampoo()).certificate(("F",)), program)
    assert checked.statements
    assert not any("shampoo" in statement for statement in checked.statements)


def test_the_same_program_has_the_same_certificate() -> None:
    again = Analysis(parse(SMALL).graph, SYMBOLIC).certificate(SYMBOLIC)
    assert json.loads(json.dumps(again)) == written()


def test_names_of_nodes_and_comments_do_not_matter() -> None:
    """What is compared is the computation."""
    other = SMALL.replace("dot(v, tanh(U @ x))", "dot(v, h)").replace(
        "output", "# tanh\n    h = tanh(U @ x)\n    output"
    )
    assert check(tiny(), parse(other).graph).compared


@pytest.mark.parametrize(
    "change",
    [("tanh", "relu"), ("sqrt(n)", "n"), ("normal(0, 1)", "uniform(0, 1)"), ("d=2", "d=3"), ("dot(v", "2 * dot(v")],
)
def test_another_program_is_rejected(change: tuple[str, str]) -> None:
    with pytest.raises(Rejected, match="another program"):
        check(tiny(), parse(SMALL.replace(*change)).graph)


@pytest.mark.parametrize("name", ["mlp", *slow(["rnn"])])
def test_certificates_keep_few_flips_and_terms(name: str) -> None:
    """Those flips that cancel something, with those that they are images of, and for most values a single term."""
    analysis, text = proven(name)
    body = json.loads(text)
    tracked = [read_generator(g) for g in body["tracked"]]
    program = parse_graph(body["program"], operations())
    rules = Rules({w.exponent for w in program.widths.values()}, tracked)
    calculus = Calculus((), rules)
    stated = [
        statement.json
        for subject in subjects(program, Choices.read(body["choices"]))
        for statement in subject.statements(calculus, NormCalculus)
    ]
    assert stated == body["statements"]
    assert set(tracked) == set(rules.flips.rooted(rules.witnesses | rules.flips.formal))
    assert len(tracked) < len(analysis.calculus.rules.flips.listed)
    assert body["most"] == 0


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
        found += [leaf + 1, leaf - 1, -leaf - 1, 10 * leaf, str(leaf)]
    elif isinstance(leaf, str):
        found += [leaf + "x", "", "odd", "even", "none", "sum", "1", "-1", "1/2"]
    return [other for other in found if type(other) is not type(leaf) or other != leaf]


def mutation(body: Json, spots: list[tuple[Path_, Any]], pick: random.Random) -> Json:
    """One leaf changed, or one element dropped, doubled or swapped with the next."""
    path, there = pick.choice(spots)
    *above, key = path
    parent = body
    for step in above:
        parent = parent[step]
    if not isinstance(there, dict | list) and pick.random() < 0.7:
        return replaced(body, path, pick.choice(alternatives(there)))
    if isinstance(parent, list) and pick.random() < 0.7:
        around = [*parent[: key + 1], *parent[key:]]
        if pick.random() < 0.5 and key + 1 < len(parent):
            around = [*parent[:key], parent[key + 1], parent[key], *parent[key + 2 :]]
        return replaced(body, tuple(above), around)
    return without(body, path)


def spots(body: Json) -> list[tuple[Path_, Any]]:
    return [(path, there) for path, there in places(body) if path and path[0] not in ("format", "digest")]


def result(body: Json, text: str | None = SMALL) -> Checked | None:
    """What the certificate proves about the program ``text``, if that is given; None where it is rejected."""
    try:
        return check(body, None if text is None else parse(text).graph)
    except Rejected:
        return None


def test_every_change_breaks_the_digest() -> None:
    body, pick = tiny(), random.Random(5)
    assert check(body).statements
    for _ in range(100):
        changed = mutation(body, spots(body), pick)
        if changed != body:
            with pytest.raises(Rejected):
                check(changed)


# forgeries -------------------------------------------------------------------------------------------
# A forger knows the format: digests fit, values are those that the rules give, and every attack below is consistent.

Attack = Callable[[Json, random.Random], None]


def one_or_more_mutations(body: Json, pick: random.Random) -> None:
    for _ in range(pick.randint(1, 3)):
        body.update(mutation(copy.deepcopy(body), spots(body), pick))


def another_name(body: Json, pick: random.Random) -> None:
    """A statement takes the name of another one."""
    one, other = pick.sample(body["statements"], 2)
    one["quantity"], one["sentence"] = other["quantity"], one["sentence"].replace(one["quantity"], other["quantity"])


def another_output(body: Json, pick: random.Random) -> None:
    """Two outputs of a graph change their names."""
    subject = pick.choice([s for s in body["subjects"] if s["graph"].count("\noutput ") > 1])
    lines = subject["graph"].split("\n")
    one, other = pick.sample([i for i, line in enumerate(lines) if line.startswith("output ")], 2)
    (a, to), (b, by) = lines[one].rsplit(" = ", 1), lines[other].rsplit(" = ", 1)
    lines[one], lines[other] = f"{a} = {by}", f"{b} = {to}"
    subject["graph"] = "\n".join(lines)


def smaller_exponent(body: Json, pick: random.Random) -> None:
    statement = pick.choice(body["statements"])
    before = statement["exponent"]
    statement["exponent"] = pick.choice([None, "-10", "-1/2", "0", "-1"])
    shown = "0" if statement["exponent"] is None else f"n^({statement['exponent']})"
    statement["sentence"] = statement["sentence"].replace("0" if before is None else f"n^({before})", shown)


def another_scope(body: Json, pick: random.Random) -> None:
    statement = pick.choice(body["statements"])
    scope = pick.choice(["", "for all even d >= 2", "for all odd d >= 2", "for D >= 2, d >= 2, without cancellation"])
    statement["sentence"] = statement["sentence"].replace(statement["scope"], scope) if scope else "C[0,d] <= n^(0)"
    statement["scope"] = scope


def other_grains(body: Json, pick: random.Random) -> None:
    """Lines of the norm calculus with other sizes than the facts have."""
    rows = {line[1] for line in body["lines"] if line[0].startswith("norm.")}
    factor = pick.choice([0, 2, 10, -1])

    def scaled(argument: Any) -> Any:
        if isinstance(argument, list):
            return [scaled(a) for a in argument]
        return argument * factor if type(argument) is int else argument

    for row in pick.sample(sorted(rows), pick.randint(1, len(rows))):
        body["arguments"][row] = scaled(body["arguments"][row])


def inserted_refinement(body: Json, pick: random.Random) -> None:
    """A line that says that entries are as small as one likes, on which the rest is built."""
    place = pick.choice([i for i, line in enumerate(body["lines"]) if line[0].startswith("norm.")])
    body["arguments"].append([[-480, -480, -480], 48])
    for line in body["lines"][place + 1 :]:
        line[2] = [p + 1 if p > place else p for p in line[2]]
    body["lines"].insert(place + 1, ["norm.refined", len(body["arguments"]) - 1, [place], 0])
    for line in body["lines"][place + 2 :]:
        line[2] = [place + 1 if p == place else p for p in line[2]]


def other_fact(body: Json, pick: random.Random) -> None:
    """Another size of an axis, law of a weight or property of a function."""
    table = pick.choice([t for t in body["facts"] if body["facts"][t]])
    paths = [p for p, there in places(body["facts"][table]) if p and not isinstance(there, dict | list)]
    path = pick.choice(paths)
    there = body["facts"][table]
    for step in path:
        there = there[step]
    body["facts"][table] = replaced(body["facts"][table], path, pick.choice(alternatives(there)))


def a_second_fact(body: Json, pick: random.Random) -> None:
    """One line uses a fact of its own, under the same name."""
    word = pick.choice([t for t in body["facts"] if body["facts"][t]])
    rows = body["facts"][word]
    number = pick.randrange(len(rows))
    rows.append(copy.deepcopy(rows[number]))
    leaves = [p for p, there in places(rows[-1]) if p and not isinstance(there, dict | list) and p != (0,)]
    path = pick.choice(leaves)
    there = rows[-1]
    for step in path:
        there = there[step]
    rows[-1] = replaced(rows[-1], path, pick.choice(alternatives(there)))
    users = [i for i, row in enumerate(body["arguments"]) if json.dumps({word: number}) in json.dumps(row)]
    if users:
        row = pick.choice(users)
        text = json.dumps(body["arguments"][row]).replace(json.dumps({word: number}), json.dumps({word: len(rows) - 1}))
        body["arguments"][row] = json.loads(text)


def other_graph(body: Json, pick: random.Random) -> None:
    """Another number in the text of the program or of a graph."""
    spot = pick.choice([body, *body["subjects"]])
    key = "program" if spot is body else "graph"
    before, after = pick.choice(
        [("n^(-1/2)", "n^(-1)"), ("normal(1.0)", "normal(n^(-1))"), ("tanh, k=1", "tanh, k=2"), ("over=[n]", "over=[]")]
    )
    spot[key] = spot[key].replace(before, after, pick.randint(1, 3))


def other_premises(body: Json, pick: random.Random) -> None:
    for _ in range(pick.randint(1, 3)):
        number = pick.randrange(1, len(body["lines"]))
        line = body["lines"][number]
        if line[2]:
            line[2][pick.randrange(len(line[2]))] = pick.randrange(number)


def other_rule(body: Json, pick: random.Random) -> None:
    pick.choice(body["lines"])[0] = pick.choice([*RULES, *NORM_RULES])


def other_flips(body: Json, pick: random.Random) -> None:
    """Flips that the weights do not have, or exact ones in place of blurred ones."""
    for generator in body["tracked"]:
        if pick.random() < 0.5:
            generator[pick.choice([0, 1, 3])] = pick.choice([None, 0, 1, "v", "U@", "@step", "-1"])
    body["most"] = pick.choice([0, 1, 2, 6])


def other_choices(body: Json, pick: random.Random) -> None:
    body["choices"]["rate"] = pick.choice([None, "0", "1", "5", "-1"])
    body["choices"]["sizes"] = [[pick.choice([0, 48, 480]), pick.choice([0, 48, 480])]]


def other_adjoint(body: Json, pick: random.Random) -> None:
    """A node loses its cotangent, or a weight its factors."""
    subject = body["subjects"][-1]
    if pick.random() < 0.5:
        subject["cotangents"].pop(pick.randrange(len(subject["cotangents"])))
    else:
        subject["reads"].pop(pick.choice(list(subject["reads"])))


def a_name_of_ones_own(body: Json, pick: random.Random) -> None:
    """An output has another name, in the graph and in the statement."""
    statement = pick.choice([s for s in body["statements"] if not s["scope"]])
    before, after = statement["quantity"], pick.choice(["C[0,9]", "F", "f", "accuracy", "F - F_lin", "kernel\n"])
    statement["quantity"] = after
    statement["sentence"] = statement["sentence"].replace(before, after)
    for subject in body["subjects"]:
        for name in (before, json.dumps(before)):
            subject["graph"] = subject["graph"].replace(f"output {name} = ", f"output {json.dumps(after)} = ")


def later_steps(body: Json, pick: random.Random) -> None:
    """What holds after two steps is said of others."""
    after = pick.choice(["1 step", "3 steps", "99 steps"])
    for statement in body["statements"]:
        for key in ("quantity", "sentence"):
            statement[key] = statement[key].replace("2 steps", after)
    for subject in body["subjects"]:
        subject["graph"] = subject["graph"].replace("2 steps", after)


def another_program(body: Json, pick: random.Random) -> None:
    """All of a genuine certificate, but the program, its graphs, its lines or its statements are those of another."""
    texts = [
        SMALL.replace("sqrt(n)", "n"),
        SMALL.replace("tanh", "sin"),
        SMALL.replace("[n, d] ~ normal(0, 1)", "[n, d] ~ normal(0, 1/n)"),
        SMALL.replace("[n, d] ~ normal(0, 1)", "[n, d] ~ normal(0, 1) rate 1/n"),
        SMALL.replace("[n, d] ~ normal(0, 1)", "[n, d] ~ normal(0, 1) decay 1"),
        SMALL.replace("[n] ~ normal(0, 1)", "[n] ~ exponential(0, 1)"),
        SMALL.replace("[n] ~ normal(0, 1)", "[n] ~ student_t(0, 1, 5)"),
        KINKED,
    ]
    other = tiny(pick.choice(texts))
    for key in pick.sample(["program", "subjects", "facts", "lines", "arguments", "statements", "tracked"], 3):
        body[key] = other[key]


def rewired(body: Json, pick: random.Random) -> None:
    """A node of a graph has other operands, or two nodes change places."""
    subject = pick.choice(body["subjects"])
    lines = subject["graph"].split("\n")
    nodes = [i for i, line in enumerate(lines) if line.startswith("%") and " %" in line]
    place = pick.choice(nodes)
    if pick.random() < 0.5:
        operand = pick.choice(re.findall(r" %(\d+)", lines[place]))
        lines[place] = re.sub(rf" %{operand}\b", f" %{pick.randrange(place)}", lines[place], count=1)
    else:
        other = pick.choice(nodes)
        (a, this), (b, that) = lines[place].split(" = ", 1), lines[other].split(" = ", 1)
        lines[place], lines[other] = f"{a} = {that}", f"{b} = {this}"
    subject["graph"] = "\n".join(lines)


def rewired_alike(body: Json, pick: random.Random) -> None:
    """The program and all graphs read another weight, or another derivative."""
    before, after = pick.choice(
        [("parameter=v", "parameter=U"), ("k=1", "k=0"), ("k=0", "k=2"), ("terms=2", "terms=1")]
    )
    for spot, key in [(body, "program"), *((s, "graph") for s in body["subjects"])]:
        spot[key] = spot[key].replace(before, after)


def unused_lines(body: Json, pick: random.Random) -> None:
    """Lines, arguments and facts that nothing rests on, some of them with smaller values than any other."""
    for _ in range(pick.randint(1, 4)):
        rule, argument, premises, value = copy.deepcopy(pick.choice(body["lines"]))
        if pick.random() < 0.5:
            body["arguments"].append([{"rational": "-9"}, []])
            rule, argument = "scaled", len(body["arguments"]) - 1
            premises = [pick.randrange(len(body["lines"]))]
        body["lines"].append([rule, argument, premises, value])
    for table in body["facts"].values():
        table += copy.deepcopy(table[:1])


def more_or_less(body: Json, pick: random.Random) -> None:
    """A statement, a graph, a fact or a tracked flip is there twice, or is missing."""
    rows = pick.choice([body["statements"], body["subjects"], body["tracked"], *body["facts"].values()])
    number = pick.randrange(len(rows))
    if pick.random() < 0.5:
        rows.pop(number)
    else:
        rows.insert(pick.randrange(len(rows) + 1), copy.deepcopy(rows[number]))


def other_subjects(body: Json, pick: random.Random) -> None:
    """Graphs, or their names, in other places."""
    one, other = pick.sample(body["subjects"], 2)
    key = pick.choice(["name", "graph"])
    one[key], other[key] = other[key], one[key]


ATTACKS: list[Attack] = [
    a_name_of_ones_own,
    later_steps,
    another_program,
    rewired,
    rewired_alike,
    unused_lines,
    more_or_less,
    other_subjects,
    one_or_more_mutations,
    another_name,
    another_output,
    smaller_exponent,
    another_scope,
    other_grains,
    inserted_refinement,
    other_fact,
    a_second_fact,
    other_graph,
    other_premises,
    other_rule,
    other_flips,
    other_choices,
    other_adjoint,
]


def forged(attack: Attack, seed: int, text: str = SMALL) -> Json | None:
    """A forgery with values that the rules give; None where the forger can make nothing of it."""
    pick, body = random.Random(f"{attack.__name__}{seed}"), tiny(text)
    attack(body, pick)
    if pick.random() < 0.2:
        pick.choice(ATTACKS)(body, pick)
    try:
        return sealed(replayed(body))
    except Exception:
        return None


def refuted(count: int, attack: Attack, text: str = SMALL) -> int:
    """The number of forgeries that were made. Each is rejected, or says what the original says.

    Without a program to compare with, one that is accepted may be about another program, and has another digest then.
    """
    original, made = result(tiny(text), text), 0
    assert original is not None
    for seed in range(count):
        try:
            body = forged(attack, seed, text)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError):
            continue  # two attacks that do not go together
        if body is None:
            continue
        made += 1
        for found in (result(body, text), result(body, None)):
            if found is not None and (found.compared or found.program == original.program):
                assert found.statements == original.statements, (attack.__name__, seed)
                assert (found.grounds, found.program) == (original.grounds, original.program), (attack.__name__, seed)
    return made


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: a.__name__)
@pytest.mark.parametrize("count", [12, *slow([40]), *exhaustive([1000])])
def test_forgeries_are_rejected_or_change_nothing(count: int, attack: Attack) -> None:
    assert refuted(count, attack) >= count // 10


def test_grounds_say_what_kinks_and_decay_rest_on() -> None:
    found = result(tiny(KINKED), KINKED)
    assert found is not None
    assert "at an input that is not trained on, where a derivative jumps is independent of the move" in found.grounds
    assert any(ground.startswith("U ") and "decays at the rate n^(-1)" in ground for ground in found.grounds)
    assert len(set(found.grounds)) == len(found.grounds)


@pytest.mark.parametrize(
    ("count", "attack"), exhaustive([(200, attack) for attack in ATTACKS]), ids=lambda v: getattr(v, "__name__", None)
)
def test_forgeries_about_kinks_and_decay(count: int, attack: Attack) -> None:
    assert refuted(count, attack, KINKED) >= count // 20


def test_a_certificate_of_other_choices_is_no_forgery() -> None:
    """Other sizes of displacements prove other true bounds, and none that the orders contradict."""
    analysis = Analysis(parse(SMALL).graph, SYMBOLIC)
    for rate in ("0", "1/4"):
        body = written()
        body["choices"]["rate"] = rate
        with pytest.raises(Rejected):
            check(sealed(body))
    assert analysis.series is not None


def test_a_closed_form_needs_bounded_moves() -> None:
    """With a larger λ the moves of arguments grow, and nothing is stated for all d."""
    from tp.theory.certificate import certificate
    from tp.theory.subjects import Choices

    for rate, stated in ((Fraction(1, 2), True), (Fraction(1, 4), True), (Fraction(3, 4), False)):
        body = certificate(parse(SMALL).graph, Choices(("F",), rate, ((0, 0),)))
        assert bool([s for s in body["statements"] if s["kind"] == "series"]) is stated
        assert check(json.loads(json.dumps(body))).statements


@pytest.mark.parametrize("name", ["small", *slow(["mlp", "attention"])])
def test_fewer_flips_prove_no_more(name: str) -> None:
    """A certificate that forgets flips is rejected with the old statements."""
    body = written(name)
    kept = [g for g in body["tracked"] if not g[2]]
    assert len(kept) < len(body["tracked"])
    with pytest.raises(Rejected):
        check(sealed(replayed({**body, "tracked": kept})))


ROOTS = [
    "s = dot(w, h, n) / n\n output f = dot(v, h) / sqrt(n) / sqrt(s^2)",
    "s = dot(w, h, n) / n\n output f = dot(v, h) / sqrt(n) / sqrt(s^2 + 1/n^2)",
    "output f = dot(v, h / sqrt((w * h)^2 + mean(w * h)^2)) / sqrt(n)",
    "output f = dot(v, h / (1 + sum(w * h))) / sqrt(n)",
]


@pytest.mark.parametrize(
    ("text", "picks"), slow([(text, picks) for picks in (1, 4) for text in ROOTS], but=[(ROOTS[0], 1), (ROOTS[3], 1)])
)
def test_fewer_flips_or_terms_prove_nothing_smaller_of_roots(text: str, picks: int) -> None:
    """A sum that cancels is larger with fewer flips, and its negative power must not be taken for smaller."""
    weights = "".join(f"param {name} : [n] ~ normal(0, 1)\n" for name in "vw")
    source = (
        f"program p {{\n width n\n input x : [d=2]\n param U : [n, d] ~ normal(0, 1)\n {weights} h = U @ x\n {text}\n}}"
    )
    program = standard(parse(source).graph)
    widths = {w.exponent for w in program.widths.values()}
    about = tuple(subjects(program, Choices(("F", "kernel", "C[0,2]")[: 1 + picks], None, ((0, 0),))))

    def stated(rules: Callable[[], Rules]) -> dict[tuple[str, str, str], float]:
        found = _followed(about, rules).statements
        return {
            (s.kind, s.quantity, s.scope): float("-inf" if s.exponent is None else Fraction(s.exponent)) for s in found
        }

    whole = Calculus(widths)
    for subject in about:
        list(subject.statements(whole, NormCalculus))
    listed = whole.rules.flips.listed
    right = stated(lambda: Rules(widths, listed))
    pick = random.Random(1)
    for kept, most in [
        ([], 6),
        ([], 0),
        (listed, 0),
        *((pick.sample(listed, len(listed) // 2), 6) for _ in range(picks)),
    ]:
        found = stated(lambda kept=kept, most=most: Rules(widths, kept, most))
        assert not {key for key, size in found.items() if size < right.get(key, float("inf"))}, (kept, most)


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
@settings(max_examples=100, deadline=None)
def test_garbage_is_rejected(garbage: Any) -> None:
    with pytest.raises(Rejected):
        check(garbage)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_garbage_anywhere_raises_no_other_exception(data: st.DataObject) -> None:
    body = tiny()
    for _ in range(data.draw(st.integers(1, 3))):
        some = data.draw(st.sampled_from([path for path, _ in spots(body)]))
        body = replaced(body, some, data.draw(JSONS))
    try:
        check(sealed(body))
    except Rejected:
        return


def loaded(module: str) -> list[str]:
    """The modules of the project, and JAX, that importing ``module`` loads."""
    listing = f"import sys, {module}; print(*(m for m in sys.modules if m.startswith('tp.') or m == 'jax'))"
    found = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.split()
    assert module in found
    return found


def within(module: str, rooms: tuple[str, ...]) -> list[str]:
    return [m for m in loaded(module) if m == "jax" or any(m == r or m.startswith(f"{r}.") for r in rooms)]


def test_the_replay_knows_nothing_of_graphs() -> None:
    rooms = ("graph", "syntax", "primitives", "activations", "transform", "interpret", "quantities", "theory")
    assert not within("tp.orders.proof.replay", tuple(f"tp.{room}" for room in rooms))


def test_following_knows_nothing_of_derivatives() -> None:
    rooms = ("syntax", "quantities", "theory", "experiments", "studies", "transform")
    assert not within("tp.interpret.followed", tuple(f"tp.{room}" for room in rooms))
