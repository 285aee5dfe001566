"""Docstrings as Markdown: literals stay code, characters that Markdown would interpret are escaped."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping
from typing import Any

_CODE = re.compile(r"``(.+?)``|:\w+:`~?([^`]+)`|`([^`]+)`")
_POWER = re.compile(r"\^\{([^{}]*)\}")
_SPECIAL = re.compile(r"([\\*_<>$\[\]{}|#~])")
_THEOREMS = re.compile(r"\b([Tt]heorems?) (\d[\w.]*\w|\d)((?:(?:, | and | to )\d[\w.]*\w)*)")


def docstring(thing: Any) -> str:
    """The docstring that ``thing`` itself has, without the signature that dataclasses get; empty where it has none."""
    found = inspect.cleandoc(vars(thing).get("__doc__") or "") if isinstance(thing, type) else inspect.getdoc(thing)
    return "" if not found or found.startswith(f"{getattr(thing, '__name__', '')}(") else found


def module_docstring(thing: Any) -> str:
    """The docstring of the module that defines ``thing``."""
    return inspect.cleandoc(sys.modules[thing.__module__].__doc__ or "")


def prose(text: str, links: Mapping[str, str] | None = None) -> str:
    """A docstring without its margin as Markdown: indented lines are blocks of text, theorems are links.

    Code that is one of ``links`` is a link, too.
    """
    found: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = paragraph.split("\n")
        if all(line.startswith("    ") for line in lines):
            found.append("```text\n" + inspect.cleandoc(paragraph) + "\n```")
        else:
            found.append(inline("\n".join(lines), links or {}))
    return "\n\n".join(found)


def inline(text: str, links: Mapping[str, str] | None = None) -> str:
    """A sentence of a docstring as Markdown."""
    found, last = "", 0
    for match in _CODE.finditer(text):
        found += _plain(text[last : match.start()]) + _code(match, links or {})
        last = match.end()
    return found + _plain(text[last:])


def _code(match: re.Match[str], links: Mapping[str, str]) -> str:
    name = next(group for group in match.groups() if group is not None)
    name = name.rpartition(".")[2] if match[2] and match[0].find("~") > 0 else name
    return f"[`{name}`]({links[name]})" if name in links else f"`{name}`"


def _plain(text: str) -> str:
    parts = _POWER.split(text)  # every other one is an exponent in braces
    found = "".join(f"<sup>{_escaped(p)}</sup>" if k % 2 else _escaped(p) for k, p in enumerate(parts))
    return _THEOREMS.sub(_linked, found)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _linked(match: re.Match[str]) -> str:
    """Theorems of the calculus as links to where they are proved."""
    word, first, others = match.groups()
    rest = re.sub(r"\d[\w.]*\w", lambda m: theorem(m[0], m[0]), others)
    return theorem(first, f"{word} {first}") + rest


def theorem(number: str, text: str) -> str:
    """A link to a theorem of the calculus."""
    return f"[{text}](#theorem-{number.replace('.', '-')})"
