"""Random programs in the language: every primitive, one to three widths, shared weights, all kinds of scalings.

:func:`program_text` is a function of a source of randomness, so the same generator serves fixed seeds
(:func:`seeded`) and hypothesis (:data:`programs`). Values are kept of order one where that costs nothing; scalings
that vanish, readouts of 1/n and learning rates are drawn on purpose.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hypothesis import strategies as st

SMOOTH = ("tanh", "erf", "sin", "cos", "gelu", "gelu_tanh", "silu", "softplus", "sigmoid")
ODD = ("tanh", "erf", "sin")
KINKED = ("relu", "leaky_relu", "abs")
BOUNDED = ("tanh", "erf", "sin", "cos", "sigmoid")
MATRIX_LAWS = ("normal",) * 8 + ("uniform", "rademacher", "exponential", "student_t")
STRUCTURES = (
    "orthogonal(sqrt(n))",
    "orthogonal(sqrt(n))",
    "hadamard(1)",
    "circulant(normal(0, 1))",
    "sparse(1/2, uniform(0, 1))",
    "sparse(n^(-1/2), normal(0, n^(1/4)))",
    "sparse(n^(-1/4), exponential(0, n^(1/8)))",
    "banded(n^(1/2), normal(0, n^(1/4)))",
    "block_diagonal(n^(1/4), normal(0, n^(1/8)))",
    "low_rank(n^(1/2), normal(0, 1))",
    "low_rank(2, normal(0, 1))",
)
"""Laws of matrices that are not made of independent entries of one law; as large as normal(0, 1) where square."""
VECTOR_LAWS = ("normal",) * 5 + ("uniform", "rademacher", "laplace", "exponential", "exponential")
WIDTHS = (
    ("n", {}),
    ("n", {}),
    ("n", {}),
    ("n, m = n", {"m": "n"}),
    ("n, m = n^(1/2)", {"m": "n^(1/2)"}),
    ("n, m = n^(3/2)", {"m": "n^(3/2)"}),
    ("n, heads = n/4", {"heads": "n"}),
    ("n, m = 2*n, k = n^(1/2)", {"m": "n", "k": "n^(1/2)"}),
    ("n, heads = n/4, m = n", {"heads": "n", "m": "n"}),
)


@dataclass(frozen=True)
class Value:
    """A named value: its wide axis (None for scalars), whether it has the token axis t, its growth in the weights.

    Powers of heavy tails reach their limits at astronomical widths (the mean of e^{-u} u^20 needs n >> e^20), so
    the growth is kept at two or less; 0 is bounded.
    """

    name: str
    wide: str | None
    tokens: bool
    growth: int = 0


@dataclass
class Writer:
    """The text of one program as it grows."""

    pick: random.Random
    lines: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    matrices: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, output axis, input axis of the weights that are wide on both sides."""
    count: int = 0
    axes: list[str] = field(default_factory=lambda: ["n"])
    embeddings: list[tuple[str, str]] = field(default_factory=list)
    parities: bool = False
    """Whether most activations are odd or even: then cancellations decide."""
    structured: bool = False
    """Whether most weights that are wide on both sides have a structure."""
    tables: bool = False
    """Whether there are tables, strides and zeros along the finite axis. Seeded programs have none."""
    heavy: dict[str, bool] = field(default_factory=dict)
    """Whether the law of an embedding or a vector has heavy tails."""

    def chance(self, p: float) -> bool:
        return self.pick.random() < p

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def rate(self) -> str:
        return self.pick.choice((" rate 1/n", " rate n^(-1/2)")) if self.chance(0.07) else ""

    def law(self, laws: tuple[str, ...], deviation: str = "1") -> str:
        name = self.pick.choice(laws)
        return f"student_t(0, {deviation}, 9)" if name == "student_t" else f"{name}(0, {deviation})"

    def vector(self, axis: str) -> str:
        name = self.fresh("v")
        law = self.law(VECTOR_LAWS)
        self.heavy[name] = law.startswith(("exponential", "laplace"))
        self.lines.append(f"param {name} : [{axis}] ~ {law}{self.rate()}")
        return name

    def matrix(self, out: str, into: str) -> str:
        """A weight from ``into`` to ``out``: a fresh one, or one that is there already, perhaps transposed."""
        there = [n for n, o, i in self.matrices if (o, i) == (out, into)]
        there += [n + "'" for n, o, i in self.matrices if (o, i) == (into, out)]
        if there and self.chance(0.55):
            return self.pick.choice(there)
        name = self.fresh("W")
        law = self.pick.choice(STRUCTURES) if self.structured and self.chance(0.8) else self.law(MATRIX_LAWS)
        self.lines.append(f"param {name} : [{out} | {into}] ~ {law}{self.rate()}")
        self.matrices.append((name, out, into))
        return name

    def add(self, spelled: str, wide: str | None, tokens: bool, growth: int) -> Value:
        if growth > 2:
            spelled, growth = f"{self.pick.choice(BOUNDED)}({spelled})", 0
        value = Value(self.fresh("h"), wide, tokens, growth)
        self.lines.append(f"{value.name} = {spelled}")
        self.values.append(value)
        return value

    def wides(self, axis: str | None = None) -> list[Value]:
        return [v for v in self.values if v.wide is not None and axis in (None, v.wide)]

    def any_wide(self) -> Value:
        """A value with a wide axis, late ones more often."""
        found = self.wides()
        return found[max(self.pick.randrange(len(found)) for _ in range(3))]

    def activated(self, spelled: str, growth: int) -> tuple[str, int]:
        """An activation of an expression, and the growth of the result."""
        choice = self.pick.random()
        if self.parities and choice < 0.76:
            if choice < 0.45:
                return f"{self.pick.choice(ODD)}({spelled})", 0
            if choice < 0.62:
                return spelled, growth
            return (f"cos({spelled})", 0) if self.chance(0.6) else (f"abs({spelled})", growth)
        if choice < 0.62:
            name = self.pick.choice(SMOOTH)
            return f"{name}({spelled})", 0 if name in BOUNDED else growth
        if choice < 0.76:
            name = self.pick.choice(KINKED)
            return (f"leaky_relu({spelled}, 0.2)" if name == "leaky_relu" else f"{name}({spelled})"), growth
        if choice < 0.82 and growth < 2:
            return f"square({spelled})", 2 * growth
        if choice < 0.86 and not growth:
            return f"monomial({spelled}, 3)", 0
        if choice < 0.90 and not growth:
            return f"exp({spelled})", 0
        return spelled, growth


