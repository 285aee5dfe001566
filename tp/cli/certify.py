"""tp certify: checks the derivations that tp orders --certificate wrote."""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given, Reach, argument, value
from tp.cli.options import SET, require, settings
from tp.diagnostics.diagnostic import error
from tp.exit_code import ExitCode

CERTIFICATE = argument("CERTIFICATE", "The file that tp orders --certificate wrote.")
PROGRAM = value("--program", str, "The program (.tp) that the certificate must be about.", metavar="FILE.tp").within(
    Reach.OWN
)


def certify(given: Given) -> ExitCode:
    """Print what the certificate proves, or the first thing that does not follow."""
    import tp
    from tp.api import loading

    (file,) = given[CERTIFICATE]
    require(file)
    chosen, source, program = settings(given[SET]), given[PROGRAM], None
    if source is not None:
        require(source)
        program = loading.load_with(source, chosen)
    elif chosen:
        raise error("TP506", "--set is about a program", hint="give the program with --program FILE")
    try:
        checked = tp.certify(file, program)
    except tp.Rejected as problem:
        print(f"rejected: {problem}")
        return ExitCode.FAILS
    print(checked)
    return ExitCode.HOLDS


COMMAND = Command(
    "certify",
    "Check a certificate by the rules and against a program; exit with 1 where something does not follow.",
    certify,
    CERTIFICATE,
    (PROGRAM, SET),
)
