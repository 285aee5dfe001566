"""C[0,2] of one hidden layer whose readout starts with a symmetric or a skewed law."""

from measuring import correlation, picture, predicted

import tp

PROGRAM = """program layer(phi: activation = gelu) {{
  width n
  input x : [d=8]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ {law}(0, 1)
  output f = dot(v, phi(U @ x / sqrt(d))) / sqrt(n)
}}"""
MODELS = {
    "gelu, normal readout": tp.parse(PROGRAM.format(law="normal")),
    "gelu, exponential readout": tp.parse(PROGRAM.format(law="exponential")),
    "tanh, exponential readout": tp.parse(PROGRAM.format(law="exponential"), phi="tanh"),
}

if __name__ == "__main__":
    cases = {name: correlation(model, "C[0,2]", 512) for name, model in MODELS.items()}
    widths = (64, 256, 1024, 4096, 16384, 65536, 262144)
    picture(__file__, cases, predicted(MODELS, "C[0,2]"), widths, "$|C^{0,2}|$")
