"""Programs from files and texts, as models."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath

from tp.api.model import Model


def load(path: str | PathLike[str], **settings: object) -> Model:
    """The program in a file.

    Args:
        path: a file of the language (``.tp``).
        settings: values of hyperparameters and sizes of finite axes, such as ``depth=5`` or ``phi="relu"``.

    Raises:
        TpError: with every error in the program.
    """
    from tp.syntax import load as load_program

    return Model(load_program(path, _words(settings)))


def parse(text: str, file: str = "<text>", **settings: object) -> Model:
    """The program that is written in ``text``.

    Args:
        text: a program; it can import from the packaged library only.
        file: the name of ``text`` in diagnostics.
        settings: as for :func:`load`.

    Raises:
        TpError: with every error in the program.
    """
    from tp.syntax import parse as parse_program

    return Model(parse_program(text, file, _words(settings)))


def format_source(text: str, file: str = "<text>") -> str:
    """``text`` in the canonical layout of the language. Comments are kept.

    Raises:
        TpError: with every syntax error in ``text``.
    """
    from tp.syntax.format import format_text

    return format_text(text, file)


def read_source(path: str | PathLike[str]) -> str:
    """The text of a program file.

    Raises:
        TpError: TP601 where it cannot be read, TP007 where it is not UTF-8, TP502 where it is too long.
    """
    from tp.syntax.modules import read

    return read(fspath(path))


def _words(settings: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in settings.items()}
