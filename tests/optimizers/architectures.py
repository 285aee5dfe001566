"""Networks whose weights have any deviations and learning rates: powers of the width, one a weight.

Texts have no scalings of their own, so a weight's kind says which powers keep things of order one.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

HALF = Fraction(1, 2)
Kind = Literal["input", "hidden", "readout", "vector", "gain", "bias"]
"""From a finite to a wide axis, between wide ones, from a wide to a finite one; a readout that is a vector (``[n]``);
factors that start at one, summands that start at zero."""


@dataclass(frozen=True)
class Architecture:
    """``weights`` have their kind and type; ``body`` is the rest of the program."""

    weights: Mapping[str, tuple[Kind, str]]
    body: str
    inputs: str = "x : [d=8]"
    widths: tuple[int, ...] = (64, 128, 256, 512)

    def text(self, powers: Mapping[str, tuple[Fraction | None, Fraction]]) -> str:
        """The program with the deviation n^p and the rate n^r of each weight: ``powers`` has p and r.

        None for p: it starts at zero. A gain starts at one all the same.
        """
        lines = ["program net {", "width n", f"input {self.inputs}"]
        for name, (kind, axes) in self.weights.items():
            p, r = powers[name]
            law = "constant(0)" if p is None else f"normal(0, n^({p}))"
            law = "constant(1)" if kind == "gain" else law
            lines.append(f"param {name} : {axes} ~ {law} rate n^({r})")
        return "\n".join([*lines, self.body.strip(), "}"])


MLP = Architecture(
    {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "v": ("readout", "[c=1 | n]")},
    """h1 = U @ x / sqrt(d)
    h2 = W @ tanh(h1)
    output f = v @ tanh(h2)""",
)
ARCHITECTURES: dict[str, Architecture] = {
    "mlp": MLP,
    "relu": Architecture(
        MLP.weights,
        """h1 = U @ x / sqrt(d)
        h2 = W @ relu(h1)
        output f = v @ relu(h2)""",
    ),
    "one layer": Architecture(
        {"U": ("input", "[n, d]"), "v": ("vector", "[n]")},
        """h = U @ x / sqrt(d)
        output f = dot(v, gelu(h))""",
        widths=(64, 256, 1024, 4096),
    ),
    "biases": Architecture(
        {
            "U": ("input", "[n, d]"),
            "a": ("bias", "[n]"),
            "W": ("hidden", "[n, n]"),
            "b": ("bias", "[n]"),
            "v": ("vector", "[n]"),
        },
        """h1 = U @ x / sqrt(d) + a
        h2 = W @ tanh(h1) + b
        output f = dot(v, tanh(h2))""",
    ),
    "cnn with pooling": Architecture(
        {"K1": ("input", "[n | k=3]"), "K2": ("hidden", "[n | n, k]"), "v": ("readout", "[c=1 | n]")},
        """h1 = conv(K1, x, i=k, padding=circular) / sqrt(k)
        h2 = conv(K2, tanh(h1), i=k, padding=same) / sqrt(k)
        output f = v @ mean(tanh(h2), i)""",
        inputs="x : [i=4]",
        widths=(32, 64, 128, 256),
    ),
    "cnn with flatten": Architecture(
        {"K1": ("input", "[n | k=3]"), "K2": ("hidden", "[n | n, k]"), "v": ("readout", "[c=2 | n, i]")},
        """h1 = conv(K1, x, i=k, padding=circular) / sqrt(k)
        h2 = conv(K2, gelu(h1), i=k, padding=circular) / sqrt(k)
        output f = v @ tanh(h2) / sqrt(i)""",
        inputs="x : [i=4]",
        widths=(32, 64, 128, 256),
    ),
    "rnn": Architecture(
        {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "v": ("vector", "[n]")},
        """h[1] = U @ x[t=1] / sqrt(d)
        for s in 2..t { h[s] = W @ tanh(h[s-1]) + U @ x[t=s] / sqrt(d) }
        output f = dot(v, tanh(h[t]))""",
        inputs="x : [t=3, d=5]",
    ),
    "attention": Architecture(
        {
            "E": ("input", "[n, d]"),
            "Q": ("hidden", "[n, n]"),
            "K": ("hidden", "[n, n]"),
            "V": ("hidden", "[n, n]"),
            "v": ("vector", "[n]"),
        },
        """e = tanh(E @ x / sqrt(d))
        q = Q @ e
        k = rename(K @ e, t, s)
        scores = dot(q, k) / n
        mixed = sum(softmax(scores, s) * rename(V @ e, t, s), s)
        output f = dot(v, mean(tanh(mixed), t))""",
        inputs="x : [t=3, d=5]",
    ),
    "tied embedding": Architecture(
        {"E": ("input", "[n, d]"), "W": ("hidden", "[n, n]")},
        """h1 = E @ x / sqrt(d)
        h2 = W @ tanh(h1)
        output f = E' @ tanh(h2) / n""",
    ),
    "shared": Architecture(
        {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "v": ("readout", "[c=1 | n]")},
        """h1 = U @ x / sqrt(d)
        h2 = W @ tanh(h1)
        h3 = W @ tanh(h2)
        output f = v @ tanh(h3)""",
    ),
    "transposed": Architecture(
        {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "v": ("readout", "[c=1 | n]")},
        """h1 = U @ x / sqrt(d)
        h2 = W @ tanh(h1)
        h3 = W' @ tanh(h2)
        output f = v @ tanh(h3)""",
    ),
    "layer norm": Architecture(
        {
            "U": ("input", "[n, d]"),
            "g": ("gain", "[n]"),
            "b": ("bias", "[n]"),
            "W": ("hidden", "[n, n]"),
            "v": ("vector", "[n]"),
        },
        """h1 = U @ x / sqrt(d)
        k1 = g * normalize(h1, n) + b
        h2 = W @ gelu(k1)
        k2 = normalize(h2, n)
        output f = dot(v, tanh(k2))""",
    ),
    "rms norm": Architecture(
        {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "v": ("readout", "[c=1 | n]")},
        """h1 = U @ x / sqrt(d)
        h2 = W @ tanh(h1)
        k2 = h2 / sqrt(mean(h2^2, n) + 0.1)
        output f = v @ k2""",
    ),
    "residual": Architecture(
        {
            "U": ("input", "[n, d]"),
            "W": ("hidden", "[n, n]"),
            "V": ("hidden", "[n, n]"),
            "v": ("vector", "[n]"),
        },
        """h1 = U @ x / sqrt(d)
        h2 = h1 + W @ tanh(h1)
        h3 = h2 + V @ tanh(h2)
        output f = dot(v, tanh(h3))""",
    ),
    "deep linear": Architecture(
        {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "V": ("hidden", "[n, n]"), "v": ("vector", "[n]")},
        """h1 = U @ x / sqrt(d)
        h2 = W @ h1
        h3 = V @ h2
        output f = dot(v, h3)""",
    ),
    "gate": Architecture(
        {"U": ("input", "[n, d]"), "G": ("hidden", "[n, n]"), "W": ("hidden", "[n, n]"), "v": ("vector", "[n]")},
        """h1 = U @ x / sqrt(d)
        z = G @ tanh(h1)
        y = W @ tanh(h1)
        h2 = sigmoid(z) * h1 + (1 - sigmoid(z)) * tanh(y)
        output f = dot(v, h2)""",
    ),
    "adapter": Architecture(
        {
            "U": ("input", "[n, d]"),
            "W": ("hidden", "[n, n]"),
            "A": ("readout", "[r=2 | n]"),
            "B": ("bias", "[n | r]"),
            "v": ("vector", "[n]"),
        },
        """h1 = U @ x / sqrt(d)
        h2 = W @ tanh(h1) + B @ (A @ tanh(h1))
        output f = dot(v, tanh(h2))""",
    ),
    "product": Architecture(
        {"U": ("input", "[n, d]"), "G": ("input", "[n, d]"), "W": ("hidden", "[n, n]"), "v": ("readout", "[c=3 | n]")},
        """h1 = (U @ x) * tanh(G @ x) / d
        h2 = W @ h1
        output f = v @ (tanh(h2) * h1)""",
    ),
    "no readout": Architecture(
        {"U": ("input", "[n, d]"), "W": ("hidden", "[n, n]")},
        """h1 = U @ x / sqrt(d)
        h2 = W @ tanh(h1)
        s = mean(tanh(h1) * tanh(h2), n)
        output f = tanh(s) + norm(h2, n) / sqrt(n)""",
    ),
    "largest": Architecture(
        {"K1": ("input", "[n | k=2]"), "W": ("hidden", "[n, n]"), "v": ("readout", "[c=1 | n]")},
        """h1 = conv(K1, x, i=k, padding=circular)
        h2 = W @ max(h1, i)
        output f = v @ abs(h2)""",
        inputs="x : [i=4]",
    ),
    "scalars": Architecture(
        {"U": ("input", "[n, d]"), "s": ("gain", "[k=2]"), "W": ("hidden", "[n, n]"), "v": ("vector", "[n]")},
        """h1 = s[k=1] * (U @ x) / sqrt(d)
        h2 = tanh(s[k=2]) * (W @ tanh(h1))
        output f = dot(v, tanh(h2))""",
    ),
    "narrow": Architecture(
        {
            "U": ("input", "[n, d]"),
            "D": ("readout", "[c=2 | n]"),
            "E": ("input", "[n | c]"),
            "v": ("vector", "[n]"),
        },
        """h1 = U @ x / sqrt(d)
        z = D @ tanh(h1)
        h2 = E @ tanh(z)
        output f = dot(v, tanh(h2))""",
    ),
}

