"""Which quantities keep a meaning where weights are moved by other rules than gradient descent."""

from __future__ import annotations

from tp.optimizers import Optimizer

THEOREMS = "theorems 3.1 and 3.2 and corollary 4.0.1"


def descends(optimizer: Optimizer) -> bool:
    """Whether the theorems of the paper are about training with ``optimizer``: gradient descent, eq. 10.

    Momentum is a sum of its steps. Weight decay adds a force that is no gradient of the cost, and clipping makes steps
    depend on the norm of the gradient. Where groups of weights have other rates or momentum, the rates of the program
    are not those of training.
    """
    return optimizer.along_gradients and optimizer.linear and not optimizer.shrinks and not optimizer.clip


def at_start(optimizer: Optimizer) -> tuple[str, ...]:
    """What quantities at initialisation say where ``optimizer`` trains; empty where they drive training."""
    if optimizer.along_gradients:
        return ()
    return (
        "F, kernel = ∇F·Λ∇F, hessian and C[D,d] along Λ∇F at initialisation say how F answers to gradient descent,"
        f" and nothing of training with {optimizer.called}",
    )


def of_linear_model(optimizer: Optimizer) -> tuple[str, ...]:
    """What F_lin is where ``optimizer`` trains; empty where that is as always."""
    if optimizer.along_gradients:
        return ()
    return (
        "F_lin is the model that is linear in the weights; the same optimiser moves it, from the same start",
        "its first step changes F by ∇F·Λu, where u is the update, and not by the kernel",
    )


def without_orders(optimizer: Optimizer) -> tuple[str, ...]:
    """The :func:`meaning` of the quantities at initialisation alone."""
    if descends(optimizer):
        return ()
    more = " without weight decay and clipping" if optimizer.along_gradients else ""
    theorems = f"{THEOREMS} are about gradient descent{more}, and do not apply to this training"
    return (theorems, *at_start(optimizer))


def meaning(optimizer: Optimizer) -> tuple[str, ...]:
    """What can be said of the quantities of a program that ``optimizer`` trains; empty for gradient descent."""
    if optimizer.along_gradients:
        return without_orders(optimizer)
    moves = "what is said of F - F_lin, of moves of features and weights, and of the regime is about this training"
    return (*without_orders(optimizer), *of_linear_model(optimizer), moves)
