"""F - F_lin after eight steps on two samples of a network in NTK parametrization, under three optimisers.

Every sample is used several times: the roots of Shampoo enlarge what has changed in the gradient of a sample, and no
exponent is predicted there.
"""

from dataclasses import replace

from measuring import PROGRAMS, deviation, picture

import tp
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD
from tp.optimizers.muon import Muon
from tp.optimizers.shampoo import Shampoo

MODEL = tp.load(PROGRAMS / "mlp.tp", depth=2)
OPTIMISERS = {"gradient descent": SGD(), "Muon": Muon(), "Shampoo": Shampoo()}

if __name__ == "__main__":
    eight = Schedule(steps=8, samples=2)
    cases = {name: deviation(MODEL, replace(eight, optimizer=one), 96) for name, one in OPTIMISERS.items()}
    exponents = {"gradient descent": "-1", "Muon": "-1"}
    picture(__file__, cases, exponents, (64, 256, 1024, 4096, 16384, 65536), "$|F - F_{lin}|$ after 8 steps")
