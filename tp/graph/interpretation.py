"""Interpretations: tables with one rule for each type of operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from tp.graph.operation import Operation

Rule = TypeVar("Rule", bound=Callable[..., object])


class NotInterpreted(TypeError):
    """An operation has no rule in an interpretation, or is refused by it."""


class Interpretation(Generic[Rule]):
    """The rules of one interpreter, registered by type of operation.

    ``Rule`` is the callable type of all its rules. By convention its first parameter is the operation, annotated with
    ``Any``, so that each rule can name the type it is for. An operation without a rule is an error, unless ``default``
    is given; it is given only where one rule is right for every operation that anyone may add.
    """

    def __init__(self, name: str, default: Rule | None = None) -> None:
        self.name = name
        self.default = default
        self._rules: dict[type[Operation], Rule] = {}
        self._refused: dict[type[Operation], str] = {}

    @property
    def rules(self) -> Mapping[type[Operation], Rule]:
        """The registered rules by type of operation."""
        return self._rules

    @property
    def refused(self) -> Mapping[type[Operation], str]:
        """The types of operation that are refused on purpose, with the reasons."""
        return self._refused

    def rule(self, *operations: type[Operation]) -> Callable[[Rule], Rule]:
        """Registers the decorated function as the rule of ``operations``.

        Raises ValueError where one of them has a rule already, or is refused.
        """

        def register(rule: Rule) -> Rule:
            for operation in operations:
                self._claim(operation)
                self._rules[operation] = rule
            return rule

        return register

    def refuse(self, *operations: type[Operation], reason: str) -> None:
        """Declares that ``operations`` have no rule here, and why. Raises ValueError as :meth:`rule` does."""
        for operation in operations:
            self._claim(operation)
            self._refused[operation] = reason

    def of(self, operation: Operation) -> Rule:
        """The rule of ``operation``. Raises NotInterpreted where it has none."""
        found = self._rules.get(type(operation)) or self.default
        if found is None:
            raise NotInterpreted(self._missing(type(operation)))
        return found

    def _claim(self, operation: type[Operation]) -> None:
        if operation in self._rules or operation in self._refused:
            raise ValueError(f"{self.name} already has a rule for {operation.keyword()}, or refuses it")

    def _missing(self, operation: type[Operation]) -> str:
        if operation in self._refused:
            return f"{self.name} has no rule for {operation.keyword()}: {self._refused[operation]}"
        return (
            f"{self.name} has no rule for {operation.keyword()} ({operation.__module__}.{operation.__qualname__}): "
            "register one with the decorator rule of the interpretation"
        )
