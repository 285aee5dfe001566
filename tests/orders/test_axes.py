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
    prediction = Analysis(parse(f"program p {{\n{body.replace(';', chr(10))}\n}}").graph, quantities).prediction(
        quantities
    )
    assert all(prediction.exact.values())
    return [prediction.exponents[q] for q in quantities]


# one axis as two -------------------------------------------------------------------------------------


def network(axes: str, widths: str, layers: list[tuple[str, str]], mup: bool) -> str:
    """A residual or plain network between n units, with layers through ``axes``, which have n entries in all."""
    law = "n^(-1/2)" if mup else "1"
    scale = "" if mup else " / sqrt(n)"
    lines = [f"width n{widths}", "input x : [d=3]", f"param U : [n, d] ~ normal(0, {law})"]
    lines.append(f"h0 = tanh({'sqrt(n) * ' if mup else ''}(U @ x))")
    for k, (phi, kind) in enumerate(layers):
        lines.append(f"param V{k} : [{axes} | n] ~ normal(0, {law})")
        lines.append(f"param O{k} : [n | {axes}] ~ normal(0, {law})")
        inner = f"V{k} @ h{k}{scale}"
        gated = {"plain": f"{phi}({inner})", "linear": f"({inner})", "back": f"({inner}) * tanh(O{k}' @ h{k}{scale})"}
        lines.append(f"z{k} = {gated[kind]}")
        lines.append(f"h{k + 1} = tanh({f'h{k} + ' if kind == 'linear' else ''}O{k} @ z{k}{scale})")
    lines.append(f"param v : [n] ~ normal(0, {law})")
    lines.append(f"output f = dot(v, h{len(layers)}, n) / sqrt(n)")
    return "program p {\n" + "\n".join(lines) + "\n}"


LAYERS = st.lists(
    st.tuples(st.sampled_from(["tanh", "gelu", "cos"]), st.sampled_from(["plain", "linear", "back"])),
    min_size=1,
    max_size=2,
)


@given(LAYERS, st.booleans(), st.sampled_from(["1/2", "1/3", "1/4"]))
@settings(max_examples=2, deadline=None)
def test_an_axis_may_be_written_as_two(layers: list[tuple[str, str]], mup: bool, part: str) -> None:
    merged = network("m", ", m = n", layers, mup)
    split = network("a, b", f", a = n^({part}), b = n^({1 - Fraction(part)})", layers, mup)
    assert answers(split) == answers(merged)


@pytest.mark.parametrize(("mup", "second"), [(False, Fraction(-1)), (True, -HALF)])
def test_heads_that_are_only_a_way_to_write_a_layer(mup: bool, second: Fraction) -> None:
    text = network("heads, e", ", heads = n^(1/2), e = n^(1/2)", [("tanh", "linear")], mup)
    assert answers(text)["C[0,2]"] == (second, True)


@pytest.mark.slow
@given(LAYERS, st.booleans(), st.sampled_from(["1/2", "1/3", "1/4"]))
@settings(max_examples=8, deadline=None)
def test_many_axes_may_be_written_as_two(layers: list[tuple[str, str]], mup: bool, part: str) -> None:
    merged = network("m", ", m = n", layers, mup)
    split = network("a, b", f", a = n^({part}), b = n^({1 - Fraction(part)})", layers, mup)
    assert answers(split) == answers(merged)


# joint flips -----------------------------------------------------------------------------------------

TWO = "width n, m = n; input x : [d=3]; param U : [n, d] ~ normal(0, 1); param A : [m, d] ~ normal(0, 1); "


@pytest.mark.parametrize(
    "output",
    [
        "output f = sqrt(n) * mean(tanh(U @ x + A @ x), n, m)",
        "output f = sqrt(n) * mean(tanh(U @ x + A @ x), m, n)",
        "y = mean(tanh(U @ x + A @ x), n); output f = sqrt(n) * mean(y, m)",
        "y = mean(tanh(U @ x + A @ x), n); output f = sqrt(n) * mean(tanh(y), m)",
    ],
)
def test_odd_functions_of_sums_over_two_axes(output: str) -> None:
    """Σ_nm tanh(u_n + a_m) is odd under flips of all u and a at once, and so of order n^{3/2}."""
    assert exponents(TWO + output, "F", "C[0,2]", "C[0,3]") == [0, -1, -1]