def _embed(w: Writer) -> None:
    tokens = w.values[0].tokens
    axis = w.pick.choice(w.axes)
    there = [n for n, a in w.embeddings if a == axis]
    if there and w.chance(0.3):
        name = w.pick.choice(there)
    else:
        name = w.fresh("U")
        law = w.law(MATRIX_LAWS)
        w.lines.append(f"param {name} : [{axis}, d] ~ {law}{w.rate()}")
        w.embeddings.append((name, axis))
        w.heavy[name] = law.startswith(("exponential", "student"))
    spelled, growth = w.activated(f"{name} @ x / sqrt(d)", 2 if w.heavy[name] else 1)
    w.add(spelled, axis, tokens, growth)


def _dense(w: Writer) -> None:
    h = w.any_wide()
    out = w.pick.choice(w.axes)
    name = w.matrix(out, h.wide or "n")
    scale = f"n^({w.pick.choice(('-1/4', '-1/2'))})" if w.chance(0.06) else "1"
    factor = "" if scale == "1" else f" * {scale}"
    spelled, growth = w.activated(f"{name} @ {h.name} / sqrt({h.wide}){factor}", 1)
    w.add(spelled, out, h.tokens, growth)


def _activate(w: Writer) -> None:
    h = w.any_wide()
    shifted = f"{h.name} + 0.5" if w.chance(0.05 if w.parities else 0.2) else h.name
    spelled, growth = w.activated(shifted, h.growth)
    w.add(spelled, h.wide, h.tokens, growth)


def _join(w: Writer) -> None:
    """A sum, a product or a gate of two values on one wide axis."""
    h = w.any_wide()
    k = w.pick.choice(w.wides(h.wide))
    tokens = h.tokens or k.tokens
    kind = w.pick.randrange(4)
    if kind == 0:
        w.add(f"{h.name} + {k.name}", h.wide, tokens, max(h.growth, k.growth))
    elif kind == 1:
        w.add(f"{h.name} * {'sin' if w.parities else 'sigmoid'}({k.name})", h.wide, tokens, h.growth)
    elif kind == 2:
        w.add(f"{h.name} * tanh({k.name})", h.wide, tokens, h.growth)
    else:
        w.add(f"tanh({h.name} - {k.name} / 2)", h.wide, tokens, 0)


