"""Theory as the evidence for claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tp.answer import Answer
from tp.claims.evidence import Move, Training
from tp.claims.inequality import Order
from tp.exponent import in_words
from tp.quantities.definitions import DEVIATION

if TYPE_CHECKING:
    from tp.theory.analysis import Analysis
    from tp.theory.predict import Prediction
    from tp.theory.regime import Regime

MOVES = {
    "maximally": "moves what it makes maximally",
    "less": "moves what it makes less than maximally",
    "never": "never moves what it makes",
    "too much": "moves what it makes too much",
}
UP_TO = "up to the orders examined: C[0,d] for d <= 5, C[1,d] for d <= 3"


@dataclass(frozen=True, slots=True)
class Theory:
    """The ``prediction`` of the quantities and nodes that claims are about.

    Claims about all orders and about training need the ``analysis``.
    """

    prediction: Prediction
    analysis: Analysis | None = None

    def order(self, quantity: str) -> Order | None:
        found = self.prediction
        if quantity in found.exponents:
            return Order(found.exponents[quantity], found.exact.get(quantity, True))
        node = next((o for o in found.nodes if o.name == quantity), None)
        if node is not None:
            return Order(node.exponent, node.exact)
        training = self.training if quantity == DEVIATION else None
        return None if training is None else training.deviation

    def strength(self, kind: str, exponent: Fraction) -> tuple[Answer, str] | None:
        if self.analysis is None:
            return None
        found = self.analysis.weak[("fixed", "power").index(kind)]
        if found is None:
            return Answer.YES, "all correlations vanish identically"
        if found.power < exponent:
            if found.most is not None and found.most < exponent:
                place = "large d" if found.binding is None else "C[{},{}]".format(*found.binding)
                return Answer.NO, f"{place} allows no more than m = n^({found.most})"
            known = f"only m = n^({found.power})" if found.power > 0 else "nothing"
            return Answer.UNDECIDED, f"holds {UP_TO}; beyond them {known} is known"
        where = "large d" if found.binding is None else "C[{},{}]".format(*found.binding)
        orders = "all D and d" if found.checked is None else found.checked
        return Answer.YES, f"m = n^({found.power}) for {orders}; {where} allows no more"

    @property
    def training(self) -> Training | None:
        regime = None if self.analysis is None else self.analysis.known_regime
        if regime is None:
            return None
        broken = next((c for c in regime.conditions if c.holds is False), None)
        said = None if broken is None else f"{broken.text} fails, it is {in_words(broken.exponent, broken.exact)}"
        deviation = Order(regime.deviation, regime.grounds[DEVIATION].value.exact)
        if not (regime.settled or (deviation.exact and (deviation.exponent or 0) > 0)):
            deviation = None
        return Training(regime.kind.value, regime.reason, said, deviation, tuple(self._moves(regime)))

    def _moves(self, regime: Regime) -> Iterable[Move]:
        assert self.analysis is not None
        parameters = self.analysis.program.parameters
        for mover in regime.movers:
            frozen = not parameters[mover.name].rate.coefficient
            power = "" if mover.lead is None or mover.beyond else f" (n^({mover.lead}) for n^(0))"
            said = f"{mover.name} {MOVES[mover.verdict]}{power}"
            # Later steps may move it further.
            exact = mover.known and (regime.settled or mover.verdict == "too much")
            yield Move(mover.name, mover.verdict, said, exact, frozen)
