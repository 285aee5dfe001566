"""Which quantities keep a meaning where weights are moved by other rules than gradient descent."""

from __future__ import annotations

from tp.optimizers import Groups, Optimizer

THEOREMS = "theorems 3.1 and 3.2 and corollary 4.0.1"


def called(optimizer: Optimizer) -> str:
    """The name of ``optimizer``, or of all where different weights have different ones."""
    if not isinstance(optimizer, Groups):
        return optimizer.name
    *first, last = dict.fromkeys(one.name for one in optimizer.optimizers)
    return f"{', '.join(first)} and {last}" if first else last


def descends(optimizer: Optimizer) -> bool:
    """Whether the theorems of the paper are about training with ``optimizer``: gradient descent, eq. 10.

    Momentum is a sum of its steps. Weight decay adds a force that is no gradient of the cost, and clipping makes steps
    depend on the norm of the gradient.
    """
    return optimizer.linear and not optimizer.shrinks and not optimizer.clip


def meaning(optimizer: Optimizer) -> tuple[str, ...]:
    """What can be said of the quantities of a program that ``optimizer`` trains; empty for gradient descent."""
    if descends(optimizer):
        return ()
    name = called(optimizer)
    if optimizer.linear:
        more = " and ".join(["weight decay"] * optimizer.shrinks + ["clipping"] * bool(optimizer.clip))
        return (f"{THEOREMS} are about gradient descent without {more}, and do not apply to this training",)
    return (
        f"{THEOREMS} are about gradient descent, and do not apply to {name}",
        "F, kernel = ∇F·Λ∇F, hessian and C[D,d] along Λ∇F are defined at initialisation as before; they say how F"
        f" answers to gradient descent, and nothing of training with {name}",
        f"the first-order change of F in a step, ∇F·Λu with the update u of {name}, takes the place of the kernel",
        f"F_lin is linear in the weights, which {name} moves from the same start; F - F_lin, the moves of features and"
        f" weights and the regime are those of training with {name}",
    )