Natural = Literal["entries", "polar", "gradient", "ratio"]


def natural(kind: Kind, family: Natural, readout: Fraction) -> Fraction:
    """The exponent of the learning rate with which a weight moves what it makes by order one, in a common network.

    ``readout`` is the exponent of the readout's deviation, on which gradients depend. ``entries``: all entries of an
    update have order one. ``polar``: all singular values have. ``ratio``: it is as large as the weight.
    """
    if family == "entries":
        return {"input": 0, "bias": 0, "gain": 0, "hidden": -1, "readout": -1, "vector": -1}[kind] + Fraction(0)
    if family == "polar":
        return {"input": HALF, "bias": HALF, "gain": HALF, "hidden": Fraction(0), "readout": -HALF, "vector": -HALF}[
            kind
        ]
    if family == "ratio":
        own = {"hidden": -HALF, "readout": readout, "vector": readout}.get(kind, Fraction(0))
        return natural(kind, "entries", readout) - own
    return {"hidden": -readout - 1, "readout": Fraction(-1), "vector": Fraction(-1)}.get(kind, -readout)


def drawn(
    architecture: Architecture, family: Natural, seed: int, slow: float = 0.35
) -> tuple[str, dict[str, tuple[Fraction | None, Fraction]]]:
    """A parametrization drawn at random, as text and as powers: features start at order one.

    A weight has the natural rate, or with probability ``slow`` a smaller one; rarely a larger one.
    """
    pick = random.Random(seed)
    readout = pick.choice((-HALF, -HALF, Fraction(-1), Fraction(-1), None))
    powers: dict[str, tuple[Fraction | None, Fraction]] = {}
    for name, (kind, _) in architecture.weights.items():
        size: Fraction | None = Fraction(0)
        if kind == "hidden":
            size = -HALF
        elif kind in ("readout", "vector"):
            size = readout
        elif kind == "bias":
            size = None
        rate = natural(kind, family, Fraction(-1) if readout is None else readout)
        if pick.random() < slow:
            rate -= pick.choice((HALF, HALF, Fraction(1)))
        elif pick.random() < 0.06:
            rate += HALF
        powers[name] = (size, rate)
    return architecture.text(powers), powers
