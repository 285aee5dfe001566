"""Small programs that are easily got wrong at infinite width. Each has a tangent kernel that does not vanish."""

from __future__ import annotations

HEAD = """  width n
  width m = n^(1/2)
  width k = 2*n
  input x : [d=5]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  z = U @ x / sqrt(d)
"""
READOUT = "  output f = dot(v, h) / sqrt(n)\n"


def program(body: str, readout: str = READOUT) -> str:
    """The text of a program between ``z``, a wide vector of normal numbers, and a readout of ``h``."""
    lines = "".join(f"  {line.strip()}\n" for line in body.strip().split("\n"))
    return f"program awkward {{\n{HEAD}{lines}{readout}}}\n"


W = "param W : [n, n] ~ normal(0, 1)\n"
FIXED: dict[str, str] = {
    "orthogonal": program("param W : [n, n] ~ orthogonal(1)\nh = tanh(W @ tanh(z))"),
    "W then W'": program(W + "h = tanh(W' @ tanh(W @ tanh(z) / sqrt(n)) / sqrt(n))"),
    "W' then W": program(W + "h = tanh(W @ tanh(W' @ cos(z) / sqrt(n)) / sqrt(n))"),
    "W, W, W'": program(W + "a = tanh(W @ tanh(W @ z / sqrt(n)) / sqrt(n))\nh = tanh(W' @ a / sqrt(n) + z)"),
    "one matrix in three layers": program(
        W + "a = z + tanh(W @ z / sqrt(n))\nb = a + tanh(W @ a / sqrt(n))\nh = tanh(b + W @ b / sqrt(n))"
    ),
    "symmetric matrix": program(W + "a = (W @ z + W' @ z) / sqrt(n)\nh = tanh((W @ a + W' @ a) / sqrt(n))"),
    "W'W linear": program(W + "h = W' @ (W @ z) / n"),
    "autoencoder to a finite side": program("y = U' @ tanh(z) / n\nh = tanh(U @ y) + cos(z)"),
    "autoencoder as output": program("", "  output f = U' @ tanh(z) / n\n"),
    "two widths": program("param A : [k, n] ~ normal(0, 1)\na = tanh(A @ z / sqrt(n))\nh = A' @ a / sqrt(k)"),
    "a narrow width": program("param A : [m, n] ~ normal(0, 1)\na = tanh(A @ z / sqrt(n))\nh = A' @ a / sqrt(m)"),
    "biases with a mean": program(
        W + "param b : [n] ~ normal(0.7, 0.5)\nparam c : [n] ~ constant(0.3)\nh = tanh(W @ relu(z + b) / sqrt(n) + c)"
    ),
    "a matrix with a mean": program(
        "param W : [n, n] ~ normal(1/sqrt(n), 1)\nparam b : [n] ~ normal(0, 1)\nh = tanh(W @ tanh(z) / sqrt(n) + b)"
    ),
    "uniform weights": program(
        "param W : [n, n] ~ uniform(0, 1)\nparam u : [n] ~ uniform(0, 1)\nh = u * tanh(W @ tanh(z) / sqrt(n))"
    ),
    "a bias that is read twice": program(W + "param b : [n] ~ normal(0, 1)\nh = b * tanh(W @ (b * z) / sqrt(n)) + b"),
    "a product of two layers": program(
        "param A : [n, n] ~ normal(0, 1)\nparam B : [n, n] ~ normal(0, 1)\nh = (A @ z) * (B @ z) * tanh(z) / n"
    ),
    "a square of a layer": program(W + "h = (W @ z / sqrt(n))^2"),
    "a mean that enters again": program(W + "s = mean(tanh(z)^2)\nh = tanh(W @ z / sqrt(n)) * sqrt(s) + s"),
    "normalised": program(W + "a = normalize(W @ relu(z) / sqrt(n), n)\nh = relu(a)"),
    "a softmax over a finite axis": program(
        "param A : [n, e=3 | n] ~ normal(0, 1)\nq = A @ z / sqrt(n)\nh = sum(softmax(q, e) * tanh(q), e)"
    ),
    "a maximum over a finite axis": program("param A : [n, e=3 | n] ~ normal(0, 1)\nh = max(A @ z / sqrt(n), e)"),
    "a gate by its own layer": program(W + "a = W @ z / sqrt(n)\nh = a * sigmoid(a)"),
    "ten layers": program(
        "param W[1..10] : [n, n] ~ normal(0, sqrt(2))\na[0] = z\n"
        "for l in 1..10 { a[l] = W[l] @ relu(a[l-1]) / sqrt(n) }\nh = relu(a[10])"
    ),
    "one output of several": program(
        "param V : [o=2 | n] ~ normal(0, 1)\nh = tanh(z)", "  output f = V @ h / sqrt(n)\n"
    ),
    "a mean readout": program(W + "h = cos(W @ z / sqrt(n))", "  output f = mean(h)\n"),
}
"""The tangent kernel has a limit that is a number."""
RANDOM: dict[str, str] = {
    "low-rank update": program(
        W + "param A : [r=2 | n] ~ normal(0, 1)\nparam B : [n | r] ~ constant(0)\n"
        "h = tanh((W @ tanh(z) + B @ (A @ tanh(z))) / sqrt(n))"
    ),
    "inner products that vanish": program(W + "s = dot(z, W @ z) / n\nh = tanh(z + s)"),
    "a product of two readouts": program(
        "param w : [n] ~ normal(0, 1)", "  output f = dot(v, tanh(z)) * dot(w, cos(z)) / n\n"
    ),
}
"""The tangent kernel stays random."""
REFUSED: dict[str, str] = {
    "a uniform bias in a function": program("param b : [n] ~ uniform(0, 1)\nh = tanh(z + b)"),
    "sparse": program(
        "param W : [n, n] ~ sparse(1/4, normal(0, 2))\nh = tanh(W' @ tanh(W @ tanh(z) / sqrt(n)) / sqrt(n))"
    ),
    "orthogonal, tied": program("param W : [n, n] ~ orthogonal(1)\nh = tanh(W' @ tanh(W @ tanh(z)))"),
    "low rank": program("param W : [n, n] ~ low_rank(2, normal(0, 1))\nh = tanh(W @ tanh(z) / sqrt(n))"),
    "an inner product through a weight": program(W + "s = dot(z, W' @ tanh(W @ z / sqrt(n))) / n\nh = tanh(z + s) * s"),
}
"""Outside the domain: the answer names the node."""
