"""The stored draws of one experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tp.experiments.experiment import Experiment, Identity
from tp.sampling.calls import Answer, Call, doubles
from tp.sampling.plan import Plan
from tp.store.behind import Behind
from tp.store.key import Key, Series
from tp.store.store import Store


@dataclass(slots=True)
class Shelf:
    """The cells of ``experiment``, whose identity is ``identity``, under ``plan``.

    They are drawn with ``versions`` of all code; ``platform`` says of a path what it computes on.
    The identity hashes all arrays, so it is passed on.
    """

    store: Store | Behind
    experiment: Experiment
    identity: Identity
    plan: Plan
    platform: Callable[[str], str]
    versions: Mapping[str, str]
    _series: dict[int, Series] = field(default_factory=dict[int, Series])

    def find(self, call: Call) -> Answer | None:
        """The stored answer to ``call``; None where not all of its draws are stored."""
        found = self.store.find(self._at(call.n), call.n, call.first, call.count)
        return None if found is None else Answer(found.values, stored=True)

    def keep(self, call: Call, answer: Answer) -> None:
        """Store the ``answer`` to ``call``."""
        key = Key(self._at(call.n), call.n, call.first, call.count)
        self.store.keep(key, doubles(answer.values), self.experiment.name)

    def _at(self, n: int) -> Series:
        """The key of draws at width ``n``, without the numbers of the draws."""
        if n not in self._series:
            identity, engine = self.identity, self.experiment.engine(self.plan.at(n))
            self._series[n] = Series(
                program=identity.program,
                inputs=identity.inputs,
                quantities=identity.quantities,
                engine=engine.name,
                without=engine.absent,
                dtype=self.plan.dtype,
                platform=self.platform(engine.path),
                versions=self.versions,
            )
        return self._series[n]
