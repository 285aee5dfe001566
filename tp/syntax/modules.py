"""Files of functions, found by name beside the importing file or in the packaged library."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.packaged import named
from tp.diagnostics.span import Span
from tp.syntax import resources
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
    folder: Path | None
    tree: t.File
    functions: dict[str, Def] = field(default_factory=dict[str, Def])


@dataclass(slots=True)
class Loader:
    """Reads modules once each; remembers their texts for the digest."""

    modules: dict[str, Module] = field(default_factory=dict[str, Module])
    loading: list[str] = field(default_factory=list[str])

    def module(self, source: str, file: str, folder: Path | None) -> Module:
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
        key = str(path)
        if key in self.loading:
            raise error("TP108", f"{item.module} imports itself, directly or in a circle", item.span)
        if key not in self.modules:
            if len(self.modules) >= _MAX_MODULES:
                raise error("TP502", f"more than {_MAX_MODULES} modules are imported", item.span)
            self.loading.append(key)
            try:
                self.modules[key] = self.module(read(path, item.span), self._name(module, item, path), path.parent)
            finally:
                self.loading.pop()
        found = self.modules[key]
        for name in item.names:
            function = found.functions.get(name)
            if function is None:
                raise error("TP101", f"{item.module} defines no {name}", item.span, near(name, found.functions))
            if name in module.functions:
                raise error("TP106", f"{name} is defined twice", item.span)
            module.functions[name] = function

    def _name(self, module: Module, item: t.Import, path: Path) -> str:
        """What spans call the module at ``path``: as the importing file was given, or ``library/...``."""
        library = resources.library().resolve()
        if path.is_relative_to(library):
            return named(path, f"library/{path.relative_to(library).as_posix()}")
        return named(path, str(Path(module.file).parent / _relative(item)))

    def _find(self, module: Module, item: t.Import) -> Path:
        relative = _relative(item)
        folders = [f for f in (module.folder, resources.library()) if f is not None]
        for folder in folders:
            if (folder / relative).is_file():
                return (folder / relative).resolve()
        library = resources.library()
        known = [p.stem for f in folders if f.is_dir() for p in f.glob("*.tp")]
        hint = near(
            item.module,
            known,
            f"modules are looked for in the folder of the importing file and in {library.parent.name}/library",
        )
        raise error("TP108", f"no module is called {item.module}", item.span, hint)


def _relative(item: t.Import) -> Path:
    return Path(*item.module.split("/")).with_suffix(".tp")


def read(path: Path, span: Span | None = None) -> str:
    """The text of a file. Raises TP601 when it cannot be read, TP007 when it is not UTF-8, TP502 when too long."""
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * MAX_CHARACTERS + 1)
    except OSError as problem:
        raise error("TP601", f"cannot read {path}: {problem.strerror or problem}", span) from None
    if len(data) > MAX_CHARACTERS:
        check_size(len(data), str(path))
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        where = Span(line, 1, line, 2, str(path))
        raise error("TP007", f"{path.name} is not UTF-8 text (byte {problem.start})", where) from None
