"""The rules for primitives of JAX: what each says of wide axes, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tp.imports.rules.reading import Reading
    from tp.imports.rules.writing import Writing
    from tp.imports.rules.written import Written
    from tp.imports.traced.equation import Equation

Reader = Callable[["Equation", "Reading"], None]
Writer = Callable[["Equation", "Writing"], "Written | list[Written]"]

readers: dict[str, Reader] = {}
writers: dict[str, Writer] = {}


def reads(*primitives: str) -> Callable[[Reader], Reader]:
    """The decorated function says which wide axes are the same, and how they are divided."""

    def register(rule: Reader) -> Reader:
        for primitive in primitives:
            assert primitive not in readers, primitive
            readers[primitive] = rule
        return rule

    return register


def writes(*primitives: str) -> Callable[[Writer], Writer]:
    """The decorated function makes an expression of an equation. It raises Untranslatable."""

    def register(rule: Writer) -> Writer:
        for primitive in primitives:
            assert primitive not in writers, primitive
            writers[primitive] = rule
        return rule

    return register