def test_sums_of_a_skewed_matrix() -> None:
    body = "width n, m = n; input x : [d=3]; param U : [n, m | d] ~ exponential(0, 1); "
    assert exponents(body + "output f = sum(U @ x, n, m) / sqrt(n * m)", "F") == [0]
    assert exponents(body + "y = sum(U @ x, n); output f = sum(y, m) / sqrt(n * m)", "F") == [0]
    assert exponents(body + "output f = sum((U @ x)^2, n, m) / sqrt(n * m)", "F") == [1]


FOUR = "input x : [d=3]; " + " ".join(f"param {w} : [n, d] ~ normal(0, 1);" for w in "abce")
FACTORS = "param W : [m | n] ~ normal(0, 1); output f = sqrt(m) * mean({}, m) / n^({})"


@pytest.mark.parametrize(("width", "expected"), [("n", 0), ("n^(3/2)", 0), ("n^2", 0), ("n^3", HALF)])
def test_four_factors_need_two_covariances(width: str, expected: Fraction) -> None:
    """The mean of a product of four uncorrelated Gaussians is Σ of products of two covariances n^{-1/2} each."""
    factors = " * ".join(f"(W @ ({w} @ x))" for w in "abce")
    assert exponents(f"width n, m = {width}; {FOUR} {FACTORS.format(factors, 2)}", "F") == [expected]


def test_a_product_that_is_even_by_its_last_factor_is_only_bounded() -> None:
    """F is of order 0, since each pair of factors is uncorrelated; contents only know that the product is even."""
    factors = "(W @ (a @ x)) * (W @ (b @ x)) * (W @ (c @ x)) * (W @ ((a @ x) * (b @ x) * (c @ x)))"
    body = f"width n, m = n^2; {FOUR} {FACTORS.format(factors, 2)}".replace("; ", "\n")
    found = Analysis(parse(f"program p {{\n{body}\n}}").graph, ["F"]).prediction(["F"])
    assert (found.exponents["F"], found.exact["F"]) == (1, False)


@pytest.mark.parametrize(
    ("factors", "power"),
    [
        ("(W @ (a @ x)) * (W @ (b @ x)) * (W @ (c @ x)) * (W @ ((a @ x) * (b @ x) * (c @ x)))", 2),
        ("(W @ (a @ x)) * (W @ (b @ x)) * (W @ (c @ x)) * (W @ ((a @ x) * (b @ x) * (c @ x))) * relu(e @ x)", 2),
        ("(W @ (a @ x)) * (W @ (b @ x)) * (V @ (a @ x)) * (V @ (b @ x))", 2),
        ("(W @ (a @ x)) * (V @ (b @ x)) * (W @ (a @ x * (b @ x))) * (V @ ((a @ x)^2))", 2),
    ],
)
def test_products_that_are_even_together_but_not_in_pairs(factors: str, power: int) -> None:
    """F is of order -1/2 with one width, too: each pair of factors is uncorrelated at leading order."""
    body = f"width n; {FOUR} param W : [n | n] ~ normal(0, 1); param V : [n | n] ~ normal(0, 1); "
    body = f"{body}output f = mean({factors}) / n^{power}".replace("; ", "\n")
    found = Analysis(parse(f"program p {{\n{body}\n}}").graph, ["F"]).prediction(["F"])
    exponent = found.exponents["F"]
    assert exponent is not None
    assert exponent == -HALF or (exponent > -HALF and not found.exact["F"])


@pytest.mark.parametrize("power", ["y * y * y", "tanh(y)"])
def test_odd_powers_of_skewed_sums(power: str) -> None:
    """Sums of n skewed entries are Gaussian: their third moment is n^(-1/2), and their fluctuations decide."""
    body = "width n, m = n^(1/2)\ninput x : [d=3]\nparam U : [n, m | d] ~ exponential(0, 1)\n"
    body += f"y = sum(U @ x, n) / sqrt(n)\noutput f = sum({power}, m) / sqrt(m)"
    found = Analysis(parse(f"program p {{\n{body}\n}}").graph, ["F"]).prediction(["F"])
    exponent = found.exponents["F"]
    assert exponent is not None
    assert exponent == 0 or (exponent > 0 and not found.exact["F"])


@pytest.mark.parametrize(("width", "expected"), [("n", 0), ("n^(3/2)", Fraction(1, 4)), ("n^2", HALF)])
def test_two_factors_need_one_covariance(width: str, expected: Fraction) -> None:
    factors = "(W @ (a @ x)) * (W @ (b @ x))"
    assert exponents(f"width n, m = {width}; {FOUR} {FACTORS.format(factors, 1)}", "F") == [expected]


