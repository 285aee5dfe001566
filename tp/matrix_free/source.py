"""What a law draws from: random numbers of NumPy or of JAX."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

Shape = tuple[int, ...]


@runtime_checkable
class Source(Protocol):
    """A source of random numbers in single precision, of NumPy or of JAX; :meth:`split` gives independent ones."""

    def split(self) -> tuple[Source, Source]: ...
    def normal(self, shape: Shape) -> Any:
        """Standard normal numbers."""
        ...

    def normal_within(self, shape: Shape, cut: float) -> Any:
        """Standard normal numbers conditioned on [-cut, cut]."""
        ...

    def uniform(self, shape: Shape) -> Any:
        """Uniform numbers in (0, 1]."""
        ...

    def fine(self, shape: Shape) -> Any:
        """The same with 32 random bits each: small numbers have a fine grid."""
        ...

    def sign(self, shape: Shape) -> Any:
        """1 or -1, with probability 1/2 each."""
        ...

    def permutation(self, count: int) -> Any:
        """The numbers 0, ..., count - 1 in random order."""
        ...

    def zeros(self, shape: Shape) -> Any: ...
