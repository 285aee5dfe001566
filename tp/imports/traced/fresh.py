"""New values beside those of a function, for equations that are added to it."""

from __future__ import annotations

from tp.imports.traced.equation import Shape, Traced, Value


class Fresh:
    """Values whose numbers no value of a function has."""

    def __init__(self, traced: Traced) -> None:
        made = [value.number for equation in traced.equations for value in equation.results]
        self._next = 1 + max([-1, *made, *(one.value.number for one in (*traced.weights, *traced.inputs))])

    def value(self, shape: Shape, kind: str = "float") -> Value:
        """A value of this shape."""
        found = Value(self._next, shape, kind)
        self._next += 1
        return found
