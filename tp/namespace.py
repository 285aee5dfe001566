"""NumPy or JAX: rules that compute with arrays are written once, for both.

JAX compiles, which takes seconds and pays for long computations. NumPy starts at once. A rule asks which of the two an
array belongs to, and calls functions that both have by the same name. Functions that they have under other names are
here.
"""

from __future__ import annotations

from typing import Any


def namespace(*arrays: Any) -> Any:
    """``numpy`` where all ``arrays`` are arrays or numbers of NumPy or of Python, else ``jax.numpy``."""
    import numpy

    if is_numpy(*arrays):
        return numpy
    import jax.numpy

    return jax.numpy


def is_numpy(*arrays: Any) -> bool:
    """Whether :func:`namespace` is ``numpy``."""
    import numpy

    return all(isinstance(array, numpy.ndarray | numpy.generic | float | int) for array in arrays)


def for_both(rule: object) -> bool:
    """Whether ``rule``, an operation or an activation, computes with either: others than ours may with JAX alone."""
    return type(rule).__module__.startswith("tp.")


def matmul(left: Any, right: Any) -> Any:
    """The matrix product in full precision, also where a GPU would round its factors to fewer digits."""
    if is_numpy(left, right):
        return left @ right
    import jax.numpy

    return jax.numpy.matmul(left, right, precision="highest")


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), with full relative precision in both tails."""
    if is_numpy(x):
        return 1.0 / (1.0 + namespace(x).exp(-x))
    import jax

    return jax.nn.sigmoid(x)


def erf(x: Any) -> Any:
    """The error function."""
    if is_numpy(x):
        from scipy import special

        return special.erf(x)
    import jax

    return jax.lax.erf(x)


def erfc(x: Any) -> Any:
    """1 - erf(x), with full relative precision for large x."""
    if is_numpy(x):
        from scipy import special

        return special.erfc(x)
    import jax

    return jax.lax.erfc(x)


def normal_quantile(p: Any) -> Any:
    """The number below which a standard normal one lies with probability ``p``."""
    if is_numpy(p):
        from scipy import special

        return special.ndtri(p)
    import jax.scipy.special

    return jax.scipy.special.ndtri(p)
