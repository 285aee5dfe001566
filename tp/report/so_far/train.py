"""``tp train`` so far."""

from __future__ import annotations

from tp.report.contents.curves import curves
from tp.report.document import Section
from tp.studies.train import Runs


def sections(result: Runs) -> tuple[Section, ...]:
    return (curves(result.curves, result.diverged),)


def line(result: Runs) -> str:
    widths = ", ".join(str(curve.n) for curve in result.curves)
    wild = "".join(f"; a run diverged at n = {n} in step {step}" for n, step in result.diverged.items())
    return f"runs at n = {widths}{wild}" if widths else ""
