"""The base of all kinds of claims: how a claim is written, and what it means."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from tp.claims.inequality import Inequality

if TYPE_CHECKING:
    from tp.claims.evidence import Evidence
    from tp.program import Claim


class Argument(Enum):
    """What stands in parentheses after the word of a claim."""

    NONE = "nothing"
    POWER = "a power of n"
    GROWING = "a power of n that grows"


class ClaimKind(ABC):
    """One kind of claim. ``word`` names it in a program, followed by its ``argument``.

    A claim of any kind holds where all of its inequalities do, unless its kind says more.
    """

    word: ClassVar[str]
    argument: ClassVar[Argument]
    all_orders: ClassVar[str | None] = None
    """For a claim about correlations of all orders (D, d), which of them are weak: ``fixed`` or ``power``."""
    trains: ClassVar[bool] = False
    """Whether the claim is about training."""
    excepts: ClassVar[bool] = False
    """Whether weights may be excepted by name."""

    def inequalities(self, claim: Claim, output: str | None) -> Sequence[Inequality]:
        """The inequalities that the claim, without its negation, consists of.

        ``output`` is the name of the only output (None where there are several): F means it.
        """
        return ()

    def examined(self, claim: Claim, evidence: Evidence, output: str | None) -> Sequence[Inequality]:
        """Those of the inequalities that ``evidence`` can say something of."""
        return self.inequalities(claim, output)


def quantity_inequalities(claim: Claim, output: str | None) -> list[Inequality]:
    """Those inequalities of ``claim`` that are about a quantity of the paper, not about a node or about training."""
    from tp.claims import known
    from tp.quantities.definitions import is_quantity

    return [i for i in known()[claim.kind].inequalities(claim, output) if is_quantity(i.quantity)]


def claimed_quantities(claims: Iterable[Claim], output: str | None) -> tuple[str, ...]:
    """The quantities that ``claims`` are about, each once, in the order of the program."""
    return tuple(dict.fromkeys(i.quantity for claim in claims for i in quantity_inequalities(claim, output)))
