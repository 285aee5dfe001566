"""What a command writes is neither a file that it reads nor another file that it writes."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tp.cli.command import Command
from tp.cli.option import Given
from tp.diagnostics.diagnostic import error

WRITTEN = ("--output", "--html", "--figure", "--certificate", "--export")
READ = ("--data", "--against", "--maps", "--rates", "--program")


def refuse(command: Command, given: Given) -> None:
    """Raises TpError TP508 where a file that is written is one that is read, or is written twice.

    Devices such as /dev/null may be named several times.
    """
    taken = {_place(word): word for word in _read(command, given)}
    for name in WRITTEN:
        file = given.named(name, None)
        if file is None or _device(file):
            continue
        place = _place(file)
        within = [w for p, w in taken.items() if os.path.isdir(p) and place.startswith(os.path.join(p, ""))]
        if place in taken or (within and place.endswith(".tp") and os.path.exists(place)):
            other = taken.get(place) or within[0]
            raise error("TP508", f"{name} {file} would replace {other}", hint="give another name")
        taken[place] = f"{name} {file}"


def _read(command: Command, given: Given) -> Iterator[str]:
    """The files and folders that are read, as they are given; names of runs and standard input are none."""
    words = given.named(command.argument.key, ()) if command.argument else ()
    for word in (*words, *(given.named(name, None) for name in READ)):
        if isinstance(word, str) and os.path.exists(_place(word)) and not _device(word):
            yield word


def _place(word: str) -> str:
    """Where a file is. Of MODULE.py:function it is that of the module."""
    module, colon, _ = word.partition(".py:")
    return os.path.realpath(f"{module}.py" if colon and not os.path.exists(word) else word)


def _device(word: str) -> bool:
    return os.path.exists(word) and not (os.path.isfile(word) or os.path.isdir(word))
