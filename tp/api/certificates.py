"""Certificates: derivations that anyone can check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tp.api.model import Model
    from tp.theory.checking import Checked


def certify(certificate: str | Path | Mapping[str, Any], program: Model | None = None) -> Checked:
    """Check a certificate: its lines by the rules of the calculus, its graphs against the program.

    Args:
        certificate: the file that ``tp orders --certificate`` wrote, or ``Orders.certificate``.
        program: the program that it must be about. Without one, the certificate is checked against the program that it
            carries.

    Returns:
        The proved statements and the facts that they rest on, as sentences, with the number of lines and the digest of
        the program.

    Raises:
        Rejected: (a ValueError) where something does not follow, or the certificate is about another program.
        TpError: TP507 where there is no such file, TP510 where it is not a certificate.
    """
    from tp.theory.checking import check

    body = dict(certificate) if isinstance(certificate, Mapping) else _read(Path(certificate))
    return check(body, None if program is None else program.graph)


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
