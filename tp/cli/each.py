"""One command for several programs: a result for each, until an interrupt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from shlex import join
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tp.cli.live import Live, live
from tp.cli.option import Given
from tp.exit_code import ExitCode, worst

if TYPE_CHECKING:
    from tp.api.model import Model


class Result(Protocol):
    """What a command finds about one program."""

    @property
    def exit_code(self) -> ExitCode: ...


Found = TypeVar("Found", bound=Result)


def each(models: Sequence[Model], given: Given, work: Callable[[Model, Live], Found]) -> tuple[list[Found], ExitCode]:
    """The results of ``work`` for each of ``models``, with a view of what is known so far, and the exit code of all.

    An interrupt ends it: with the results so far, the last of which is what was known of a program then; or, where
    nothing was known of any, as KeyboardInterrupt.
    """
    results: list[Any] = []
    for model in models:
        shown = None
        try:
            with live(model.name, given) as shown:
                results.append(work(model, shown))
        except KeyboardInterrupt:
            known = None if shown is None else shown.view.result
            if known is not None:
                results.append(_broken_off(known))
            elif not results:
                raise
            print(f"interrupted in {model.name}", file=sys.stderr)
            return results, ExitCode.UNDECIDED
        if getattr(getattr(results[-1], "provenance", None), "interrupted", False):
            return results, ExitCode.UNDECIDED
    return results, worst(result.exit_code for result in results)


def _broken_off(result: Any) -> Any:
    """``result``, which an interrupt left as it is."""
    return replace(result, provenance=replace(result.provenance, interrupted=True))


def go_on(command: str, given: Given, budgets: Sequence[str]) -> None:
    """Print the command that goes on where a budget ended too early; ``budgets`` are larger ones, empty if not needed.

    Results have the same in words; this line can be copied.
    """
    wanted = [budget for budget in budgets if budget]
    if wanted:
        words = [word for i, word in enumerate(given.words) if not _is_budget(given.words, i)]
        print(f"to go on: {join(['tp', command, *words, '--budget', wanted[0]])}", file=sys.stderr)


def _is_budget(words: Sequence[str], i: int) -> bool:
    """Whether word number ``i`` is the option --budget or its value."""
    return words[i].startswith("--budget") or (i > 0 and words[i - 1] == "--budget")
