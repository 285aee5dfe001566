"""Programs from files and texts, as models."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING

from tp.api.model import Model

if TYPE_CHECKING:
    from tp.maps import MapFunction


def load(path: str | PathLike[str], *, maps: Mapping[str, MapFunction] | None = None, **settings: object) -> Model:
    """The program in a file.

    Args:
        path: a file of the language (``.tp``).
        maps: JAX functions for the maps that the program declares, by name. Only what draws numbers needs them.
        settings: values of hyperparameters and sizes of finite axes, such as ``depth=5`` or ``phi="relu"``.

    Raises:
        TpError: with every error in the program.
    """
    return _used(_loaded(path, settings, maps), maps)


def load_with(path: str | PathLike[str], settings: Mapping[str, object], functions: str | None = None) -> Model:
    """The program in a file with ``settings`` of any names, as they are given on a command line.

    ``functions`` is a Python file with the functions for its maps. This runs it.

    Raises:
        TpError: with every error in the program, or TP622 where ``functions`` cannot be run.
    """
    return _loaded(path, settings, functions_in(functions))


def parse(
    text: str, file: str = "<text>", *, maps: Mapping[str, MapFunction] | None = None, **settings: object
) -> Model:
    """The program that is written in ``text``.

    Args:
        text: a program; it can import from the packaged library only.
        file: the name of ``text`` in diagnostics.
        maps, settings: as for :func:`load`.

    Raises:
        TpError: with every error in the program.
    """
    return _used(parse_with(text, file, settings, maps), maps)


def parse_with(
    text: str, file: str, settings: Mapping[str, object], maps: Mapping[str, MapFunction] | None = None
) -> Model:
    """The program that is written in ``text``, with ``settings`` of any names. Raises TpError as :func:`parse` does."""
    from tp.syntax import parse as parse_program

    return Model(parse_program(text, file, _words(settings), _keys(maps)))


def reread(texts: Mapping[str, str], file: str, settings: Mapping[str, object]) -> Model:
    """The program in ``file``, whose text and those of the files that it imports are ``texts``. Nothing is read.

    Raises:
        TpError: with every error in the texts.
    """
    from tp.syntax import reread as program

    return Model(program(texts, file, _words(settings)))


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


def decode_source(data: bytes, file: str) -> str:
    """The text of a program from the bytes of ``file``. Raises TpError TP007 where it is not UTF-8, TP502."""
    from tp.syntax.modules import decoded

    return decoded(data, file)


def functions_in(file: str | None) -> Mapping[str, MapFunction] | None:
    """The functions for maps in a Python file, which is run; None where no file is named. Raises TpError TP622."""
    if file is None:
        return None
    from tp.maps import functions

    return functions(file)


def _loaded(path: str | PathLike[str], settings: Mapping[str, object], maps: Mapping[str, MapFunction] | None) -> Model:
    from tp.syntax import load as load_program

    return Model(load_program(path, _words(settings), _keys(maps)))


def _keys(maps: Mapping[str, MapFunction] | None) -> dict[str, str]:
    """The keys of functions by the names of maps."""
    if not maps:
        return {}
    from tp.maps import known

    return {name: known(name, function) for name, function in maps.items()}


def _used(model: Model, maps: Mapping[str, MapFunction] | None) -> Model:
    """``model``, which declares all ``maps``. Raises TpError TP625."""
    from tp.diagnostics.diagnostic import error

    declared = model.program.maps
    for name in maps or ():
        if name not in declared:
            hint = f"it declares {', '.join(declared)}" if declared else f"write: map {name} : [n] -> [n] norms 1"
            raise error("TP625", f"{model.name} declares no map {name}", hint=hint)
    return model


def _words(settings: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in settings.items()}