def _gain(w: Writer) -> None:
    h = w.any_wide()
    kind = w.pick.randrange(3)
    if kind == 0:
        name = w.vector(h.wide or "n")
        w.add(f"{name} * {h.name}", h.wide, h.tokens, h.growth + 1 + w.heavy[name])
    elif kind == 1:
        name = w.vector(h.wide or "n")
        spelled, growth = w.activated(f"{h.name} + {name}", max(h.growth, 1 + w.heavy[name]))
        w.add(spelled, h.wide, h.tokens, growth)
    else:
        gain, bias = w.fresh("g"), w.fresh("b")
        w.lines.append(f"param {gain} : [{h.wide}] ~ constant(1)")
        w.lines.append(f"param {bias} : [{h.wide}] ~ constant(0)")
        spelled, growth = w.activated(f"{gain} * {h.name} + {bias}", h.growth)
        w.add(spelled, h.wide, h.tokens, growth)


def _normalise(w: Writer) -> None:
    h = w.any_wide()
    w.add(f"{h.name} / sqrt(mean({h.name}^2, {h.wide}) + 0.1)", h.wide, h.tokens, h.growth)


def _scalar(w: Writer) -> None:
    """A contraction of a wide axis that enters a wide value again."""
    h = w.any_wide()
    k = w.pick.choice(w.wides(h.wide))
    kind = w.pick.randrange(4)
    if kind == 0:
        w.add(f"mean({h.name}, {h.wide})", None, h.tokens, 0)
    elif kind == 1:
        power = w.pick.choice((f"sqrt({h.wide})", *[f"{h.wide}"] * 3))
        w.add(f"tanh(dot({h.name}, {k.name}, {h.wide}) / {power})", None, h.tokens or k.tokens, 0)
    elif kind == 2:
        w.add(f"norm({h.name}, {h.wide}) / sqrt({h.wide})", None, h.tokens, 0)
    else:
        w.add(f"tanh(dot({w.vector(h.wide or 'n')}, {h.name}, {h.wide}) / sqrt({h.wide}))", None, h.tokens, 0)
    s = w.values[-1]
    if w.chance(0.8):
        k = w.any_wide()
        spelled = w.pick.choice((f"{s.name} * {k.name}", f"{k.name} + {s.name}"))
        w.add(spelled, k.wide, k.tokens or s.tokens, k.growth)


def _bottleneck(w: Writer) -> None:
    h = w.any_wide()
    down, up, axis = w.fresh("D"), w.fresh("E"), w.pick.choice(w.axes)
    w.lines.append(f"param {down} : [c=2 | {h.wide}] ~ {w.law(VECTOR_LAWS)}")
    w.lines.append(f"param {up} : [{axis} | c] ~ {w.law(MATRIX_LAWS)}")
    inner, _ = w.activated(f"{down} @ {h.name} / {w.pick.choice((f'sqrt({h.wide})', h.wide))}", 1)
    spelled, growth = w.activated(f"{up} @ {inner}", 2)
    w.add(spelled, axis, h.tokens, growth)


def _outer(w: Writer) -> None:
    """A value on two wide axes, one of which is contracted again."""
    h = w.any_wide()
    others = [v for v in w.wides() if v.wide != h.wide and not (v.tokens and h.tokens)]
    if not others:
        _join(w)
        return
    k = w.pick.choice(others)
    kind = w.pick.choice(("{} * {}", "tanh({} * {})", "tanh({} + {})", "cos({} - {})", "sigmoid({} + {})"))
    both = kind.format(h.name, k.name)
    across = w.pick.choice(w.wides(k.wide))
    tokens = h.tokens or k.tokens
    if w.chance(0.3):
        spelled = f"mean({both}, {k.wide})"
    else:
        size = w.pick.choice((f"sqrt({k.wide})", k.wide))
        given = w.chance(0.6)
        spelled = f"dot({both}, {across.name if given else w.vector(k.wide or 'n')}, {k.wide}) / {size}"
        tokens = tokens or (given and across.tokens)
    spelled, growth = w.activated(spelled, 2)
    w.add(spelled, h.wide, tokens, growth)


def _split(w: Writer) -> None:
    """A weight with a wide and a finite output axis, as of heads."""
    h = w.any_wide()
    out = w.pick.choice(w.axes)
    name = w.fresh("Q")
    w.lines.append(f"param {name} : [{out}, e=2 | {h.wide}] ~ {w.law(MATRIX_LAWS)}{w.rate()}")
    inner, growth = w.activated(f"{name} @ {h.name} / sqrt({h.wide})", 1)
    if w.chance(0.5) and not growth:
        w.add(f"sum({inner}, e)", out, h.tokens, growth)
    else:
        part = w.add(inner, out, h.tokens, growth)
        w.values.pop()
        if w.chance(0.5):
            w.add(f"{part.name}[e=1] * {part.name}[e=2]", out, h.tokens, 2 * growth)
        else:
            w.add(f"{name}' @ {part.name} / sqrt({out})", h.wide, h.tokens, growth)


