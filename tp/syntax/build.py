"""A program under construction from a text: limits of its size, and the diagnostics found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tp.construct.construction import Combination, Construction
from tp.diagnostics.diagnostic import Diagnostic, Label, Severity, TpError, error
from tp.diagnostics.span import Span
from tp.syntax.constant import Constant
from tp.syntax.values import Def, Poison, PoisonedError, Value, Weight, describe

MAX_NODES = 20_000
MAX_STEPS = 80_000
MAX_ERRORS = 25
MAX_WARNINGS = 50
MAX_DEPTH = 150


class Build(Construction):
    """A graph under construction from a text: limits steps, nodes and nesting, and collects diagnostics."""

    def __init__(self, settings: Mapping[str, str], maps: Mapping[str, str] | None = None) -> None:
        self.settings = dict(settings)
        self.maps = dict(maps or {})
        """The keys of Python functions, by the name of the map."""
        self.declared: set[str] = set()
        """The names of the maps that the program declares."""
        self.resolved: dict[str, str] = {}
        super().__init__()
        self.found: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self.active: list[tuple[Def, Span]] = []
        """The calls in progress, outermost first, each with its place."""
        self._steps = 0
        self._depth = 0

    # limits and diagnostics ----------------------------------------------------------------------------

    def step(self, span: Span) -> None:
        """Counts one unit of work. Raises TP502 beyond the limit."""
        self._steps += 1
        if self._steps > MAX_STEPS or len(self.graph) > MAX_NODES:
            raise error(
                "TP502",
                f"the program takes more than {MAX_STEPS} steps or makes more than {MAX_NODES} nodes",
                span,
                "static loops are unrolled; put what repeats along a finite axis instead",
            )

    def enter(self, span: Span) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise error("TP502", "expressions and calls are nested too deeply", span)

    def leave(self) -> None:
        self._depth -= 1

    def report(self, problem: TpError) -> None:
        """Keeps each diagnostic once; gives up when there are too many or the program is too large."""
        calls = tuple(Label(span, "called from here") for _, span in reversed(self.active[-3:]))
        for diagnostic in problem.diagnostics:
            diagnostic = replace(diagnostic, labels=diagnostic.labels + calls)
            if not any((d.code, d.span) == (diagnostic.code, diagnostic.span) for d in self.found):
                self.found.append(diagnostic)
            if diagnostic.code == "TP502" or len(self.found) >= MAX_ERRORS:
                raise TpError(self.found)

    def warn(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        """Keeps a warning; a second one of its kind at the same place is dropped."""
        if len(self.warnings) < MAX_WARNINGS and not any((w.code, w.span) == (code, span) for w in self.warnings):
            self.warnings.append(Diagnostic(code, message, span, hint, severity=Severity.WARNING))

    def integer_setting(self, name: str, low: int, high: int) -> int:
        """A whole number from ``--set``. Raises TP506."""
        text = self.settings[name].strip()
        digits = text[1:] if text.startswith("-") else text
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and low <= int(text) <= high):
            raise error("TP506", f"{name}={text[:40]}: not a whole number from {low} to {high}")
        return int(text)

    # values ------------------------------------------------------------------------------------------

    def linear(self, value: Value, span: Span) -> Combination:
        """``value`` as a linear combination of nodes. Raises TP201 for what is not a value, TP204 for some weights."""
        if isinstance(value, Poison):
            raise PoisonedError
        if isinstance(value, Combination):
            return value
        if isinstance(value, Constant):
            return self.constant(value.scale)
        if isinstance(value, Weight):
            name = value.parameter.name
            if value.transposed:
                raise error("TP204", f"{name}' can only be applied: {name}' @ ...", span)
            return self.read(value.parameter, span)
        raise error("TP201", f"a value should stand here, not {describe(value)}", span)
