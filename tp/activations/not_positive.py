"""The opposite of the unit step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tp.activations.step import Step
from tp.gaussian.terms import STEP, Term, Terms, times
from tp.namespace import namespace


@dataclass(frozen=True)
class NotPositive(Step):
    """1 for x <= 0, else 0: what is left of 1 by a step."""

    keyword: ClassVar[str] = "not_positive"
    summary: ClassVar[str] = "1 for x <= 0, else 0; where(x > y, a, b) has it before b"
    formula: ClassVar[str] = r"1 \text{ for } x \le 0, \quad 0 \text{ for } x > 0"
    internal: ClassVar[bool] = True
    keeps_sign: ClassVar[bool] = False

    def taylor(self, k: int) -> float:
        return 0.0 if k else 1.0

    def terms(self, k: int) -> Terms | None:
        return () if k else (Term(), *times(-1.0, STEP))

    def lower(self, k: int, x: Any) -> Any:
        xp = namespace(x)
        return xp.zeros_like(x) if k else (x <= 0).astype(x.dtype)
