"""How weights move. One file holds one optimiser; a new one is a new file here, which is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from tp.optimizers.amount import Amount, as_number, as_scale
from tp.optimizers.choosing import chosen
from tp.optimizers.groups import Groups
from tp.optimizers.optimizer import Optimizer
from tp.optimizers.registry import DEFAULT, OPTIMIZERS, all_settings, make, register
from tp.optimizers.setting import Range, Setting, setting
from tp.optimizers.sgd import SGD

for _module in iter_modules(__path__):
    if not _module.ispkg:  # the rules are for the order calculus, which most commands do not need at once
        import_module(f"{__name__}.{_module.name}")

__all__ = [
    "DEFAULT",
    "OPTIMIZERS",
    "SGD",
    "Amount",
    "Groups",
    "Optimizer",
    "Range",
    "Setting",
    "all_settings",
    "as_number",
    "as_scale",
    "chosen",
    "make",
    "register",
    "setting",
]
