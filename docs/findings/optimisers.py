"""F - F_lin after eight steps on two samples of a network in NTK parametrization, under optimisers of which it is lazy.

Every sample is used several times: the roots of Shampoo enlarge what has changed in the gradient of a sample.
"""

from dataclasses import replace

from measuring import PROGRAMS, deviation, picture

import tp
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD
from tp.optimizers.muon import Muon
from tp.optimizers.shampoo import Shampoo

MODEL = tp.load(PROGRAMS / "mlp.tp", depth=2)
OPTIMISERS = {"gradient descent": (SGD(), "-1"), "Muon": (Muon(), "-1"), "Shampoo": (Shampoo(), "-1/2")}

if __name__ == "__main__":
    eight = Schedule(steps=8, samples=2)
    cases = {name: deviation(MODEL, replace(eight, optimizer=one), 96) for name, (one, _) in OPTIMISERS.items()}
    exponents = {name: exponent for name, (_, exponent) in OPTIMISERS.items()}
    picture(__file__, cases, exponents, (64, 256, 1024, 4096, 16384, 65536), "$|F - F_{lin}|$ after 8 steps")
