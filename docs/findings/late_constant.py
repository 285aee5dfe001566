"""The root mean square of F where a constant under a root is added to what vanishes as 1/n."""

from measuring import correlation, picture

import tp

PROGRAM = """program late {{
  width n
  input x : [d=4]
  param E : [n, d] ~ normal(0, n^(-1/2))
  param s : [n] ~ normal(0, 1)
  h = E @ x
  g = h / sqrt(mean(h^2) + {constant})
  output f = dot(s, tanh(g)) / sqrt(n)
}}"""
MODELS = {f"constant {c}": tp.parse(PROGRAM.format(constant=c)) for c in ("1e-6", "1e-4", "1e-2")}

if __name__ == "__main__":
    cases = {name: correlation(model, "F", 512) for name, model in MODELS.items()}
    widths = (16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
    picture(__file__, cases, {"constant 1e-2": "-1/2", "constant 1e-4": "-1/2"}, widths, "$|F|$")
