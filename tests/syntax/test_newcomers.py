"""The first mistakes of people who write Python, PyTorch, JAX or papers: one clear error, at its place, with a way out.

Each entry is a line of a program, the code that it gives, the text that is underlined, and words of the hint.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.syntax.test_codes import HEAD
from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.diagnostics.text import render
from tp.syntax import parse

MISTAKES = [
    # types and parameters
    ("param K : [1] ~ normal(0, 1)", "TP004", "1", "give the axis a name: [k=1]"),
    ("param K : [10, n] ~ normal(0, 1)", "TP004", "10", "give the axis a name: [k=10]"),
    ("param K : [n, c, 3, 3] ~ normal(0, 1)", "TP004", "3", "give the axis a name: [k=3]"),
    ("param K : [n | 3, 3] ~ normal(0, 1)", "TP004", "3", "give the axis a name: [k=3]"),
    ("input z : [28, 28]", "TP004", "28", "give the axis a name: [k=28]"),
    ("param K : [n x n] ~ normal(0, 1)", "TP004", "n x n", "such as [n, d]"),
    ("param K : [n][n] ~ normal(0, 1)", "TP004", "[n]", "[n, d]"),
    ("param K : [2*n, n] ~ normal(0, 1)", "TP004", "2*n", "width m = 2*n"),
    ("param K : [n/2, n] ~ normal(0, 1)", "TP004", "n/2", "width m = 2*n"),
    ("param K : [n, d:4] ~ normal(0, 1)", "TP004", "d:4", "[d=16]"),
    ("param K : (n, n) ~ normal(0, 1)", "TP004", "(n, n) ~ normal(0, 1)", "param W : [n, n] ~ normal(0, 1)"),
    ("param K : n, n ~ normal(0, 1)", "TP004", "n, n ~ normal(0, 1)", "param W : [n, n] ~ normal(0, 1)"),
    ("param K[n, n] ~ normal(0, 1)", "TP004", "[n, n]", "param W : [n, n] ~ normal(0, 1)"),
    ("param K, L : [n, n] ~ normal(0, 1)", "TP004", "K, L : [n, n] ~ normal(0, 1)", "a line for each"),
    ("param K : [n, n]", "TP004", "[n, n]", "~ normal(0, 1)"),
    ("param K", "TP004", "K", "param W : [n, n] ~ normal(0, 1)"),
    ("param K = normal(0, 1)", "TP004", "= normal(0, 1)", "param W : [n, n] ~ normal(0, 1)"),
    ("param K ~ normal(0, 1)", "TP004", "~ normal(0, 1)", "which axes"),
    ("param K : [n, n] = normal(0, 1)", "TP004", "= normal(0, 1)", "~ normal(0, 1)"),
    ("K : [n, n] ~ normal(0, 1)", "TP004", "K", "param K"),
    ("weight K : [n, n] ~ normal(0, 1)", "TP004", "weight", "param W"),
    ("param U : [n] ~ normal(0, 1)", "TP106", "param U : [n] ~ normal(0, 1)", "choose another"),
    ("for l in 1..3 { param K : [n, n] ~ normal(0, 1) }", "TP106", "param K : [n, n] ~ normal(0, 1)", "K[1..3]"),
    # laws
    ("param K : [n] ~ normal(mean=0, std=1)", "TP004", "mean=0, std=1", "normal(0, 1)"),
    ("param K : [n] ~ normal(0, std=2)", "TP004", "0, std=2", "normal(0, 2)"),
    ("param K : [n] ~ normal(mean=0, var=1/n)", "TP004", "mean=0, var=1/n", "normal(0, sqrt(1/n))"),
    ("param K : [n] ~ normal", "TP004", "normal", "normal(0, 1)"),
    ("param K : [n] ~ N(0, 1)", "TP307", "N(0, 1)", "normal(0, 1)"),
    ("param K : [n] ~ Normal(0, 1)", "TP307", "Normal(0, 1)", "'normal'"),
    ("param K : [n] ~ xavier_uniform()", "TP307", "xavier_uniform()", "uniform(0, 1/sqrt(n))"),
    ("param K : [n] ~ zeros", "TP004", "zeros", "constant(0)"),
    ("param K : [n] ~ 0", "TP004", "0", "constant(0)"),
    ("param K : [n] ~ 2 * normal(0, 1)", "TP004", "2 * normal(0, 1)", "normal(mean, deviation)"),
    ("param K : [n] ~ normal(0, 1) * 2", "TP004", "* 2", "normal(0, 2)"),
    ("param K : [n] ~ normal(0, 1), rate=1/n", "TP004", ", rate=1/n", "rate 1/n"),
    ("param K : [n] ~ normal(0, 1) lr 1/n", "TP004", "lr 1/n", "rate 1/n"),
    ("param K : [n] ~ normal(0, 1) decay=1/n", "TP004", "decay=1/n", "decay 1/n"),
    ("param K : [n] ~ normal(0, 1) rate 1/n, weight_decay 1/n", "TP004", ", weight_decay 1/n", "decay 1/n"),
    ("param K : [n] ~ normal(0, 1), weight_decay=0.1", "TP004", ", weight_decay=0.1", "decay 1/n"),
    ("param K : [n] ~ normal(0, 1) wd 0.1", "TP004", "wd 0.1", "decay 1/n"),
    ("param K : [n] ~ normal(0, 1) decay 1/n rate 1/n", "TP004", "rate 1/n", "rate 1/n decay 1/n"),
    ("param K : [n] ~ normal(0, 1) decay -1", "TP306", "-1", "decay 0"),
    ("weight_decay 0.1", "TP004", "weight_decay", "--weight-decay"),
    # declarations
    ("input z : d", "TP004", "d", "input x : [d=16]"),
    ("input z", "TP004", "z", "input x : [d=16]"),
    ("input z = 3", "TP004", "= 3", "--data"),
    ("input z, q : [d]", "TP004", "z, q : [d]", "a line for each"),
    ("width k = 512", "TP305", "512", "axis t = 8"),
    ("width = n", "TP004", "= n", "width n"),
    ("axis k : 8", "TP004", ": 8", "axis t = 8"),
    ("axis k", "TP004", "k", "axis k = 8"),
    ("output dot(v, h)", "TP004", "dot(v, h)", "output f = dot(v, h)"),
    ("output = h", "TP004", "= h", "output f ="),
    ("output f : dot(v, h)", "TP004", ": dot(v, h)", "output f ="),
    ("return h", "TP107", "return h", "output f ="),
    # claims
    ("claim out = Theta(1)", "TP004", "= Theta(1)", "claim f : Theta(1)"),
    ("claim out ~ 1/n", "TP004", "~ 1/n", "claim f : Theta(1)"),
    ("claim out is Theta(1)", "TP004", "is Theta(1)", "claim f : Theta(1)"),
    ("claim out <= 1", "TP004", "<= 1", "O(n^(-1/2))"),
    ("claim out : n^-1", "TP004", "n^-1", "Theta(n^(-1/2))"),
    ("claim out : Theta(1/n) and lazy", "TP004", "and lazy", "a line for each"),
    ("claim Theta(out)", "TP401", "claim Theta(out)", "claim out : Theta(1)"),
    ("claim out : o(1)", "TP401", "claim out : o(1)", "O(n^(-1/2))"),
    ("claim !lazy", "TP001", "!", "claim not lazy"),
    # loops and blocks
    ("for l in range(3) { y[l] = h }", "TP004", "range(3)", "for l in 0..2 {"),
    ("for i in range(1, depth): y[i] = h", "TP004", "range(1, depth)", "for i in 1..depth-1 {"),
    ("for l in 1..3: y[l] = h", "TP004", ":", "for l in 1..3 {"),
    ("for l in 1:3 { y[l] = h }", "TP004", "1:3", "1..3"),
    ("for l = 1..3 { y[l] = h }", "TP004", "=", "for l in 1..3"),
    ("for (l in 1..3) { y[l] = h }", "TP004", "(", "for l in 1..3"),
    ("for l in 1...3 { y[l] = h }", "TP001", "...", "1..3"),
    ("for l in [1, 2] { y[l] = h }", "TP004", "[1, 2]", "1..3"),
    ("for l in 3 { y[l] = h }", "TP004", "3", "1..3"),
    ("for l, m in 1..3 { y[l] = h }", "TP004", "l, m", "for b in"),
    ("if 1 { y = h }", "TP004", "if", "hyperparameter"),
    ("if h > 0: y = h", "TP004", "if", "hyperparameter"),
    ("while 1 { y = h }", "TP004", "while", "for l in"),
    ("class Net(nn.Module):", "TP004", "class", "def block"),
    ("print(h)", "TP004", "print", "--nodes"),
    ("let y = h", "TP004", "let", "y = ..."),
    ("@jit", "TP004", "@jit", "compiled already"),
    # one-hot inputs
    ("input z : [d] ~ normal(0, 1)", "TP307", "normal(0, 1)", "leave the law out"),
    ("input z : [d] ~ one_hot(t)", "TP308", "t", "one_hot(v)"),
    ("input z : [d] ~ one_hot()", "TP308", "one_hot()", "one_hot(v)"),
    # tables
    ("table r : [d] = (1, 0, 1)", "TP220", "table r : [d] = (1, 0, 1)", "row-major"),
    ("table r : [n] = (1)", "TP220", "[n]", "constant(1) rate 0"),
    ("table r : [d | t] = (1)", "TP215", "[d | t]", "remove the bar"),
    ("table r : [d] = (1, 1/2, 0, 0)", "TP004", "/", "factors follow"),
    ("table r : [d] = (1, sqrt(2), 0, 0)", "TP004", "sqrt", "factors follow"),
    ("table r : [d] = (1, 1e400, 0, 0)", "TP006", "table r : [d] = (1, 1e400, 0, 0)", "1e400"),
    # slices
    ("y = x[t=3..1]", "TP214", "t=3..1", "t=3..1 by -1"),
    ("y = x[t=1..3 by 0]", "TP214", "t=1..3 by 0", "by 2"),
    ("y = x[t=1..3:2]", "TP004", ":2", "by 2"),
    ("y = x[t=1..3 step 2]", "TP004", "step 2", "by 2"),
    ("y = x[t=1..3..2]", "TP004", "..2", "by 2"),
    ("y = pad(x, t, -1, 0)", "TP214", "pad(x, t, -1, 0)", "x[t=2..3]"),
    ("y = pad(h, n, 1, 0)", "TP213", "n", "contract it"),
    ("y = dropout(h, 0)", "TP221", "0", "9 of 10"),
    ("y = dropout(h, 1.5, n)", "TP221", "1.5", "9 of 10"),
    ("y = dropout(h)", "TP105", "dropout(h)", "dropout(x, keep, axis, ...)"),
    ("y = dropout(h, 0.9, t)", "TP202", "t", "it has"),
    ("y = dropout2d(h, 0.9)", "TP101", "dropout2d", "whole channels"),
    ("param m : [n] ~ bernoulli(1, 1, 1)", "TP308", "1", "probability p"),
    ("y = repeat(x, t, 0)", "TP214", "0", "repeat(x, t, 2)"),
    ("y = repeat(h, n, 2)", "TP213", "n", "contract it"),
    ("y = upsample(x, 2)", "TP101", "upsample", "repeat(x, i, 2)"),
    ("y = flip(x, t)", "TP101", "flip", "by -1"),
    # masks
    ("y = softmax(x, t, mask=x)", "TP105", "x", "table m"),
    ("table m : [d] = (1, 1, 0, 0) ; y = softmax(x, t, mask=m)", "TP202", "m", "it needs t"),
    ("table m : [t] = (0, 0, 0) ; y = softmax(x, t, mask=m)", "TP105", "m", "each row needs a 1"),
    # expressions
    ("y = h ** 2", "TP004", "**", "x^2"),
    ("y = h // 2", "TP004", "//", "/ divides"),
    ("y = 3 % 2", "TP001", "%", "remainder"),
    ("y = nn.Linear(h)", "TP001", "nn.Linear", "param W"),
    ("y = torch.relu(h)", "TP001", "torch.relu", "relu"),
    ("y = jnp.einsum(h)", "TP001", "jnp.einsum", "dot(a, b, axis)"),
    ("y = self.fc1(h)", "TP001", "self.fc1", "part of the language"),
    ("y = W.T @ h", "TP001", ".T", "W'"),
    ("y = W^T @ h", "TP101", "T", "W'"),
    ("y = h.mean()", "TP001", ".mean", "mean(h, axis)"),
    ("y = x.shape", "TP001", ".shape", "size"),
    ("y = mean(h, axis=0)", "TP105", "axis=0", "mean(x, axis, ...)"),
    ("y = sum(x, -1)", "TP202", "-1", "n, d, t"),
    ("y = softmax(x)", "TP105", "softmax(x)", "softmax(x, axis)"),
    ("y = softmax(h, n, causal=n)", "TP213", "n", "softmax(x, n)"),
    ("y = top_k(h, n^2, n)", "TP214", "n^2", "n/4 or n^(1/2)"),
    ("y = top_k(h, 2 * n, n)", "TP214", "2 * n", "n/4 or n^(1/2)"),
    ("y = top_k(h, 1/n, n)", "TP214", "1/n", "n/4 or n^(1/2)"),
    ("y = top_k(h, 3/2, n)", "TP214", "3/2", "whole number"),
    ("y = top_k(x, 4, t)", "TP214", "4", "whole number"),
    ("y = sort(h)", "TP105", "sort(h)", "sort(x, axis)"),
    ("y = rank(h, d)", "TP202", "d", "it has n"),
    ("y = normalize(h)", "TP105", "normalize(h)", "normalize(x, axis, ...)"),
    ("y = normalize(h, n, center=2)", "TP105", "center=2", "center=1"),
    ("y = normalize(h, n, eps=-1)", "TP105", "eps=-1", "eps=1e-5"),
    ("y = where(h, h, 0)", "TP219", "h", "where(x > y, a, b)"),
    ("y = where(h > 0, h)", "TP105", "where(h > 0, h)", "where(x > y, a, b)"),
    ("y = tanh(h > 0)", "TP201", "h > 0", "where(x > y, a, b)"),
    ("y = where(h == 0, h, 0)", "TP004", "==", "where(x > y, a, b)"),
    ("y = concat([x, x], t)", "TP004", "[x, x]", "concat(a, b, axis)"),
    ("y = concat(h, h)", "TP202", "h", "concat(a, b, ..., axis)"),
    ("y = [h, h]", "TP004", "[h, h]", "family"),
    ("y = x[0]", "TP211", "0", "x[d=1]"),
    ("y = h[1]", "TP211", "1", "never indexed"),
    ("y = W[1] @ h", "TP211", "1", "param W[1..3]"),
    ("y = x[:, 0]", "TP004", "[:, 0]", "x[t=1..3]"),
    ("y = x[1:3]", "TP004", "[1:3]", "x[t=1..3]"),
    ("y = x[t=1:2]", "TP004", "[t=1:2]", "x[t=1..3]"),
    ("y = x[t=0]", "TP214", "t=0", "1 to 3"),
    ('y = einsum("ij,j->i", W, h)', "TP001", '"ij,j->i"', "no quotes"),
    ("y = 2h", "TP004", "2h", "2 * h"),
    ("y = relu h", "TP004", "relu h", "relu(h)"),
    ("y = W h", "TP004", "W h", "W @ h"),
    ("y = U @ h", "TP206", "U", "U takes d and gives n: write U'"),
    ("y = U' @ x", "TP206", "U'", "U' takes n and gives d: write U"),
    ("y = v @ h", "TP205", "v", "dot(v, ...)"),
    ("y = 3 @ h", "TP205", "3", "*"),
    ("y = tanh", "TP201", "tanh", "tanh(x)"),
    ("y = h + relu", "TP201", "relu", "relu(x)"),
    ("y = 2^h", "TP301", "h", "exp(x)"),
    ("y = h if 1 else 0", "TP004", "if 1 else 0", "hyperparameter"),
    ("y = lambda x: x", "TP004", "lambda x: x", "def f(x)"),
    ("y = h > 0", "TP004", ">", "where(x > y, a, b)"),
    ("y = .5 * h", "TP001", ".5", "0.5"),
    ("y = 5. * h", "TP001", "5.", "write 5"),
    ("y = 1_000 * h", "TP004", "1_000", "1000"),
    ("y = |h|", "TP004", "|h|", "abs(x)"),
    ("y = x²", "TP001", "²", "^2"),
    ("y = W · h", "TP001", "·", "*"),
    ("y = h − h", "TP001", "−", "keyboard"),
    ("y = W’ @ h", "TP001", "’", "transpose"),
    ("σ = h", "TP001", "σ", "a to z"),
    # statements
    ("y == h", "TP004", "==", "y = ..."),
    ("y = z = h", "TP004", "=", "a line for each"),
    ("y = W @ h = 3", "TP004", "=", "a line for each"),
    ("y += h", "TP004", "+=", "family"),
    ("y := h", "TP004", ":=", "y = ..."),
    ("y: Tensor = h", "TP004", ": Tensor = h", "y = ..."),
    ("y, z = h, h", "TP004", ", h", "a line for each"),
    ("f(x) = tanh(x)", "TP004", "f(x)", "def f(x)"),
    ("tanh(h)", "TP004", "tanh(h)", "y = tanh(h)"),
    ("h = W @ h", "TP106", "h", "h[1] = ..., h[2] = ..."),
    ("for l in 1..3 { y = h }", "TP106", "y", "y[l]"),
    ("y = h,", "TP004", ",", "delete it"),
    ("y = W @ h +", "TP004", "+", "parentheses"),
    ("// comment", "TP004", "// comment", "# starts a comment"),
    ('"""comment"""', "TP001", '"""comment"""', "# starts a comment"),
    # more of the same kinds
    ("param K : [n, n] ~ normal(0, 1) requires_grad=True", "TP004", "requires_grad=True", "rate 1/n"),
    ("param K : [n, n] ~ normal(0; 1)", "TP004", "; 1", "f(a, b)"),
    ("param K : [n, n] ~ normal 0 1", "TP004", "normal 0 1", "normal(0, 1)"),
    ("param K : [out=n] ~ normal(0, 1)", "TP214", "n", "without a size: [n, d]"),
    ("param K : [n | d | t] ~ normal(0, 1)", "TP004", "| t", "[outs | ins]"),
    ("param [n, n] K ~ normal(0, 1)", "TP004", "[n, n]", "param W : [n, n]"),
    ("n = 512", "TP106", "n", "--widths"),
    ("width n = 512", "TP305", "512", "--widths"),
    ("input x : [d=4]", "TP106", "input x : [d=4]", "choose another"),
    ("batch 32", "TP004", "batch", "--batch"),
    ("lr 0.1", "TP004", "lr", "learning_rate 1/n"),
    ("y = (h, h)", "TP004", "(h, h)", "a line for each"),
    ("y = h^n", "TP303", "n", "fixed exponents"),
    ("y = normal(0, 1)", "TP101", "normal", "param W : [n, n] ~ normal(0, 1)"),
    ("y = 1e-3h", "TP004", "1e-3h", "1e-3 * h"),
    ("param K : [n] ~ normal(0, -1)", "TP308", "-1", "sqrt(1/n)"),
    ("param K : [n] ~ normal(0, 1) frozen", "TP004", "frozen", "rate 0 freezes"),
    ("output f, g = h", "TP004", "f, g = h", "a line for each"),
    ("claim stable = true", "TP004", "= true", "write: claim stable"),
    ("y = not h", "TP004", "not", "no conditions"),
    ("y = h and v", "TP004", "and", "no conditions"),
    ("import torch", "TP004", "import torch", "there are no libraries"),
    ("import numpy as np", "TP004", "import numpy as np", "there are no libraries"),
    ("learning_rate = 0.1", "TP004", "= 0.1", "learning_rate 1/n"),
    ("y = (W @ h).relu()", "TP001", ".relu", "relu(x)"),
    ("y = h |> tanh", "TP004", "|>", "tanh(h)"),
    ("y = h @ W", "TP205", "h", "W @ h"),
    ("y[l] = h", "TP101", "l", "l: int = 3"),
    ("for l in 1..n { y[l] = h }", "TP302", "n", "depth: int = 3"),
    ("for l in 1..3 y[l] = h", "TP004", "y[l] = h", "for l in 1..3 { ... }"),
    ("for l in 1..3 { y[l] = tanh(y[l-1]) }", "TP101", "y", "y[0] = ..."),
    ("for n in 1..3 { y[n] = h }", "TP106", "for n in 1..3 { y[n] = h }", "another name"),
    ("y = leaky_relu(h, negative_slope=0.1)", "TP105", "negative_slope=0.1", "leaky_relu(x, 0.1)"),
    ("output f = dot(v, h), dot(v, h)", "TP004", ", dot(v, h)", "output g = ..."),
    ("output f[1] = dot(v, h)", "TP004", "[1]", "output f1"),
    ("claim out : O(log n)", "TP004", "log n)", "logarithms are dropped"),
    ("claim out : 0", "TP004", "0", "zero"),
    ("claim C(0,2) : O(1/n)", "TP004", "C(0,2)", "C[0,2]"),
    ("claim C[0,2] : O(1/n), C[0,3] : O(1/n)", "TP004", ", C[0,3] : O(1/n)", "a line for each"),
    ("claim feature learning", "TP004", "feature learning", "claim feature_learning"),
    ("claim lazy()", "TP004", "()", "claim lazy"),
    ("claim NTK : Theta(1)", "TP402", "claim NTK : Theta(1)", "claim kernel"),
    # names
    ("y = swish(h)", "TP101", "swish", "silu"),
    ("y = ReLU(h)", "TP101", "ReLU", "'relu'"),
    ("y = hardswish(h)", "TP101", "hardswish", "known activations: abs, "),
    ("y = frobnicate(h)", "TP101", "frobnicate", "activations: abs, "),
    ("y = log_softmax(h, n)", "TP101", "log_softmax", "log(softmax(x, axis))"),
    ("y = clamp(h)", "TP101", "clamp", "relu"),
    ("y = maximum(h, 0)", "TP101", "maximum", "max(a, b)"),
    ("y = transpose(W) @ h", "TP101", "transpose", "W'"),
    ("y = reshape(h, n)", "TP101", "reshape", "rename"),
    ("y = layer_norm(h)", "TP101", "layer_norm", "import layer_norm from norms"),
    ("y = matmul(W, h)", "TP101", "matmul", "W @ x"),
    ("y = h + zeros(n)", "TP101", "zeros", "broadcast"),
    ("y = h * pi", "TP101", "pi", "3.14159"),
    ("y = None", "TP101", "None", "leave"),
]


@pytest.mark.parametrize(("line", "code", "marked", "hint"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_one_error_at_its_place_with_a_way_out(line: str, code: str, marked: str, hint: str) -> None:
    with pytest.raises(TpError) as caught:
        parse(f"{HEAD}  {line}\n}}")
    (found,) = caught.value.diagnostics
    span = found.span
    assert span is not None
    assert (found.code, span.line) == (code, HEAD.count("\n") + 1)
    assert f"  {line}"[span.column - 1 : span.end_column - 1] == marked
    assert found.hint is not None
    assert hint in found.hint


WHOLE = {
    "width n\ninput x : [d=4]\n": (1, "program name {"),
    "program {\n  width n\n}": (1, "program mlp {"),
    "program p:\n  width n\n  input x : [d=4]\n": (1, "program mlp {"),
    "def f(x):\n  y = tanh(x)\n  return y\n": (1, "def f(x, n: axis) {"),
    "from norms import layer_norm\nprogram p { width n }": (1, "import layer_norm from norms"),
    "import torch.nn as nn\nprogram p { width n }": (1, "delete the line"),
    "import norms\nprogram p { width n }": (1, "import layer_norm from norms"),
    "def f(x) { x + 1 }\nprogram p { width n }": (1, "return x + 1"),
    "program p(depth = 3) {\n  width n\n}": (1, "depth: int = 3"),
    "program p(phi = tanh) {\n  width n\n}": (1, "phi: activation = tanh"),
    "program my-net {\n  width n\n}": (1, "program mlp {"),
    "program p\n{\n  width n\n}": (1, "program mlp {"),
    "Program p {\n  width n\n}": (1, "program name {"),
    "import norms.layer_norm\nprogram p { width n }": (1, "import layer_norm from norms"),
    "import layer_norm as ln from norms\nprogram p { width n }": (1, "import layer_norm from norms"),
    "def f(x) -> y { return x }\nprogram p { width n }": (1, "def f(x) {"),
    "def f(x) = tanh(x)\nprogram p { width n }": (1, "def f(x) {"),
    "def f(x) { return }\nprogram p { width n }": (1, "return y"),
    "fn f(x) { return x }\nprogram p { width n }": (1, "def f(x) {"),
    "class MLP(nn.Module):\n  def __init__(self):\n    self.fc = nn.Linear(10, 3)\n": (1, "def block"),
    "program p {\n  width n\n  y = (1\n    + 2\n  if n\n}": (5, "hyperparameter"),
    f"{HEAD}  y = W @ h\n    + h\n}}": (10, "parentheses"),
    f"{HEAD}  param Z[1..3] : [n, n] ~ normal(0, 1)\n  y = Z @ h\n}}": (10, "Z[1]"),
    f"{HEAD}  z[1] = h\n  y = z + h\n}}": (10, "z[1]"),
}


@pytest.mark.parametrize("text", WHOLE)
def test_mistakes_over_several_lines(text: str) -> None:
    with pytest.raises(TpError) as caught:
        parse(text)
    first = caught.value.diagnostics[0]
    line, hint = WHOLE[text]
    assert first.span is not None
    assert first.span.line == line
    assert hint in (first.hint or "")


BLOCKS = """program p {
  width n
  input x : [d=4]
  if x > 0 {
    y = x
  } else {
    y = -x
  }
  for l in range(3) {
    z[l] = x ** 2
  }
  k = sum(x,
    d, 3 ** 2)
  output f = y ** 2
}"""


def test_reading_goes_on_behind_a_block() -> None:
    """Every fault is reported, equal ones once with all their places."""
    with pytest.raises(TpError) as caught:
        parse(BLOCKS)
    found = caught.value.diagnostics
    assert [d.span.line for d in found if d.span] == [4, 6, 9, 10]
    assert [label.span.line for label in found[-1].labels] == [13, 14]


def test_an_error_on_many_lines_is_said_once() -> None:
    lines = "".join(f"  y[{i}] = q + {i}\n" for i in range(6))
    with pytest.raises(TpError) as caught:
        parse(f"{HEAD}{lines}}}")
    (found,) = caught.value.diagnostics
    assert [label.message for label in found.labels] == ["here too", "here too, and at 3 more places"]


def test_the_error_as_text_shows_the_line_and_the_hint() -> None:
    with pytest.raises(TpError) as caught:
        parse(f"{HEAD}  y = U @ h\n}}")
    shown = str(caught.value)
    assert "error[TP206]" in shown
    assert "  y = U @ h" in shown
    assert "^" in shown
    assert "write U'" in shown


_SIGNS = "( ) [ ] { } , : = == ** // += .. . ~ | ^ @ ' + - * / # ² \" 1 2 0.5 torch.nn .T"
_NAMES = "n d x U W v h tanh normal lambda range if else class return"
_KEYWORDS = "param input width axis output claim for in def import from program rate decay"
_WORDS = st.sampled_from([*" ".join([_SIGNS, _NAMES, _KEYWORDS]).split(), "\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, max_size=25), st.booleans())
def test_any_mixture_of_words_ends_in_diagnostics(words: list[str], inside: bool) -> None:
    text = " ".join(words)
    text = f"{HEAD}{text}\n}}" if inside else text
    found = diagnostics(text)
    assert bool(found) == bool(render(found, {"<text>": text}))
    assert all(d.span is None or d.span.line <= text.count("\n") + 1 for d in found)


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    try:
        parse(text)
    except TpError as problem:
        return problem.diagnostics
    return ()
