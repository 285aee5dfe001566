"""What other processes are told to do in tests of teams. It must be possible to import this without JAX."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def slowly(number: int, flag: str) -> int:
    """Leaves a mark when it ends."""
    time.sleep(30)
    Path(flag).touch()
    return number


def fatal_once(number: int, flag: str) -> int:
    """The first process that comes here kills itself without a word."""
    try:
        Path(flag).touch(exist_ok=False)
    except FileExistsError:
        return 2 * number
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def fatal() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wrong() -> None:
    from tp.diagnostics.diagnostic import error

    raise error("TP511", "nothing to condition", hint="use --engine dense")


def threads() -> tuple[str | None, bool]:
    """What a worker was told of its share, and whether it hears of Ctrl-C."""
    return os.environ.get("NPROC"), signal.getsignal(signal.SIGINT) is signal.SIG_IGN
