"""The initial laws of all weights of a module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.laws.combined import combined
from tp.imports.laws.expressions import Node
from tp.imports.laws.independence import require_own_bits
from tp.imports.laws.initial import Initial
from tp.imports.laws.looking import looked
from tp.imports.laws.reading import form, read
from tp.imports.module import Module
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.tracing import Path


def initials(modules: Mapping[int, Module], paths: frozenset[Path] | None = None) -> dict[Path, Initial]:
    """The law of every weight with real entries, by path; ``modules`` are those of a net by width.

    Where ``paths`` are given, only weights at these are looked at: what nothing is computed from, such as running means
    in training mode, may start as it likes.

    Laws are read off what ``init`` computes: where an entry is a function of random bits of its own, that function is
    compared with the quantiles of the laws of the language. No number is drawn, so nothing is left to chance. Only
    where this does not apply, laws are told from draws, and ``Initial.why`` says so.

    Raises TpError TP907 where a law is not recognised, where two cannot be told apart, where a number is no c n^w, and
    where weights are not independent.
    """
    with internals.double():
        keys: dict[int, Node] = {}
        weights: dict[int, dict[Path, Node]] = {}
        for n, module in modules.items():
            one = read(module)
            keys[n] = one.key
            weights[n] = {path: node for path, node in one.weights.items() if paths is None or path in paths}
        first = next(iter(weights.values()))
        for found in weights.values():
            require_own_bits(found)
            if list(found) != list(first):
                raise error("TP907", "the module has other weights at other widths")
        nodes: dict[Any, Node] = {}
        kinds = {(n, path): (n, form(node)) for n, found in weights.items() for path, node in found.items()}
        for (n, path), kind in kinds.items():
            nodes.setdefault(kind, weights[n][path])
        names = {kind: "/".join(path) for (_, path), kind in reversed(kinds.items())}
        named = [(names[kind], node) for kind, node in nodes.items()]
        seen = dict(zip(nodes, looked(named, [keys[n] for n, _ in nodes]), strict=True))
        known: dict[Any, Initial] = {}
        for path in first:
            all_kinds = tuple(kinds[n, path] for n in modules)
            if all_kinds not in known:
                known[all_kinds] = combined("/".join(path), {kind[0]: seen[kind] for kind in all_kinds})
        return {path: known[tuple(kinds[n, path] for n in modules)] for path in first}
