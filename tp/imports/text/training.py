"""How weights begin and move: laws, rates and optimisers as the language writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tp.imports.laws.initial import Initial
from tp.imports.rates.found import Rates, Statement
from tp.imports.text.declared import DeclaredWeight
from tp.imports.text.families import Family
from tp.imports.text.laws import law_text
from tp.imports.text.numbers import written_number
from tp.imports.traced.equation import Weight
from tp.imports.traced.sizes import Number

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Initial laws by path of the weight, and rates, where the module has any."""

    initials: Mapping[Path, Initial]
    rates: Rates | None

    @staticmethod
    def of(weights: Sequence[Weight], initials: Mapping[Path, Initial], rates: Rates | None) -> Beginnings:
        """A rate that all trained ``weights`` share becomes the global one."""
        if rates is not None and rates.learning_rate is None:
            trained = [weight.path for weight in weights if weight.trained]
            shared = {rates.rate.get(path, Number(1.0)) for path in trained}
            if len(shared) == 1:
                (rate,) = shared
                rates = replace(rates, learning_rate=None if rate == Number(1.0) else rate, rate={})
        return Beginnings(initials, rates)

    def text(self, weight: DeclaredWeight) -> str:
        """What follows ``~`` in the declaration of a weight. Raises TP907 for a law that the language lacks."""
        found = law_text(self.initials.get(weight.weight.path), weight)
        if not weight.weight.trained:
            return f"{found} rate 0"
        if self.rates is None:
            return found
        path = weight.weight.path
        rate, decay = self.rates.rate.get(path, Number(1.0)), self.rates.decay.get(path)
        if rate != Number(1.0):
            found += f" rate {written_number(rate)[0]}"
        return found if decay is None else f"{found} decay {written_number(decay)[0]}"

    def learning_rate(self) -> list[str]:
        """The statement of the global rate, if there is one."""
        if self.rates is None or self.rates.learning_rate is None:
            return []
        return [f"  learning_rate {written_number(self.rates.learning_rate)[0]}"]

    def optimizers(self, families: Sequence[Family]) -> list[str]:
        """A statement for each optimiser. Weights of a whole family go by its name."""
        return [self._optimizer(each, families) for each in (self.rates.optimizers if self.rates else ())]

    def _optimizer(self, statement: Statement, families: Sequence[Family]) -> str:
        settings = ", ".join(f"{name} = {value}" for name, value in statement.settings.items())
        found = f"  optimizer {statement.name}({settings})" if settings else f"  optimizer {statement.name}"
        if statement.paths is None:
            return found
        names: list[str] = []
        for family in families:
            moved = [member for member in family.members if member.weight.path in statement.paths]
            whole = len(moved) == len(family.members) and family.first is not None
            names += [moved[0].name.rpartition("[")[0]] if whole else [member.name for member in moved]
        return f"{found} for {', '.join(names)}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not exact, for people."""
        laws = [note for initial in self.initials.values() for note in initial.notes]
        none = ("no learning rates were given: every weight has the rate 1, a factor of the eta of the optimiser",)
        return tuple(dict.fromkeys([*laws, *(none if self.rates is None else self.rates.notes)]))
