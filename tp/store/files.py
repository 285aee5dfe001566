"""The folder of a store, the folders of programs in it, and atomic writing of files."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from tp.machine import cache_folder
from tp.store.names import PROGRAM, TEMPORARY


def default_folder() -> Path:
    """Where results are kept: the folder ``results`` in $TP_CACHE or in the user's cache folder."""
    return cache_folder() / "results"


def folder_of(chosen: str | Path | None) -> Path:
    """The folder of results that is ``chosen``; None: the default one."""
    return default_folder() if chosen is None else Path(chosen)


def prepare(folder: Path, program: str) -> None:
    """Make the folder of a program, which is called ``program``. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    called = program_names(folder)
    if program not in called:
        write(folder / PROGRAM, json.dumps({"names": [*called, program]}).encode())


def program_names(folder: Path) -> list[str]:
    """The names of the program in ``folder``: several where source files of different names have the same program."""
    try:
        found = json.loads((folder / PROGRAM).read_bytes())
        return [str(name) for name in found["names"]]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []


def write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Make ``data`` the content of ``path`` atomically, in a file of this ``mode`` less the umask. Raises OSError.

    The data are written to the disk under a temporary name that no other writer has, and then renamed. A writer that is
    killed leaves its temporary file behind, which nobody reads and ``tp results --prune`` removes.
    """
    import secrets  # only writers need it

    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
