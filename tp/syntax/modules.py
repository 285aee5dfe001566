"""Files of functions, found by name beside the importing file or in the packaged library."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from dataclasses import dataclass, field

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.packaged import library, named
from tp.diagnostics.span import Span
from tp.syntax import tree as t
from tp.syntax.parser import parse_file
from tp.syntax.scan import MAX_CHARACTERS, check_size
from tp.syntax.values import Def
from tp.syntax.words import near

_MAX_MODULES = 50


@dataclass(slots=True)
class Module:
    """One parsed file: the functions that it defines and imports."""

    file: str
    source: str
    folder: str | None
    tree: t.File
    functions: dict[str, Def] = field(default_factory=dict[str, Def])


@dataclass(slots=True)
class Loader:
    """Reads each module once."""

    modules: dict[str, Module] = field(default_factory=dict[str, Module])
    loading: list[str] = field(default_factory=list[str])

    def module(self, source: str, file: str, folder: str | None) -> Module:
        """The module of a text, its imports resolved. Raises TpError with everything found."""
        module = Module(file, source, folder, parse_file(source, file))
        problems: list[TpError] = []
        for item in module.tree.items:
            try:
                if isinstance(item, t.Import):
                    self._import(module, item)
                elif isinstance(item, t.Function):
                    if item.name in module.functions:
                        raise error("TP106", f"{item.name} is defined twice", item.span)
                    module.functions[item.name] = Def(item, module)
            except TpError as problem:
                problems.append(problem)
        if problems:
            raise TpError([d for p in problems for d in p.diagnostics])
        return module

    def _import(self, module: Module, item: t.Import) -> None:
        path = self._find(module, item)
        if path in self.loading:
            raise error("TP108", f"{item.module} imports itself, directly or in a circle", item.span)
        if path not in self.modules:
            if len(self.modules) >= _MAX_MODULES:
                raise error("TP502", f"more than {_MAX_MODULES} modules are imported", item.span)
            self.loading.append(path)
            try:
                text, name = self._read(path, item), self._name(module, item, path)
                self.modules[path] = self.module(text, name, os.path.dirname(path))
            finally:
                self.loading.pop()
        found = self.modules[path]
        for name in item.names:
            function = found.functions.get(name)
            if function is None:
                raise error("TP101", f"{item.module} defines no {name}", item.span, near(name, found.functions))
            if name in module.functions:
                raise error("TP106", f"{name} is defined twice", item.span)
            module.functions[name] = function

    def _read(self, path: str, item: t.Import) -> str:
        """The text of the file at ``path``. Raises TpError as :func:`read`."""
        return read(path, item.span)

    def _name(self, module: Module, item: t.Import, path: str) -> str:
        """The file name of ``path`` in spans: beside the importing file as that was given, or ``library/...``."""
        packaged = os.path.realpath(library()) + os.sep
        if path.startswith(packaged):
            return named(path, "library/" + path[len(packaged) :].replace(os.sep, "/"))
        return named(path, os.path.join(os.path.dirname(module.file), _relative(item)))

    def _find(self, module: Module, item: t.Import) -> str:
        """The real path of the module that ``item`` names. Raises TP108."""
        relative = _relative(item)
        folders = [f for f in (module.folder, library()) if f is not None]
        for folder in folders:
            if os.path.isfile(os.path.join(folder, relative)):
                return os.path.realpath(os.path.join(folder, relative))
        known = [name[:-3] for f in folders if os.path.isdir(f) for name in os.listdir(f) if name.endswith(".tp")]
        place = os.path.basename(os.path.dirname(library()))
        hint = near(
            item.module, known, f"modules are looked for in the folder of the importing file and in {place}/library"
        )
        raise error("TP108", f"no module is called {item.module}", item.span, hint)


@dataclass(slots=True)
class Kept(Loader):
    """Finds modules among ``texts`` by the names of their files in spans, and reads no file."""

    texts: Mapping[str, str] = field(default_factory=dict[str, str])

    def _read(self, path: str, item: t.Import) -> str:
        return self.texts[path]

    def _name(self, module: Module, item: t.Import, path: str) -> str:
        return path

    def _find(self, module: Module, item: t.Import) -> str:
        relative = _relative(item)
        beside = os.path.join(os.path.dirname(module.file), relative)
        for name in (beside, "library/" + relative.replace(os.sep, "/")):
            if name in self.texts:
                return name
        raise error("TP108", f"the text of {item.module} is not kept", item.span)


def _relative(item: t.Import) -> str:
    return os.path.join(*item.module.split("/")) + ".tp"


def read(path: str, span: Span | None = None) -> str:
    """The text of a file. Raises TP601 when it cannot be read, TP007 when it is not UTF-8, TP502 when too long."""
    return decoded(content(path, span), path)


def content(path: str, span: Span | None = None) -> bytes:
    """The bytes of a file, or more of them than a text may have. Raises TP601 where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.read(MAX_CHARACTERS + 1)
    except OSError as problem:
        raise error("TP601", f"cannot read {path}: {problem.strerror or problem}", span) from None


def decoded(data: bytes, path: str) -> str:
    """The text of the file ``path``, whose lines end with \\n alone. Raises TP007 for other than UTF-8, TP502."""
    if len(data) > MAX_CHARACTERS:
        check_size(len(data), path)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        where = Span(line, 1, line, 2, path)
        raise error("TP007", f"{os.path.basename(path)} is not UTF-8 text (byte {problem.start})", where) from None
