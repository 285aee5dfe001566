"""F - F_lin of a low-rank adapter that starts at zero, after one step and after several, and of full training."""

from measuring import PROGRAMS, deviation, picture

import tp
from tp.experiments.training.schedule import Schedule

LORA = tp.load(PROGRAMS / "gallery" / "lora.tp")
MLP = tp.load(PROGRAMS / "mlp.tp", depth=2)
CASES = {
    "adapter, 1 step": (LORA, 1, "-1"),
    "adapter, 2 steps": (LORA, 2, "0"),
    "adapter, 8 steps": (LORA, 8, "0"),
    "all weights, 8 steps": (MLP, 8, "-1"),
}

if __name__ == "__main__":
    cases = {name: deviation(model, Schedule(steps=steps), 512) for name, (model, steps, _) in CASES.items()}
    exponents = {name: exponent for name, (*_, exponent) in CASES.items()}
    picture(__file__, cases, exponents, (64, 256, 1024, 4096, 16384, 65536), "$|F - F_{lin}|$")
