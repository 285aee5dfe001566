"""What a command that is at work shows: the table so far, what is being done, and what an interrupt would leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tp.printable import Printable

LEAVES = "Ctrl-C prints this and exits with 3"


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the work on the program ``name``.

    ``result`` is what is known so far, None before anything is. ``done`` and ``total`` are seconds of estimated work;
    ``total`` is 0 where it is not known. ``what`` is being done. ``keeps``: draws are stored, so that the same command
    goes on after an interrupt.
    """

    name: str
    result: Printable | None = None
    done: float = 0.0
    total: float = 0.0
    what: str = ""
    keeps: bool = False

    @property
    def left(self) -> str:
        """The work that is left, as the budget counts it; empty where it is not known."""
        if not self.total or self.done >= self.total:
            return ""
        return f"work left: at most {self.total - self.done:.0f} of {self.total:.0f} s"

    @property
    def status(self) -> str:
        """What is being done, and how much is left."""
        return "; ".join(filter(None, (f"{self.name}: {self.what}" if self.what else self.name, self.left)))

    @property
    def leaves(self) -> str:
        """What an interrupt would leave."""
        drawn = self.keeps and self.result is not None and self.result.study != "orders_so_far"
        kept = "; draws are kept, and the same command goes on" if drawn else ""
        return LEAVES + kept

    @property
    def line(self) -> str:
        """Everything in one line, for a log."""
        from tp.api.watching import line

        return "; ".join(filter(None, (self.status, "" if self.result is None else line(self.result))))

    def frame(self, elapsed: float) -> RenderableType:
        """Everything as a picture for a console of rich, ``elapsed`` seconds after the start."""
        from rich.console import Group
        from rich.text import Text

        from tp.api.watching import tables

        parts: list[RenderableType] = [
            Text(f"{self.status}; begun {timedelta(seconds=int(elapsed))} ago", style="bold")
        ]
        if self.result is not None:
            parts += [tables(self.result), Text(self.leaves, style="dim")]
        return Group(*parts)
