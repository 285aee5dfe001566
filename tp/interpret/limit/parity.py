"""Parity of polynomials under a change of sign of Gaussian symbols."""

from __future__ import annotations

from collections.abc import Iterable

from tp.activations import find
from tp.interpret.limit.atoms import Atoms
from tp.interpret.limit.polynomial import Atom, Polynomial
from tp.primitives.traits import function_of


def parity(atoms: Atoms, factors: Iterable[Atom], block: frozenset[int]) -> int | None:
    """0 or 1 where the product of ``factors`` is even or odd when all symbols of ``block`` change sign, else None."""
    found = 0
    for atom in factors:
        own = _of_atom(atoms, atom, block)
        if own is None:
            return None
        found ^= own
    return found


def _of_atom(atoms: Atoms, atom: Atom, block: frozenset[int]) -> int | None:
    if not atoms.symbols(atom.number) & block:
        return 0
    function = atoms.function(atom)
    if function is None:
        return 1
    inside = [_of_polynomial(atoms, p, block) for p in function.operands]
    if all(p == 0 for p in inside):
        return 0
    applied = None if function.slopes else function_of(function.operation)
    if applied is None or inside[0] is None:
        return None
    return {"odd": 1, "even": 0}.get(find(applied.activation).symmetry(applied.k))


def _of_polynomial(atoms: Atoms, polynomial: Polynomial, block: frozenset[int]) -> int | None:
    found = {parity(atoms, term.atoms, block) for term in polynomial.terms}
    return found.pop() if len(found) == 1 else None if found else 0
