"""A command: its name, its options, and how its words are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tp.cli.option import Given, Option, flag
from tp.diagnostics.diagnostic import TpError, error
from tp.exit_code import ExitCode

if TYPE_CHECKING:
    from tp.cli.configured import Configured

HELP = flag("--help", "Show this message and exit.", short="-h")
FILES = "FILE..."
"""The key of arguments for which the programs of a project stand where none is given."""
VERSION = flag("--version", "Show the version and stop.")


class Command(NamedTuple):
    """One command. ``argument`` describes its words that are no options: one, or many if its name ends with dots.

    In brackets it may be left out, unless they hold choices.
    """

    name: str
    help: str
    run: Callable[[Given], ExitCode]
    argument: Option[tuple[str, ...]] | None = None
    options: tuple[Option[Any], ...] = ()

    def read(self, words: Sequence[str], project: Callable[[], Configured | None] = lambda: None) -> Given:
        """The values of all options; nothing is read after ``--help``. Raises TpError: TP500, or that of a value.

        ``project`` has values of options that ``words`` do not give.
        """
        help = f"see tp {self.name} --help"
        values = {option.key: option.default for option in (*self.options, HELP)}
        known = {name: option for option in (*self.options, HELP) for name in option.names}
        arguments: list[str] = []
        seen: set[str] = set()
        rest = list(reversed(words))
        while rest and not values[HELP.key]:
            word = rest.pop()
            if word == "--":
                arguments += reversed(rest)
                break
            if word == "-" or not word.startswith("-"):
                arguments.append(word)
                continue
            name, attached = _split(word)
            option = known.get(name)
            if option is None:
                raise _no_option(name, known, help)
            if not option.metavar:
                if attached is not None:
                    raise usage(f"option '{name}' does not take a value", help)
                attached = name
            elif attached is None:
                if not rest:
                    raise usage(f"option '{name}' requires a value: {name} {option.metavar}", help)
                attached = rest.pop()
            seen.add(option.key)
            try:
                values[option.key] = option.take(values[option.key], attached)
            except ValueError as problem:
                raise usage(f"invalid value {attached!r} for '{name}': {problem}", help) from None
        if values[HELP.key]:
            return Given(values, words)
        found = project()
        if found is None:
            self._arguments(values, arguments)
            return Given(values, words)
        added = found.fill(values, seen)
        programs = [] if arguments or self.argument is None or self.argument.key != FILES else list(found.programs)
        self._arguments(values, [*arguments, *programs])
        found.say([*added, *programs])
        return Given(values, (*added, *words, *programs), found.exclude)

    def _arguments(self, values: dict[str, Any], words: Sequence[str]) -> None:
        if self.argument is None:
            most = 0
        else:
            most = len(words) if self.argument.key.endswith("...") else len(self.argument.key.split())
            values[self.argument.key] = tuple(words)
            optional = self.argument.key.startswith("[") and "|" not in self.argument.key
            if not words and not optional:
                raise usage(f"missing argument '{self.argument.key}'", self._usage())
        if len(words) > most:
            raise usage(f"unexpected argument '{words[most]}'", self._usage())

    def _usage(self) -> str:
        """How the command is written."""
        words = " ".join(filter(None, ("tp", self.name, "[OPTIONS]", self.argument.key if self.argument else "")))
        return f"usage: {words}; see tp {self.name} --help"


def usage(message: str, hint: str = "see tp --help") -> TpError:
    """The diagnostic TP500 for a command line that cannot be read."""
    return error("TP500", message, hint=hint)


def unknown(what: str, name: str, known: Iterable[str], help: str = "see tp --help") -> TpError:
    """The diagnostic TP500 for an option or a command that does not exist, with the nearest one that does."""
    from difflib import get_close_matches

    close = get_close_matches(name[:60], list(known), n=1)
    hint = f"did you mean '{close[0]}'? {help[0].upper()}{help[1:]}" if close else help
    return usage(f"no such {what}: '{name}'", hint)


def _no_option(name: str, known: Iterable[str], help: str) -> TpError:
    """The diagnostic TP500 for an option that a command does not have; settings of optimisers may stand elsewhere."""
    from tp import optimizer_options

    negated = name.replace("--no-", "--")
    if "--optimizer" in known and {name, negated} & optimizer_options().keys():
        return usage(f"no such option: '{name}'", 'write settings in --optimizer, as in --optimizer "adam(eps = 1/n)"')
    return unknown("option", name, known, help)


def _split(word: str) -> tuple[str, str | None]:
    """The name of an option and the value attached to it: ``--name=value``, ``-nvalue``."""
    if word.startswith("--"):
        name, equals, attached = word.partition("=")
        return name, attached if equals else None
    return word[:2], word[2:] or None
