"""C[0,4] of one hidden layer whose readout has Student's law with few degrees of freedom."""

from measuring import correlation, picture, predicted

import tp

PROGRAM = """program tails {{
  width n
  input x : [d=8]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ {law}
  output f = dot(v, softplus(U @ x / sqrt(d))) / sqrt(n)
}}"""
LAWS = {"normal": "normal(0, 1)", "Student, df = 5": "student_t(0, 1, 5)", "Student, df = 3": "student_t(0, 1, 3)"}
MODELS = {name: tp.parse(PROGRAM.format(law=law)) for name, law in LAWS.items()}

if __name__ == "__main__":
    cases = {name: correlation(model, "C[0,4]", 512) for name, model in MODELS.items()}
    widths = (64, 256, 1024, 4096, 16384, 65536, 262144)
    picture(__file__, cases, predicted(MODELS, "C[0,4]"), widths, "$|C^{0,4}|$")
