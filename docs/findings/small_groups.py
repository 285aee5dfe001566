"""C[1,1] of a layer whose units are divided by the norm of groups of k units."""

from measuring import correlation, picture, predicted

import tp

GROUPS = """program groups(k: axis = 2) {
  width n
  input x : [d=8]
  param U : [n, k | d] ~ normal(0, 1)
  param v : [n, k |] ~ normal(0, 1)
  h = U @ x / sqrt(d)
  z = h / sqrt(sum(h^2, k))
  output f = sum(dot(v, z), k) / sqrt(n)
}"""
MODELS = {f"groups of {k}": tp.parse(GROUPS, k=k) for k in (2, 3, 8)}

if __name__ == "__main__":
    cases = {name: correlation(model, "C[1,1]", 256) for name, model in MODELS.items()}
    widths = (64, 256, 1024, 4096, 16384, 65536)
    picture(__file__, cases, predicted(MODELS, "C[1,1]"), widths, "$\\|C^{1,1}\\|$")
