"""``claim maximal_update except W, b``: every weight moves what it makes as much as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.trained import TrainingClaim
from tp.graph.weight_names import covers

if TYPE_CHECKING:
    from tp.claims.evidence import Training
    from tp.program import Claim


class MaximalUpdate(TrainingClaim):
    """The updates of every weight move the first value that it enters maximally: no less, and not too much.

    Frozen weights (rate 0) are exempt, and so are those that the claim excepts.
    """

    word = "maximal_update"
    excepts = True
    confirmable = False

    def judge(self, claim: Claim, training: Training) -> tuple[Answer, str]:
        asked = [m for m in training.moves if not m.frozen and not any(covers(e, m.weight) for e in claim.excepted)]
        wrong = [m for m in asked if m.verdict != "maximally"]
        if sure := [m for m in wrong if m.exact]:
            return Answer.NO, "; ".join(m.said for m in sure)
        if unsure := [m for m in asked if not m.exact]:
            return Answer.UNDECIDED, f"only bounds are known: {'; '.join(m.said for m in unsure)}"
        if not asked:
            return Answer.YES, "no weight is left that is trained"
        return Answer.YES, f"maximal moves: {', '.join(m.weight for m in asked)}"


KIND = MaximalUpdate()