@pytest.mark.parametrize(("inner", "expected"), [("(a @ x)", 0), ("(1 + (a @ x)^2)", HALF)])
def test_third_powers_of_a_skewed_sum(inner: str, expected: Fraction) -> None:
    """E (Wx)^3 is the skewness of W times Σ x^3: n^{-1/2}, and n^{-1} where x is symmetric as well."""
    body = f"width n, m = n^2; {FOUR} {FACTORS.format(f'(W @ {inner})^3', '3/2')}".replace(
        "normal(0, 1); output", "exponential(0, 1); output"
    )
    assert exponents(body, "F") == [expected]


@pytest.mark.parametrize("law", ["normal", "exponential"])
@pytest.mark.parametrize("weight", ["c", "tanh(c)", "B @ e"])
def test_one_place_of_a_sum_may_decide(law: str, weight: str) -> None:
    """y_j = Σ_i h_ij Σ_j' c_j' h_ij' is n c_j at leading order, so that it is as odd in c_j as c_j itself."""
    body = f"""width n, m = n^(1/2), k = n
        input x : [d=3]
        param U : [m, n | d] ~ {law}(0, 1)
        param c : [m] ~ normal(0, 1)
        param B : [m | k] ~ normal(0, n^(-1/2))
        param e : [k] ~ normal(0, 1)
        h = U @ x
        w = {weight}
        y = sum(h * sum(w * h, m), n)
        z = dot(w, y) / n
        output f = dot(w, tanh(y / n))"""
    graph = parse(f"program p {{\n{body}\n}}").graph
    found = {node.name: node for node in Analysis(graph).prediction([], nodes=True).nodes}
    for name, right in {"y": 1, "z": HALF, "f": HALF}.items():
        exponent = found[name].exponent
        assert exponent is not None
        assert exponent == right or (exponent > right and not found[name].exact), name


@pytest.mark.parametrize(("width", "expected"), [("n^(1/2)", Fraction(5, 4)), ("n", 3 * HALF), ("n^2", 5 * HALF)])
@pytest.mark.parametrize("product", ["dot(a, b)", "sqrt(n) * sum(tanh(a / sqrt(n)) * b, m)"])
def test_a_product_with_a_matrix_may_be_written_as_a_sum(width: str, expected: Fraction, product: str) -> None:
    """Σ_j (Σ_i U_ij c_i)(Σ_i U_ij e_i) is m c·e, as (U c)·(U e) is, or of the order of its fluctuations, n m^(1/2)."""
    body = f"""width n, m = {width}; input x : [d=3]; param U : [m, n | d] ~ normal(0, 1)
        param c : [n] ~ normal(0, 1); param e : [n] ~ normal(0, 1)
        a = sum(U @ x * c, n); b = sum(U @ x * e, n); output f = {product}"""
    found = Analysis(parse(f"program p {{\n{body.replace(';', chr(10))}\n}}").graph, ["F"]).prediction(["F"])
    exponent = found.exponents["F"]
    assert exponent is not None
    assert exponent == expected


@pytest.mark.parametrize("width", ["n^(1/2)", "n"])
def test_different_places_do_not_correlate(width: str) -> None:
    """Σ_i h_ij h_ij' has no mean for j != j': a flip of one entry of U is exact where nothing was summed over j."""
    body = f"""width n, m = {width}, l = m; input x : [d=3]; param U : [m, n | d] ~ normal(0, 1)
        param V : [l, n | d] ~ normal(0, 1); y = sum(tanh(U @ x) * tanh(V @ x), n)"""
    power = Fraction(1, 2) if width == "n" else Fraction(1, 4)
    assert exponents(f"{body}; output f = sum(y, m, l) / sqrt(n)", "F") == [2 * power]
    assert exponents(f"{body}; output f = sum(y^2, m, l) / n", "F") == [4 * power]


def test_a_softmax_over_one_entry_is_one() -> None:
    body = """width n; input x : [d=3]; param U : [n, d] ~ normal(0, 1); param Q : [s=1, n] ~ normal(0, 1)
        param v : [n] ~ normal(0, 1)
        output f = dot(v, sum(softmax(Q * (U @ x), s), s) * tanh(U @ x)) / sqrt(n)"""
    assert exponents(body, "C[0,2]", "C[0,3]") == [-1, -1]
