"""Results as text, as JSON, as HTML, and in the formats of services that run tests."""

from __future__ import annotations

from collections.abc import Sequence

from tp.printable import Printable


def render(results: Sequence[Printable], form: str = "text") -> str:
    """Reports in the format ``"text"``, ``"json"``, ``"html"``, ``"junit"``, ``"sarif"`` or ``"github"``.

    In text there is an empty line between two reports. JSON is one object, or an array where there are several results.
    HTML is a fragment without scripts, for notebooks and pages. The others have the verdicts one by one: ``"junit"``
    is XML with a suite for each program, ``"sarif"`` one log of version 2.1.0, ``"github"`` workflow commands that
    annotate lines of programs.

    Raises:
        ValueError: for another format.
    """
    from tp.report.contents import document
    from tp.report.render import render

    return render([document(result) for result in results], form)