def _attend(w: Writer) -> None:
    found = [v for v in w.wides() if v.tokens]
    if not found:
        _dense(w)
        return
    h = w.pick.choice(found)
    q, k = (w.pick.choice([v for v in found if v.wide == h.wide]) for _ in range(2))
    causal = ", causal=t" if w.chance(0.3) else ""
    power = w.pick.choice((h.wide, h.wide, f"sqrt({h.wide})"))
    score = f"dot({q.name}, rename({k.name}, t, s), {h.wide}) / {power}"
    a = w.fresh("a")
    w.lines.append(f"{a} = softmax({score}, s{causal})")
    v = w.pick.choice(found)
    w.add(f"dot({a}, rename({v.name}, t, s), s)", v.wide, True, v.growth)


def _tokens(w: Writer) -> None:
    """An operation along the finite axis t."""
    found = [v for v in w.wides() if v.tokens]
    if not found:
        _activate(w)
        return
    h = w.pick.choice(found)
    kind = w.pick.randrange(10 if w.tables else 7)
    if kind == 0:
        circular = ", circular" if w.chance(0.5) else ""
        w.add(f"{h.name} + shift({h.name}, t, 1{circular})", h.wide, True, h.growth)
    elif kind == 1:
        w.add(f"{h.name}[t={w.pick.randrange(1, 3)}]", h.wide, False, h.growth)
    elif kind == 2:
        k = w.pick.choice(w.wides(h.wide))
        other = f"{k.name}[t=2]" if k.tokens else k.name
        w.add(f"concat({h.name}[t=1], {other}, t)", h.wide, True, max(h.growth, k.growth))
    elif kind == 3:
        w.add(f"max({h.name}, t)", h.wide, False, h.growth)
    elif kind == 4:
        w.add(f"sum({h.name}, t)", h.wide, False, h.growth)
    elif kind == 5:
        w.add(f"dot(softmax({h.name}, t), {h.name}, t)", h.wide, False, h.growth)
    elif kind == 7:
        name = w.fresh("R")
        w.lines.append(f"table {name} : [t, u=2] = (0.5, -1, 1.5, {w.pick.choice(('0', '1'))})")
        w.add(f"rename(dot({h.name}, {name}, t), u, t)", h.wide, True, h.growth)
    elif kind == 8:
        before, first = w.pick.choice(((0, 2), (1, 1), (1, 2), (2, 1)))
        w.add(f"{h.name} + pad({h.name}, t, {before}, 2)[t={first}..4 by 2]", h.wide, True, h.growth)
    elif kind == 9:
        k = w.pick.choice(w.wides(h.wide))
        w.add(
            f"{w.pick.choice(('max', 'min'))}({h.name}[t=2..1 by -1], {k.name})", h.wide, True, max(h.growth, k.growth)
        )
    else:
        name = w.fresh("K")
        w.lines.append(f"param {name} : [t, {h.wide}] ~ {w.law(VECTOR_LAWS)}")
        w.add(f"{name} * {h.name}", h.wide, True, h.growth + 2)


def _whole_axis(w: Writer) -> None:
    """A function of a whole wide axis, or a condition."""
    h = w.any_wide()
    k = w.pick.choice(w.wides(h.wide))
    axis, tokens = h.wide, h.tokens or k.tokens
    few = w.pick.choice((f"{axis}^(1/2)", f"{axis}/2", "2"))
    kind = w.pick.randrange(9)
    if kind == 0:
        w.add(f"top_k({h.name}, {few}, {axis})", axis, h.tokens, h.growth)
    elif kind == 1:
        w.add(f"max({h.name}, {axis}) * {k.name}", axis, tokens, h.growth + k.growth)
    elif kind == 2:
        w.add(f"{axis} * softmax(sin({h.name}), {axis}) * {k.name}", axis, tokens, k.growth)
    elif kind == 3:
        w.add(f"sort({h.name}, {axis})", axis, h.tokens, h.growth)
    elif kind == 4:
        w.add(f"rank({h.name}, {axis}) * {k.name}", axis, tokens, k.growth)
    elif kind == 5:
        center = w.pick.choice(("", ", center=0", ", eps=1"))
        w.add(f"normalize({h.name}, {axis}{center})", axis, h.tokens, h.growth)
    elif kind == 6:
        w.add(f"where({h.name} > 0.3, {k.name}, sin({h.name}))", axis, tokens, max(k.growth, 0))
    elif kind == 7:
        w.add(f"{k.name} * step({h.name})", axis, tokens, k.growth)
    else:
        # Of a choice between a value and itself nothing is left but the value.
        other = f"sin({k.name})" if k.name == h.name else k.name
        w.add(f"where(mean({h.name}, {axis}) > 0.1, {h.name}, {other})", axis, tokens, max(h.growth, k.growth))


