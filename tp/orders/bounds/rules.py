"""The rules of the norm calculus by name: bounds of jets of every order at once, without cancellation.

Rules keep the meaning of a table (:mod:`tp.orders.bounds.table`) for each pair of classes, so it holds by induction
over the graph. Every rule is a function of plain arguments and of the values of its premises, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tp.orders.bounds import function_rules, linear_rules, map_rules, output_rules, weight_rules

NORM_RULES: Mapping[str, Callable[[tuple[Any, ...], Sequence[Any]], Any]] = {
    "norm.flat": linear_rules.flat_value,
    "norm.mask": linear_rules.mask,
    "norm.detach": linear_rules.detach,
    "norm.linear": linear_rules.linear,
    "norm.refined": linear_rules.refined,
    "norm.product": linear_rules.product_value,
    "norm.product.source": linear_rules.product_source,
    "norm.leaf": weight_rules.leaf,
    "norm.leaf.source": weight_rules.leaf_source,
    "norm.apply": weight_rules.apply,
    "norm.apply.source": weight_rules.apply_source,
    "norm.pointwise": function_rules.pointwise,
    "norm.pointwise.source": function_rules.powers,
    "norm.map": map_rules.mapped,
    "norm.map.source": map_rules.source,
    "norm.pair": output_rules.pair,
    "norm.pair.free": output_rules.pair_free,
    "norm.output": output_rules.output,
    "norm.form": output_rules.form,
}
"""Every rule by its name: from its arguments and the values of its premises to its value."""

THEOREMS: Mapping[str, tuple[str, ...]] = {
    rule: ("5a",) if function.__module__ == map_rules.__name__ else ("5",) for rule, function in NORM_RULES.items()
}
"""The theorems of docs/calculus.md that state and prove each rule."""
