"""One command for several programs: a result for each, whatever becomes of the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from shlex import join
from typing import TYPE_CHECKING, Any

from tp.cli.failures import as_error
from tp.cli.live import Live, live
from tp.cli.option import Given
from tp.diagnostics.diagnostic import TpError
from tp.exit_code import ExitCode, worst

if TYPE_CHECKING:
    from tp.api.diagnosed import Diagnosed
    from tp.api.model import Model
    from tp.cli.programs import Case


def _raises(model: Model, problem: TpError) -> Diagnosed:
    raise problem


def each(
    found: Sequence[Case],
    given: Given,
    work: Callable[[Model, Live], Any],
    fails: Callable[[Model, TpError], Diagnosed] = _raises,
) -> tuple[list[Any], ExitCode]:
    """A result for each of ``found``, with a view of what is known so far, and the exit code of all.

    It is that of ``work``, or of ``fails`` where ``work`` raises an error; of a program that cannot run, it is what is
    wrong. An interrupt ends it: then a result has what was known until then, or is Unfinished. Where
    nothing was known of the only program, it is raised.
    """
    from tp.api.diagnosed import Diagnosed, Unfinished

    results: list[Any] = []
    for case in found:
        if isinstance(case, Diagnosed):
            results.append(case)
            continue
        shown = None
        try:
            with live(case.name, given) as shown:
                result = work(case, shown)
        except Exception as problem:
            result = fails(case, as_error(problem))
        except KeyboardInterrupt:
            known = None if shown is None else shown.view.result
            if known is None and len(found) == 1:
                raise
            result = Unfinished(case.name, case.program.file) if known is None else _broken_off(known)
            print(f"interrupted in {case.name}", file=sys.stderr)
        results.append(result)
        if isinstance(result, Unfinished) or getattr(getattr(result, "provenance", None), "interrupted", False):
            rest = [_not_begun(case) for case in found[len(results) :]]
            return [*results, *rest], ExitCode.UNDECIDED
    return results, worst(result.exit_code for result in results)


def _broken_off(result: Any) -> Any:
    """``result``, which an interrupt left as it is."""
    return replace(result, provenance=replace(result.provenance, interrupted=True))


def _not_begun(case: Case) -> Any:
    from tp.api.diagnosed import Diagnosed, Unfinished

    return case if isinstance(case, Diagnosed) else Unfinished(case.name, case.program.file, "not begun")


def go_on(command: str, given: Given, results: Sequence[Any]) -> None:
    """Print the command that goes on where a budget ended too early for one of ``results``.

    Results have the same in words; this line can be copied.
    """
    wanted = [budget for budget in (getattr(result, "next_budget", "") for result in results) if budget]
    if wanted:
        words = [word for i, word in enumerate(given.words) if not _is_budget(given.words, i)]
        print(f"to go on: {join(['tp', command, *words, '--budget', wanted[0]])}", file=sys.stderr)


def _is_budget(words: Sequence[str], i: int) -> bool:
    """Whether word number ``i`` is the option --budget or its value."""
    return words[i].startswith("--budget") or (i > 0 and words[i - 1] == "--budget")
