"""Options and arguments of commands: how they are spelled, and what their words mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Reach(IntEnum):
    """Where in the configuration of a project an option may be set."""

    NOWHERE = 0
    """It names what is written or run, or removes something: only the command line says so."""
    OWN = 1
    """In the table of its command: other commands have another option of this name."""
    COMMON = 2
    """In the table of all commands, too."""


Take = Callable[[Any, str], Any]


class Option(Generic[T]):
    """An option such as ``--seeds``, or an argument such as ``FILE``.

    ``take`` maps the value so far and a word of the command line to the new value, and raises ValueError for a word
    that it does not accept. A flag has no ``metavar``; its word is its own name as given. ``key`` is the first name.
    ``reach`` says where a configuration may set it.
    """

    __slots__ = ("default", "help", "key", "metavar", "names", "reach", "take")

    def __init__(self, names: tuple[str, ...], default: T, help: str, take: Take, metavar: str = "") -> None:
        self.key = names[0]
        self.names = names
        self.default = default
        self.help = help
        self.take = take
        self.metavar = metavar
        self.reach = Reach.COMMON

    @property
    def repeats(self) -> bool:
        """Whether it may be given several times; its value is all words."""
        return self.default == ()

    def by_default(self, default: T, help: str = "") -> Option[T]:
        """The same option with another default, and another help text where one is given."""
        return Option(self.names, default, help or self.help, self.take, self.metavar).within(self.reach)

    def within(self, reach: Reach) -> Option[T]:
        """The same option, which a configuration may set in other places."""
        found = Option(self.names, self.default, self.help, self.take, self.metavar)
        found.reach = reach
        return found


class Given:
    """The values of the options of one command, as given or by default."""

    def __init__(self, values: dict[str, Any], words: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._values = values
        self.words = words
        """The words of the command line after the name of the command, with those of the configuration."""
        self.exclude = exclude
        """Patterns of paths that folders are searched without."""

    def __getitem__(self, option: Option[T]) -> T:
        return self._values[option.key]

    def named(self, name: str, otherwise: Any) -> Any:
        """The value of the option whose first name is ``name``, and ``otherwise`` where the command has no such."""
        return self._values.get(name, otherwise)

    def __contains__(self, option: Option[Any]) -> bool:
        """Is ``option`` one of the command?"""
        return option.key in self._values

    def without(self, options: Iterable[Option[Any]]) -> dict[str, Any]:
        """The values of all but ``options``, by the first name of each."""
        left_out = {option.key for option in options}
        return {key: value for key, value in self._values.items() if key not in left_out}


def value(
    name: str, read: Callable[[str], T], help: str, *, metavar: str = "TEXT", short: str = ""
) -> Option[T | None]:
    """An option with one value, None where it is not given."""
    return Option((name, short) if short else (name,), None, help, lambda _, word: read(word), metavar)


def repeated(name: str, help: str, *, metavar: str) -> Option[tuple[str, ...]]:
    """An option that may be given several times; its value is all words."""
    return Option((name,), (), help, _append, metavar)


def flag(name: str, help: str, *, short: str = "") -> Option[bool]:
    """True where ``name`` is given."""
    return Option((name, short) if short else (name,), False, help, lambda _, word: True)


def switch(name: str, help: str, *, default: bool = True) -> Option[bool]:
    """``--name`` or ``--no-name``."""
    return Option((name, name.replace("--", "--no-")), default, help, lambda _, word: word == name)


def argument(name: str, help: str) -> Option[tuple[str, ...]]:
    """The words of a command that are no options: exactly one, or one or more where ``name`` ends with dots."""
    return Option((name,), (), help, _append)


def _append(before: tuple[str, ...], word: str) -> tuple[str, ...]:
    return (*before, word)
