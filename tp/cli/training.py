"""How a program is trained, as options of commands."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tp.experiments.training.schedule import Schedule

Steps = Annotated[int, typer.Option("--steps", help="Steps of gradient descent.")]
Eta = Annotated[float, typer.Option("--eta", help="The learning rate, times those of the program.")]
CostOption = Annotated[str, typer.Option("--cost", help="squared, logistic or cross-entropy.")]
Momentum = Annotated[float, typer.Option("--momentum", help="The share of the last move that is kept.")]
Decay = Annotated[
    float, typer.Option("--weight-decay", help="Every step shrinks all weights by this share, times --eta.")
]
Second = Annotated[bool, typer.Option("--second/--no-second", help="Whether to follow second derivatives.")]
Strong = Annotated[
    str | None,
    typer.Option(
        "--strong", metavar="POWERS", help="Check theorem 3.2 under these powers, such as -1/2,1/4, or 'usual'."
    ),
]
Batch = Annotated[int, typer.Option("--batch", help="Samples of one step.")]
Samples = Annotated[int, typer.Option("--samples", help="Samples to train on; the first ones are probed.")]
Rho = Annotated[str, typer.Option("--rho", metavar="POWER", help="Multiply learning rates with n^POWER.")]
ScaleOption = Annotated[
    str, typer.Option("--scale", metavar="POWER", help="Multiply the output with n^POWER, and rates with n^(-2 POWER).")
]


def schedule(
    steps: int,
    eta: float,
    cost: str,
    momentum: float,
    decay: float,
    batch: int,
    samples: int,
    rho: str,
    scale: str,
) -> Schedule:
    """The schedule that the options name. Raises TpError TP504, TP513."""
    from tp.experiments.training.schedule import Schedule
    from tp.optimizers import SGD
    from tp.sampling.reading import parse_power

    powers = (parse_power("--rho", rho), parse_power("--scale", scale))
    return Schedule(
        optimizer=SGD(eta, momentum, decay),
        steps=steps,
        cost=cost,
        batch=batch,
        samples=samples,
        rho=powers[0],
        scale=powers[1],
    )


def powers(text: str | None) -> tuple[Fraction, ...]:
    """The powers that --strong names. Raises TpError TP513."""
    if text is None:
        return ()
    from tp.sampling.reading import parse_power
    from tp.studies.linearize.theorem_3_2 import RHOS

    return RHOS if text == "usual" else tuple(parse_power("--strong", word.strip()) for word in text.split(","))
