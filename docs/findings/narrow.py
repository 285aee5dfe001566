"""C[1,1] of networks with layers of n and of n^(1/2) units, and of a mixture of n^(1/2) experts."""

from measuring import PROGRAMS, correlation, picture, predicted

import tp

LAYERS = """program layers {{
  width n, a = {a}, b = {b}
  input x : [d=8]
  param U : [a, d] ~ normal(0, 1)
  param W : [b, a] ~ normal(0, 1)
  param v : [b] ~ normal(0, 1)
  output f = dot(v, tanh(W @ tanh(U @ x / sqrt(d)) / sqrt(a))) / sqrt(b)
}}"""
MODELS = {
    "n, then n units": tp.parse(LAYERS.format(a="n", b="n")),
    "n, then 4 n^½ units": tp.parse(LAYERS.format(a="n", b="4 * n^(1/2)")),
    "4 n^½, then n units": tp.parse(LAYERS.format(a="4 * n^(1/2)", b="n")),
    "8 n^½ experts": tp.load(PROGRAMS / "beyond" / "experts.tp"),
}

if __name__ == "__main__":
    cases = {name: correlation(model, "C[1,1]", 96) for name, model in MODELS.items()}
    picture(__file__, cases, predicted(MODELS, "C[1,1]"), (64, 256, 1024, 4096, 16384, 65536), "$\\|C^{1,1}\\|$")
