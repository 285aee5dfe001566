"""The rules of typical orders, with cancellations, by name; nothing here knows of networks.

All exponents are exact powers of n, logarithms are dropped. Contractions add the exponent of their axis, or half of it
when the mean vanishes; a product with a fresh matrix is a fresh Gaussian vector plus, when the operand already depends
on the transposed matrix, a coherent part. Statements and proofs: docs/calculus.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tp.orders.typical import linear_rules, map_rules, matrix_rules, places, remainders, renaming, series
from tp.orders.typical.context import Context
from tp.orders.typical.value import Value

RULES: Mapping[str, Callable[[Context, Any, Sequence[Value]], Value]] = {
    "one": linear_rules.one,
    "zero": linear_rules.zero,
    "variable": linear_rules.variable,
    "source": linear_rules.source,
    "scaled": linear_rules.scaled,
    "near": linear_rules.near,
    "elsewhere": linear_rules.elsewhere,
    "mixed": linear_rules.mixed,
    "sum": linear_rules.sum_,
    "product": linear_rules.product,
    "limited": linear_rules.limited,
    "renamed": renaming.renamed,
    "contract": linear_rules.contract,
    "apply": matrix_rules.apply,
    "pointwise": series.pointwise,
    "function": series.function_of,
    "remainder": remainders.remainder,
    "remainder elsewhere": remainders.elsewhere,
    "map": map_rules.mapped,
    "map remainder": map_rules.remainder,
    "chosen": places.chosen,
    "switched": places.switched,
    "exchanged": places.exchanged,
    "reranked": places.reranked,
    "permuted": places.permuted,
    "repermuted": places.repermuted,
}
"""Every rule by its name: from plain arguments and the values of its premises to its value."""

THEOREMS: Mapping[str, tuple[str, ...]] = {
    "one": ("3.1",),
    "zero": ("3.3",),
    "variable": ("4",),
    "source": ("3.1",),
    "scaled": ("3.2",),
    "near": ("3.14a",),
    "elsewhere": ("3.14", "3.14a"),
    "mixed": ("3.14", "3.14a"),
    "sum": ("3.3",),
    "product": ("3.4",),
    "limited": ("3.17", "3.17a"),
    "renamed": ("3.16",),
    "contract": ("3.5", "3.7a", "3.7b"),
    "apply": ("3.6", "3.7", "3.8"),
    "pointwise": ("3.9", "3.10"),
    "function": ("2",),
    "remainder": ("3.11", "3.12"),
    "remainder elsewhere": ("3.12b",),
    "map": ("3.18a",),
    "map remainder": ("3.18a",),
    "chosen": ("3.19", "3.20"),
    "switched": ("3.13",),
    "exchanged": ("3.13",),
    "reranked": ("3.20",),
    "permuted": ("3.20",),
    "repermuted": ("3.20",),
}
"""The theorems of docs/calculus.md that state and prove each rule."""


class Rules(Context):
    """The rules over one set of widths, with the results of all applications so far."""

    def apply_rule(
        self, rule: str, arguments: tuple[Any, ...], values: Sequence[Value]
    ) -> tuple[Value, frozenset[str]]:
        """The value of ``rule``, and its notes. Raises KeyError for an unknown rule."""
        key = (rule, arguments, *values)
        found = self.memory.get(key)
        if found is None:
            before, self.notes = self.notes, set()
            value = RULES[rule](self, arguments, values)
            found = self.memory[key] = (value, frozenset(self.notes))
            self.notes = before
        return found
