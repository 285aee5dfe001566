"""One command for several programs: a result for each, until an interrupt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from shlex import join
from typing import TYPE_CHECKING, Protocol, TypeVar

from tp.cli.option import Given
from tp.cli.progress import progress_bar
from tp.exit_code import ExitCode, worst

if TYPE_CHECKING:
    from tp.api.model import Model, Progress


class Result(Protocol):
    """What a command finds about one program."""

    @property
    def exit_code(self) -> ExitCode: ...


Found = TypeVar("Found", bound=Result)


def each(
    models: Sequence[Model], progress: bool, work: Callable[[Model, Progress | None], Found]
) -> tuple[list[Found], ExitCode]:
    """The results of ``work`` for each of ``models``, with progress, and the exit code of all.

    An interrupt ends it: with the results so far, or, where there are none, as KeyboardInterrupt.
    """
    results: list[Found] = []
    try:
        for model in models:
            with progress_bar(model.name, progress) as report:
                result = work(model, report)
            results.append(result)
            if getattr(getattr(result, "provenance", None), "interrupted", False):
                return results, ExitCode.UNDECIDED
    except KeyboardInterrupt:
        if not results:
            raise
        print(f"interrupted in {models[len(results)].name}", file=sys.stderr)
        return results, ExitCode.UNDECIDED
    return results, worst(result.exit_code for result in results)


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
