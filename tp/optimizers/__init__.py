"""How weights move: one file for each optimiser, registered by being imported here."""

from tp.optimizers.optimizer import Optimizer
from tp.optimizers.registry import DEFAULT, OPTIMIZERS, all_settings, make, register
from tp.optimizers.setting import Range, Setting, setting
from tp.optimizers.sgd import SGD

__all__ = [
    "DEFAULT",
    "OPTIMIZERS",
    "SGD",
    "Optimizer",
    "Range",
    "Setting",
    "all_settings",
    "make",
    "register",
    "setting",
]
