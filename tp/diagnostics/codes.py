"""The page of every diagnostic code: what it means, an example of the fault and of what to write instead."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from tp.diagnostics.diagnostic import error


class Code(NamedTuple):
    """One page of ``tp explain``. Either example may be empty."""

    title: str
    explanation: str
    bad: str = ""
    good: str = ""

    def __str__(self) -> str:
        parts = [self.title, "", " ".join(self.explanation.split())]
        for head, example in (("Wrong:", self.bad), ("Right:", self.good)):
            if example:
                parts += ["", head, *("    " + line for line in example.split("\n"))]
        return "\n".join(parts)


@cache
def codes() -> dict[str, Code]:
    """The pages by code, in order, from ``codes.toml`` beside this file."""
    import tomllib

    pages = tomllib.loads(Path(__file__).with_name("codes.toml").read_text("utf-8"))
    return {code: Code(**page) for code, page in pages.items()}


def explain(code: str) -> str:
    """The page of a diagnostic code, such as ``"TP501"``: what it means, a wrong and a right example.

    Raises:
        TpError: TP509 where no diagnostic has that code.
    """
    known = codes()
    found = known.get(code.upper())
    if found is None:
        raise error("TP509", f"no diagnostic has the code {code}", hint=f"codes run from {min(known)} to {max(known)}")
    return f"{code.upper()}: {found}"
