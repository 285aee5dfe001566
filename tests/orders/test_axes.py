"""Sums over several wide axes: one axis written as two, joint flips, and blurs of several causes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.syntax import parse
from tp.theory.analysis import Analysis

QUANTITIES = ("F", "kernel", "C[0,2]", "C[0,3]", "C[0,4]", "C[1,1]")
HALF = Fraction(1, 2)


def answers(text: str) -> dict[str, object]:
    """The exponents and marks of all quantities, of the closed form, and of training."""
    analysis = Analysis(parse(text).graph, QUANTITIES)
    found = analysis.prediction(QUANTITIES)
    closed, regime = analysis.series, analysis.regime
    return {
        **{q: (found.exponents[q], found.exact[q]) for q in QUANTITIES},
        "series": closed and (closed.rate, closed.even, closed.odd),
        "training": (regime.kind, regime.exact, regime.deviation, regime.drift, regime.gradient),
    }


def exponents(body: str, *quantities: str) -> list[Fraction | None]:
    prediction = Analysis(parse(f"program p {{\n{body.replace(';', chr(10))}\n}}").graph, quantities).prediction(quantities)
    assert all(prediction.exact.values())
    return [prediction.exponents[q] for q in quantities]


# one axis as two -------------------------------------------------------------------------------------


def network(axes: str, widths: str, layers: list[tuple[str, str]], mup: bool) -> str:
    """A residual or plain network between n units, with layers through ``axes``, which have n entries in all."""
    law = "n^(-1/2)" if mup else "1"
    scale = "" if mup else " / sqrt(n)"
    over = axes.replace(" ", "")
    lines = [f"width n{widths}", "input x : [d=3]", f"param U : [n, d] ~ normal(0, {law})"]
    lines.append(f"h0 = tanh({'sqrt(n) * ' if mup else ''}(U @ x))")
    for k, (phi, kind) in enumerate(layers):
        lines.append(f"param V{k} : [{axes} | n] ~ normal(0, {law})")
        lines.append(f"param O{k} : [n | {axes}] ~ normal(0, {law})")
        inner = f"V{k} @ h{k}{scale}"
        gated = {"plain": f"{phi}({inner})", "linear": f"({inner})", "back": f"({inner}) * tanh(O{k}' @ h{k}{scale})"}
        lines.append(f"z{k} = {gated[kind]}")
        lines.append(f"h{k + 1} = tanh({f'h{k} + ' if kind == 'linear' else ''}O{k} @ z{k}{scale})")
    del over
    lines.append(f"param v : [n] ~ normal(0, {law})")
    lines.append(f"output f = dot(v, h{len(layers)}, n) / sqrt(n)")
    return "program p {\n" + "\n".join(lines) + "\n}"


LAYERS = st.lists(
    st.tuples(st.sampled_from(["tanh", "gelu", "cos"]), st.sampled_from(["plain", "linear", "back"])),
    min_size=1,
    max_size=2,
)


@given(LAYERS, st.booleans(), st.sampled_from(["1/2", "1/3", "1/4"]))
@settings(max_examples=12, deadline=None)
def test_an_axis_may_be_written_as_two(layers: list[tuple[str, str]], mup: bool, part: str) -> None:
    merged = network("m", ", m = n", layers, mup)
    split = network("a, b", f", a = n^({part}), b = n^({1 - Fraction(part)})", layers, mup)
    assert answers(split) == answers(merged)


@pytest.mark.parametrize(("mup", "second"), [(False, Fraction(-1)), (True, -HALF)])
def test_heads_that_are_only_a_way_to_write_a_layer(mup: bool, second: Fraction) -> None:
    text = network("heads, e", ", heads = n^(1/2), e = n^(1/2)", [("tanh", "linear")], mup)
    assert answers(text)["C[0,2]"] == (second, True)
