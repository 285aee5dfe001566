"""C[0,2] of attention: one head with two scales of its scores, many small heads, and many tokens."""

from measuring import PROGRAMS, correlation, picture, predicted

import tp

MODELS = {
    "one head, q·k / n": tp.load(PROGRAMS / "attention.tp", t=4),
    "n/4 heads of size 4": tp.load(PROGRAMS / "multihead_attention.tp", t=4),
    "one head, q·k / √n": tp.load(PROGRAMS / "attention_sqrt.tp", t=4),
    "the same, smaller weights": tp.load(PROGRAMS / "attention.tp", power="1/2", t=4),
    "n/8 tokens": tp.load(PROGRAMS / "beyond" / "token_attention.tp"),
}

if __name__ == "__main__":
    cases = {name: correlation(model, "C[0,2]", 128) for name, model in MODELS.items()}
    cases["n/8 tokens"] = correlation(MODELS["n/8 tokens"], "C[0,2]", 1024, largest=4096)
    picture(__file__, cases, predicted(MODELS, "C[0,2]"), (64, 256, 1024, 4096, 16384, 65536), "$|C^{0,2}|$")