STEPS = (
    (_dense, 10),
    (_embed, 2),
    (_activate, 2),
    (_join, 4),
    (_gain, 3),
    (_normalise, 1),
    (_scalar, 3),
    (_bottleneck, 1),
    (_attend, 2),
    (_outer, 2),
    (_split, 2),
    (_tokens, 3),
)


WHOLE = ("top_k(", "max(", "softmax(sin", "sort(", "rank(", "normalize(", "where(", "step(")
"""Words of functions of a whole axis."""


def _readout(w: Writer) -> str:
    """A scalar (or a few numbers) of the last values."""
    found = w.wides()
    h = found[-1] if w.chance(0.8) else w.any_wide()
    k = w.pick.choice(w.wides(h.wide))
    root = f"sqrt({h.wide})"
    kind = w.pick.randrange(10)
    tokens = h.tokens
    if kind < 5:
        spelled = f"dot({w.vector(h.wide or 'n')}, {h.name}, {h.wide}) / {root if w.chance(0.8) else h.wide}"
    elif kind == 5:
        name = w.fresh("V")
        w.lines.append(f"param {name} : [o=2 | {h.wide}] ~ {w.law(VECTOR_LAWS)}{w.rate()}")
        spelled = f"{name} @ {h.name} / {root}"
    elif kind == 6:
        spelled = f"mean({h.name}, {h.wide})"
    elif kind == 7:
        tokens = h.tokens or k.tokens
        spelled = f"dot({h.name}, {k.name}, {h.wide}) / {w.pick.choice((h.wide, root))}"
    elif kind == 8:
        tokens = h.tokens or k.tokens
        spelled = f"dot({k.name}, {w.matrix(h.wide or 'n', h.wide or 'n')} @ {h.name}, {h.wide}) / {h.wide}"
    else:
        tied = [n for n, a in w.embeddings if a == h.wide]
        spelled = f"{tied[0]}' @ {h.name} / {h.wide}" if tied else f"dot({h.name}, {h.name}, {h.wide}) / {h.wide}"
    if tokens:
        return w.pick.choice((f"sum({spelled}, t)", f"({spelled})[t=2]", f"mean({spelled}, t)"))
    return spelled


def program_text(
    pick: random.Random, steps: int = 5, *, whole: bool = False, structured: bool = False, tables: bool = False
) -> str:
    """A random program with up to ``steps`` steps between embedding and readout.

    With ``whole`` some of them are functions of a whole wide axis, and there is one at least. With ``structured`` most
    matrices have a structure. With ``tables`` there may be tables, strides and zeros along the finite axis.
    """
    w = Writer(pick, structured=structured, tables=tables)
    w.parities = w.chance(0.5)
    tokens = w.chance(0.6 if tables else 0.35)
    widths, others = pick.choice(WIDTHS)
    w.axes += others
    w.values.append(Value("x", None, tokens))
    _embed(w)
    found = (*STEPS, *([(_whole_axis, 15)] if whole else []), *([(_tokens, 10)] if tables else []))
    for _ in range(pick.randrange(steps + 1)):
        (step,) = pick.choices([s for s, _ in found], [c for _, c in found])
        step(w)
    if whole and not any(word in line for line in w.lines for word in WHOLE):
        _whole_axis(w)
    output = _readout(w)
    if w.chance(0.05):
        output = f"tanh({output})"
    head = [f"width {widths}", f"input x : [{'t=2, ' if tokens else ''}d=3]"]
    if w.chance(0.2):
        head.append(f"learning_rate n^({pick.choice(('-1', '-1/2', '1/2'))})")
    body = "\n".join(f"  {line}" for line in (*head, *w.lines, f"output f = {output}"))
    return f"program random {{\n{body}\n}}\n"


def seeded(seed: int, steps: int = 5, *, whole: bool = False, structured: bool = False) -> str:
    """The program number ``seed``, of those with functions of a whole axis if ``whole``, or with structured weights."""
    return program_text(random.Random(seed), steps, whole=whole, structured=structured)


programs = st.randoms(use_true_random=False).map(
    lambda pick: program_text(pick, whole=pick.random() < 0.3, tables=True)
)
"""Random programs, shrinking towards short ones."""
structured_programs = st.randoms(use_true_random=False).map(lambda pick: program_text(pick, structured=True))
"""Random programs in which most matrices have a structure."""
