"""F of a transformer whose output is its transposed embedding, with branches of order 1 and of order n^(1/2)."""

from measuring import PROGRAMS, correlation, picture, predicted

import tp

GPT = PROGRAMS / "gallery" / "gpt.tp"
MODELS = {
    "branches of order 1": tp.load(GPT, branch="0", depth=1),
    "branches of order n^½": tp.load(GPT, depth=1),
}

if __name__ == "__main__":
    cases = {name: correlation(model, "F", 256) for name, model in MODELS.items()}
    picture(__file__, cases, predicted(MODELS, "F"), (64, 256, 1024, 4096, 16384), "$|F|$")
