"""Certificates: derivations that can be replayed without the program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tp.orders.proof.checker import Checked


def certify(certificate: str | Path | Mapping[str, Any]) -> Checked:
    """Replay a certificate by the rules of the calculus alone.

    Args:
        certificate: the file that ``tp orders --certificate`` wrote, or ``Orders.certificate``.

    Returns:
        The proved statements and their assumptions, both as sentences, and the number of lines of the derivation.

    Raises:
        Rejected: (a ValueError) where a line does not follow.
        TpError: TP507 where there is no such file, TP510 where it is not a certificate.
    """
    from tp.orders.proof.checker import check

    return check(dict(certificate) if isinstance(certificate, Mapping) else _read(Path(certificate)))


def _read(path: Path) -> dict[str, Any]:
    import json

    from tp.diagnostics.diagnostic import error

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise error("TP507", f"no such file: {path}") from None
    except (OSError, ValueError, RecursionError) as problem:
        raise error("TP510", f"{path} is no certificate: {problem}") from problem
    if not isinstance(found, dict):
        raise error("TP510", f"{path} is no certificate")
    return found
