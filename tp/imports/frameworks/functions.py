"""Plain functions: ``init(key)`` and ``apply(weights, *inputs)``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from tp.diagnostics.diagnostic import error
from tp.imports.frameworks.inputs import Arguments, arguments
from tp.imports.frameworks.pair import Pair, of_real_numbers

WIDTHS = ("n", "width")
"""Names of a first parameter of ``apply`` that gets the width."""


def pair(init: Callable[..., Any], apply: Callable[..., Any], inputs: Any) -> tuple[Pair, Arguments]:
    """The two functions as they are. All weights that are real numbers are trained."""
    given = arguments(inputs, apply, 1)

    def applied(weights: Any, *arrays: Any) -> Any:
        return given.call(apply, weights, arrays=arrays)

    return of_real_numbers(Pair(init, applied)), given


def with_widths(init: Callable[..., Any], apply: Callable[..., Any], inputs: Any) -> Callable[[int], Any]:
    """``make`` for functions of the width: ``init(n, key)``, and ``apply`` with the width as first argument or without.

    Args:
        init: weights at width n.
        apply: outputs. It gets n first where it requires one argument more than weights and inputs, or where its first
            parameter is called ``n`` or ``width``.
        inputs: as for ``Arguments``, or a function of n.

    Raises:
        TpError: TP904 where ``init`` does not take two arguments, and TP904, when it is called, where ``apply`` takes
            another number than either.
    """
    if (count := _required(init)) is not None and count != 2:
        raise error("TP904", f"init requires {count} arguments, not 2", hint="write init(n, key)")

    def make(n: int) -> Any:
        given = inputs(n) if callable(inputs) else inputs
        wide = _takes_the_width(apply, 1 if not isinstance(given, tuple | list | Mapping) else len(given))

        def initial(key: Any) -> Any:
            return init(n, key)

        @functools.wraps(apply)
        def at_width(weights: Any, *arguments: Any, **by_keyword: Any) -> Any:
            return apply(n, weights, *arguments, **by_keyword)

        if wide:
            signature = inspect.signature(apply)
            at_width.__signature__ = signature.replace(parameters=[*signature.parameters.values()][1:])  # pyright: ignore[reportAttributeAccessIssue]
        return initial, at_width if wide else apply, given

    return make


def _takes_the_width(apply: Callable[..., Any], inputs: int) -> bool:
    """Whether ``apply`` has the width before weights and ``inputs`` many inputs. Raises TpError TP904."""
    count = _required(apply)
    first = next(iter(inspect.signature(apply).parameters), "") if count is not None else ""
    if first in WIDTHS:
        return True
    if count is None or count <= inputs + 1:
        return False
    if count == inputs + 2:
        return True
    hint = "write apply(weights, *inputs), or apply(n, weights, *inputs)"
    raise error("TP904", f"apply requires {count} arguments, but there are {inputs} inputs", hint=hint)


def _required(function: Callable[..., Any]) -> int | None:
    """How many arguments without default ``function`` has. None where it takes any number, or where it is not known."""
    try:
        every = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in every):
        return None
    return sum(p.default is p.empty for p in every if p.kind is not p.VAR_KEYWORD)
