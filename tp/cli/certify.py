"""tp certify: replays the derivations that tp orders --certificate wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tp.cli.options import require
from tp.diagnostics.diagnostic import error

CertificateFile = Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="What tp orders --certificate wrote.")]


def certify(certificate: CertificateFile) -> int:
    """Replay a certificate by the rules alone; exit with 1 where a line does not follow."""
    from tp.orders.proof.checker import Rejected, check

    require(certificate)
    try:
        found = json.loads(certificate.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise error("TP510", f"{certificate} is no certificate: {problem}") from problem
    try:
        checked = check(found) if isinstance(found, dict) else None
    except Rejected as problem:
        print(f"rejected: {problem}")
        return 1
    if checked is None:
        raise error("TP510", f"{certificate} is no certificate")
    print(f"accepted: {checked.lines} lines follow by the rules, and with them")
    print("\n".join(f"  {s}" for s in checked.statements))
    print("granted that")
    print("\n".join(f"  {g}" for g in checked.grounds))
    return 0
