"""An experiment is a value: numbers that can be drawn at any width, by whoever has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class At:
    """Where a draw is made: the ``width`` n, the ``dtype`` "float32" or "float64", and the ``engine`` as asked for.

    The engine is "dense" (weights are arrays), "conditioned" (wide Gaussian weights are matrix-free: only their
    products with vectors are drawn) or "auto" (for each weight the cheaper of the two).
    """

    width: int
    dtype: str = "float64"
    engine: str = "auto"


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs somewhere.

    ``name`` is "conditioned" where at least one wide weight is matrix-free, else "dense". ``absent`` has the names of
    the weights that are never materialised, in alphabetical order: random numbers depend on them. ``forced`` says
    which wide weights have to be materialised in any engine, with their laws, as "W is uniform"; it may be empty.
    """

    name: str
    absent: tuple[str, ...] = ()
    forced: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """All that decides the numbers of an experiment beside width, dtype, engine and the number of a draw.

    ``program`` is a hash of the graph and ``inputs`` a hash of all arrays and settings. ``quantities`` are in the order
    in which they are drawn jointly. ``code`` is the module of the experiment: the code that it imports decides numbers,
    too. ``shared`` is False where no other process can know the same experiment, as with a function of the user's.
    """

    program: str
    inputs: str
    quantities: tuple[str, ...]
    code: str
    shared: bool = True


class Experiment(Protocol):
    """Numbers that can be drawn at any width.

    It can be pickled (graphs as their texts, without compiled programs), so that any process can draw.
    """

    @property
    def name(self) -> str:
        """What people call the program."""
        ...

    @property
    def quantities(self) -> tuple[str, ...]:
        """The names of what is drawn."""
        ...

    def draw(self, at: At, first: int, count: int) -> Mapping[str, npt.NDArray[Any]]:
        """The values [count, ...] of every quantity, for the draws number ``first``, ``first`` + 1, ...

        A draw depends on its number and on ``at`` alone, not on the others that are made with it.
        """
        ...

    def engine(self, at: At) -> Engine:
        """What runs there. Raises TpError TP511 where the engine is "conditioned" and no weight can be."""
        ...

    def cost(self, at: At) -> float:
        """The work of one draw, roughly in seconds on one slow core; positive, and the same at every call."""
        ...

    def memory(self, at: At) -> int:
        """Bytes that draws need there, about."""
        ...

    def identity(self) -> Identity:
        """What a store and other processes know the experiment by."""
        ...
