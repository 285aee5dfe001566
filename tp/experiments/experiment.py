"""The interface of experiments: random quantities that can be drawn at any width, by any process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tp.experiments.at import At
from tp.ndarray import NDArray

if TYPE_CHECKING:
    from jaxtyping import Shaped

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine that draws, and the weights that it does not materialise.

    ``name`` is "conditioned" where at least one wide weight is matrix-free, else "dense". ``absent`` has the names of
    the weights that are never materialised, in alphabetical order: random numbers depend on them. ``forced`` says
    which wide weights every engine materialises, and their laws, such as "W is uniform"; it may be empty. ``path`` is
    "numpy" or "xla", whichever computes: random numbers depend on it, too.
    """

    name: str
    absent: tuple[str, ...] = ()
    forced: str = ""
    path: str = "xla"


@dataclass(frozen=True, slots=True)
class Identity:
    """All that determines the draws of an experiment beside their numbers and :class:`At`.

    ``program`` is a hash of the graph and ``inputs`` a hash of all arrays and settings. ``quantities`` are in the order
    in which they are drawn jointly. ``code`` is the module of the experiment: the code that it imports determines
    draws, too. ``shared`` is False where other processes cannot have the experiment, as with a function of the user's.
    """

    program: str
    inputs: str
    quantities: tuple[str, ...]
    code: str
    shared: bool = True


class Experiment(Protocol):
    """Random quantities that can be drawn at any width.

    It can be pickled (graphs as their texts, without compiled programs), so that any process can draw.
    """

    @property
    def name(self) -> str:
        """The name of the program."""
        ...

    @property
    def quantities(self) -> tuple[str, ...]:
        """The names of the quantities that are drawn."""
        ...

    def draw(self, at: At, first: int, count: int) -> Mapping[str, Shaped[NDArray[Any], "count ..."]]:
        """The values [count, ...] of every quantity, for the draws number ``first``, ``first`` + 1, ...

        A draw depends on its number and on ``at`` alone, not on the others that are made with it.
        """
        ...

    def prepare(self, at: At) -> None:
        """Compile what draws at ``at`` need, so that they begin at once. Another thread may draw at the same time."""
        ...

    def engine(self, at: At) -> Engine:
        """The engine that draws. Raises TpError TP511 for "conditioned" where no weight can be matrix-free."""
        ...

    def cost(self, at: At) -> float:
        """The work of one draw, in seconds of the reference machine (:mod:`tp.interpret.cost.work`).

        It is positive, and depends on nothing but the experiment and ``at``.
        """
        ...

    def compilation(self, at: At) -> float:
        """The work before the first draw, likewise: most of it is compiling."""
        ...

    def memory(self, at: At) -> int:
        """The bytes that draws need, approximately."""
        ...

    def identity(self) -> Identity:
        """The identity by which a store and other processes know the experiment."""
        ...
