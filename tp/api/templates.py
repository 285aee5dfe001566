"""Programs to begin with: the files ``KIND.PARAMETRIZATION.tp`` in the folder of templates, with a name put in."""

from __future__ import annotations

import os
import re

from tp.diagnostics.diagnostic import error
from tp.diagnostics.packaged import folder

_PLACEHOLDER = "my_network"
"""The name of the program in every template."""
_FILE = re.compile(r"(\w+)\.(\w+)\.tp")
_NAME = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)
_FIRST = "ntk"
"""The parametrization that is listed first and taken where none is asked for."""


def templates() -> dict[str, tuple[str, ...]]:
    """The kinds of programs, each with its parametrizations; the first is the default."""
    found: dict[str, list[str]] = {}
    for file in sorted(os.listdir(_folder())):
        if parts := _FILE.fullmatch(file):
            found.setdefault(parts[1], []).append(parts[2])
    return {kind: tuple(sorted(these, key=lambda p: (p != _FIRST, p))) for kind, these in found.items()}


def template(name: str, kind: str, parametrization: str | None = None) -> str:
    """A commented program called ``name``, in canonical layout.

    Args:
        name: a name of the language.
        kind, parametrization: see :func:`templates`; without ``parametrization`` the first of the kind.

    Raises:
        TpError: TP525 for a name that no program can have, TP526 for an unknown kind or parametrization.
    """
    known = templates()
    if kind not in known:
        raise error("TP526", f"no kind of program is called {kind}", hint=f"kinds: {', '.join(known)}")
    chosen = parametrization or known[kind][0]
    if chosen not in known[kind]:
        hint = f"parametrizations of {kind}: {', '.join(known[kind])}"
        raise error("TP526", f"there is no {kind} in {chosen} parametrization", hint=hint)
    _require(name)
    with open(os.path.join(_folder(), f"{kind}.{chosen}.tp"), encoding="utf-8") as stream:
        return re.sub(rf"\b{_PLACEHOLDER}\b", name, stream.read())


def _folder() -> str:
    return os.path.join(folder("programs"), "templates")


def _require(name: str) -> None:
    """Raises TpError TP525 where no program can be called ``name``."""
    shown = name if len(name) <= 60 else name[:57] + "..."
    if not _NAME.fullmatch(name):
        hint = "at most 100 letters, digits and _, no digit first: tp new small_net writes small_net.tp in this folder"
        if os.path.basename(name) != name:
            hint = "the file is written in the folder where tp runs: cd there, and give the name alone"
        elif name.endswith(".tp"):
            hint = f"leave the ending out: tp new {name[:-3]}"
        raise error("TP525", f"{shown} is no name of a program", hint=hint)
