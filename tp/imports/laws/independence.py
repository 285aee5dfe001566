"""Weights that are made of the same random bits are not independent."""

from __future__ import annotations

from collections.abc import Mapping

from tp.diagnostics.diagnostic import error
from tp.imports.laws.expressions import Node, sources
from tp.imports.traced.tracing import Path

DERIVING = frozenset({"random_split", "random_fold_in", "random_seed", "key"})
"""What makes new keys. All else takes keys apart, or puts them together."""


def require_own_bits(weights: Mapping[Path, Node]) -> None:
    """Raises TpError TP907 where two weights, or two arrays of bits of one weight, are drawn with one key."""
    owners: dict[int, tuple[Path, Node, bool]] = {}
    for path, node in weights.items():
        for source in sources(node):
            key = source.operands[0]
            whole, root = True, key
            while root.name not in DERIVING and root.operands:
                root = root.operands[0]
                whole = False
            for place in {key.number, root.number}:
                other = owners.get(place)
                clash = other is not None and (other[1] is not source or other[0] != path)
                if clash and (place == key.number or whole or (other is not None and other[2])):
                    assert other is not None
                    one, two = "/".join(other[0]), "/".join(path)
                    said = f"{one} and {two} are" if one != two else f"parts of {one} are"
                    hint = "split the key, and use each of its parts once"
                    raise error("TP907", f"{said} drawn with the same key, so they are not independent", hint=hint)
            owners[key.number] = (path, source, True)
            if not whole:
                owners.setdefault(root.number, (path, source, False))
