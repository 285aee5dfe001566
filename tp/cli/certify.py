"""tp certify: replays the derivations that tp orders --certificate wrote."""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given, argument
from tp.cli.options import require
from tp.exit_code import ExitCode

CERTIFICATE = argument("CERTIFICATE", "The file that tp orders --certificate wrote.")


def certify(given: Given) -> ExitCode:
    """Print what the certificate proves, or the first line that does not follow."""
    import tp

    (file,) = given[CERTIFICATE]
    require(file)
    try:
        checked = tp.certify(file)
    except tp.Rejected as problem:
        print(f"rejected: {problem}")
        return ExitCode.FAILS
    print(checked)
    return ExitCode.HOLDS


COMMAND = Command(
    "certify",
    "Replay a certificate by the rules alone; exit with 1 where a line does not follow.",
    certify,
    CERTIFICATE,
)
