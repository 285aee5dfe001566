"""Derivations written down as numbered lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tp.orders.proof.derivation import Derivation
from tp.orders.proof.encoding import Encoder, Json, Table, plain, write_generator
from tp.orders.proof.replay import Replayed, Step, apply


class Growing:
    """The lines of a replay, and those that are asked for beyond them, which the rules make."""

    def __init__(self, steps: Sequence[Step], lines: Replayed) -> None:
        self.rules = lines.rules
        self.steps = list(steps)
        """All lines as steps: those of the replay, then the new ones."""
        self._lines = lines
        self._places = {id(line): number for number, line in enumerate(lines.lines)}
        self._made: dict[Step, Derivation[Any]] = {}

    @property
    def grown(self) -> bool:
        """Whether lines were asked for that the replay does not have."""
        return bool(self._made)

    def find(self, rule: str, arguments: tuple[Any, ...], premises: tuple[Derivation[Any], ...]) -> Derivation[Any]:
        """The line that applies ``rule`` to ``premises``, made where there is none."""
        step = rule, arguments, tuple(self._places[id(p)] for p in premises)
        found = self._lines.known(step) or self._made.get(step)
        if found is None:
            value, notes = apply(rule, arguments, [p.value for p in premises], self.rules)
            found = Derivation(rule, arguments, premises, value, notes)
            self._made[step] = found
            self._places[id(found)] = len(self.steps)
            self.steps.append(step)
        return found


def written(steps: Sequence[Step], lines: Replayed) -> Json:
    """``steps`` and the ``lines`` of their replay as JSON, with the facts that they refer to.

    A line is [rule, arguments, premises, value]: a row of the arguments, the numbers of earlier lines, a row of the
    values.
    """
    encoder = Encoder()
    arguments, values = Table(), Table()
    rows: list[list[Any]] = []
    for (rule, argument, premises), line in zip(steps, lines.lines, strict=True):
        row = arguments.number(argument, lambda a=argument: [encoder.encoded(x) for x in a])
        shown = values.number(line.value, lambda v=line.value: plain(v))
        rows.append([rule, row, list(premises), shown])
    return {
        "most": lines.rules.most,
        "tracked": [write_generator(g) for g in lines.rules.flips.listed],
        "facts": {word: table.rows for word, table in encoder.facts.items()},
        "arguments": arguments.rows,
        "values": values.rows,
        "lines": rows,
    }
