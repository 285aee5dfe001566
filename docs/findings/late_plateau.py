"""F - F_lin after four steps of a mean-field network at several learning rates: it falls before it levels off."""

from measuring import PROGRAMS, deviation, picture

import tp
from tp.experiments.training.schedule import Schedule
from tp.optimizers import SGD

MODEL = tp.load(PROGRAMS / "mean_field.tp")
RATES = (0.2, 0.02, 0.005)

if __name__ == "__main__":
    cases = {f"η = {eta:g}": deviation(MODEL, Schedule(steps=4, optimizer=SGD(eta)), 96) for eta in RATES}
    widths = (64, 256, 1024, 4096, 16384, 65536, 262144)
    picture(__file__, cases, dict.fromkeys(cases, "0"), widths, "$|F - F_{lin}|$ after 4 steps")
