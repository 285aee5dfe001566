"""Random abc-parametrizations of multilayer perceptrons against closed forms at initialisation.

W^l = n^{-a_l} w^l, w^l ~ N(0, n^{-2 b_l}), learning rate n^{-c}; layers 1..L hidden, L+1 the readout; tanh.
Write s_l = a_l + b_l. As long as no preactivation grows, tanh(h) has the order of h, and

    h_1 ~ n^{e_1},  e_1 = -s_1,   e_l = e_{l-1} + 1/2 - s_l,   F ~ n^{e_L + 1/2 - s_{L+1}},

because each layer sums n fresh centred products. The backward pass is the mirror image: δ_l = ∂F/∂h_l ~ n^{t_l} with
t_L = -s_{L+1} and t_l = t_{l+1} + 1/2 - s_{l+1}. The kernel is the sum over layers of
n^{-c - 2 a_l} |δ_l|^2 |z_{l-1}|^2, squares that do not cancel (z_0 = x is finite,
δ_{L+1} = 1, the squared norm of a wide vector brings n).

In the stable region (Yang and Hu: s_1 = 0, s_l = 1/2, s_{L+1} >= 1/2) this is the exponent

    max(1 - (2 a_{L+1} + c), 1 - (s_{L+1} + r)),   r = s_{L+1} + c - 1 + min_l [2 a_l + 1(l = 1)],

whose two parts are their conditions for stability and nontriviality (where s_{L+1} <= 2 a_{L+1} + c, so that the r
here is theirs: features move by n^{-r} through the initial readout).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tp.correlations import predict
from tp.correlations.predict import Prediction
from tp.syntax import parse

HALF = Fraction(1, 2)
RATIONALS = st.fractions(Fraction(-2), Fraction(2), max_denominator=6)
NONNEGATIVE = st.fractions(Fraction(0), Fraction(3, 2), max_denominator=6)


@dataclass(frozen=True)
class Abc:
    """Exponents a_1..a_{L+1} and b_1..b_{L+1}, and c."""

    a: tuple[Fraction, ...]
    b: tuple[Fraction, ...]
    c: Fraction

    @property
    def hidden(self) -> int:
        return len(self.a) - 1

    @property
    def s(self) -> list[Fraction]:
        return [a + b for a, b in zip(self.a, self.b, strict=True)]

    @property
    def r(self) -> Fraction:
        """Features move by n^{-r} in one step through the initial readout."""
        layers = [2 * a + (i == 0) for i, a in enumerate(self.a[:-1])]
        return self.s[-1] + self.c - 1 + min(layers)

    def text(self, phi: str) -> str:
        lines = ["program p {", "width n", f"learning_rate n^({-self.c})", "input x : [d=3]"]
        shapes = ["[n, d]", *["[n, n]"] * (self.hidden - 1), "[n]"]
        lines += [
            f"param W{i} : {shape} ~ normal(0, n^({-b}))"
            for i, (shape, b) in enumerate(zip(shapes, self.b, strict=True), 1)
        ]
        lines.append(f"h1 = n^({-self.a[0]}) * (W1 @ x)")
        lines += [f"h{i} = n^({-self.a[i - 1]}) * (W{i} @ {phi}(h{i - 1}))" for i in range(2, self.hidden + 1)]
        last = self.hidden + 1
        lines.append(f"output f = n^({-self.a[-1]}) * dot(W{last}, {phi}(h{last - 1}))")
        return "\n".join([*lines, "}"])

    def forward(self) -> list[Fraction]:
        """e_1..e_L and the exponent of F."""
        out = [-self.s[0]]
        for s in self.s[1:]:
            out.append(out[-1] + HALF - s)
        return out

    def kernel(self) -> Fraction:
        e, s = self.forward(), self.s
        back = [-s[-1]]
        for one in reversed(s[1:-1]):
            back.insert(0, back[0] + HALF - one)
        parts = [1 + 2 * e[-2] - 2 * self.a[-1], 1 + 2 * back[0] - 2 * self.a[0]]
        parts += [(1 + 2 * back[i]) + (1 + 2 * e[i - 1]) - 2 * self.a[i] for i in range(1, self.hidden)]
        return max(parts) - self.c


@st.composite
def decaying(draw: st.DrawFn) -> Abc:
    """No preactivation grows; nothing else is asked."""
    hidden = draw(st.integers(1, 4))
    a = [draw(RATIONALS) for _ in range(hidden + 1)]
    s = [draw(NONNEGATIVE) + (HALF if i else 0) for i in range(hidden)] + [draw(RATIONALS)]
    return Abc(tuple(a), tuple(t - x for t, x in zip(s, a, strict=True)), draw(RATIONALS))


@st.composite
def stable_at_first(draw: st.DrawFn) -> Abc:
    """s_1 = 0, s_l = 1/2, s_{L+1} >= 1/2: preactivations Θ(1), F = O(1)."""
    hidden = draw(st.integers(1, 4))
    a = [draw(RATIONALS) for _ in range(hidden + 1)]
    s = [Fraction(0), *[HALF] * (hidden - 1), HALF + draw(NONNEGATIVE)]
    return Abc(tuple(a), tuple(t - x for t, x in zip(s, a, strict=True)), draw(RATIONALS))


@st.composite
def lazy_or_not(draw: st.DrawFn) -> Abc:
    """Stable, kernel Θ(1) and moved by the initial readout: r >= 0, s_{L+1} + r >= 1, 2 a_{L+1} + c >= 1."""
    hidden = draw(st.integers(1, 3))
    readout = draw(st.sampled_from([HALF, Fraction(2, 3), Fraction(3, 4), Fraction(5, 6), Fraction(1)]))
    c = draw(RATIONALS)
    by_readout = draw(st.booleans())
    extra = draw(NONNEGATIVE)
    r = 1 - readout + (extra if by_readout else 0)
    last = (1 - c) / 2 if by_readout else (1 - c + extra) / 2
    least = r - readout - c + 1  # the minimum over hidden layers of 2 a_l + 1(l = 1)
    slack = [draw(NONNEGATIVE) for _ in range(hidden)]
    slack[draw(st.integers(0, hidden - 1))] = Fraction(0)
    a = [(least - (i == 0) + more) / 2 for i, more in enumerate(slack)] + [last]
    s = [Fraction(0), *[HALF] * (hidden - 1), readout]
    return Abc(tuple(a), tuple(t - x for t, x in zip(s, a, strict=True)), c)


def found(abc: Abc, *names: str, phi: str = "tanh") -> Prediction:
    prediction = predict(parse(abc.text(phi)).graph, names, nodes=True)
    assert all(prediction.exact.values())
    return prediction


@given(decaying())
@settings(max_examples=200, deadline=None)
def test_orders_without_growth(abc: Abc) -> None:
    prediction = found(abc, "F", "kernel")
    *hidden, last = abc.forward()
    nodes = {node.name: node.exponent for node in prediction.nodes}
    assert [nodes[f"h{i}"] for i in range(1, abc.hidden + 1)] == hidden
    assert prediction.exponents == {"F": last, "kernel": abc.kernel()}


@given(stable_at_first())
@settings(max_examples=200, deadline=None)
def test_kernel_in_the_stable_region(abc: Abc) -> None:
    expected = max(1 - (2 * abc.a[-1] + abc.c), 1 - (abc.s[-1] + abc.r))
    prediction = found(abc, "F", "kernel")
    assert prediction.exponents == {"F": HALF - abc.s[-1], "kernel": expected}
    assert all(node.exponent == 0 for node in prediction.nodes if node.name.startswith("h"))


@given(lazy_or_not(), st.sampled_from(["tanh", "gelu", "cos", "sigmoid"]))
@settings(max_examples=200, deadline=None)
def test_lazy_networks_and_those_that_learn_features(abc: Abc, phi: str) -> None:
    """The kernel moves in two steps by the square of what features move in one: C^{0,3} ~ n^{-2r}."""
    assume(abc.r >= 0)
    prediction = found(abc, "kernel", "C[0,2]", "C[0,3]", phi=phi)
    assert prediction.exponents["kernel"] == 0
    assert prediction.exponents["C[0,3]"] == -2 * abc.r
    second = prediction.exponents["C[0,2]"]
    assert second is not None
    assert second < 0
