"""Programs from modules of JAX: :func:`from_jax`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, cast, overload

from tp.api.model import Model

if TYPE_CHECKING:
    from jax import Array

    from tp.studies.imported.study import Translated

WIDTHS = (64, 128, 256)
"""The widths at which a module is looked at, where none are given."""

Make = Callable[..., Any]
"""Builds a module at the width that is its first argument."""
Widths = Sequence[int] | str | int


@dataclass(frozen=True, slots=True, repr=False)
class Imported(Model):
    """A program that was made of a module of JAX: a model, with the text of the program."""

    translated: Translated

    @property
    def text(self) -> str:
        """The program in the language."""
        return self.translated.text

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that say what was assumed, rounded or measured when the program was made."""
        return self.translated.notes

    def weights(self, params: Any, n: int) -> dict[str, Array]:
        """Weights of the module as weights of the program, by name, as ``apply`` takes them.

        ``init`` and ``apply`` of a program hold a weight less the mean of its initial law: a gain that starts with ones
        is an array of zeros.

        Args:
            params: what the framework initialises, at width ``n``: the variables of linen, a module of nnx or
                Equinox, what ``init`` of Haiku or of plain functions returns.
            n: the width.

        Raises:
            ValueError: where ``params`` do not have the structure of the module's weights.
        """
        import jax

        from tp.studies.imported.sides import weights

        module = self.translated.module
        given, tree = jax.tree.flatten(module.weights(params))
        expected = jax.tree.structure(jax.eval_shape(module.init, jax.random.key(0)))
        if tree != expected:
            raise ValueError(f"params have the structure {tree}, not {expected}")
        return weights(self.graph, self.translated.translation, given, n)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the text of the program to a file, which is replaced as a whole.

        Raises:
            TpError: TP508 where it cannot be written.
        """
        write(self.text, fspath(path))


@overload
def from_jax(
    make: Make,
    widths: Widths = ...,
    /,
    *,
    name: str | None = None,
    inputs: Any = None,
    optimizer: Any = None,
    rates: Mapping[str, float] | None = None,
) -> Imported: ...
@overload
def from_jax(
    init: Make,
    apply: Make,
    inputs: Any,
    width: Widths,
    /,
    *,
    name: str | None = None,
    optimizer: Any = None,
    rates: Mapping[str, float] | None = None,
) -> Imported: ...
@overload
def from_jax(
    make: Make,
    *,
    widths: Widths,
    name: str | None = None,
    inputs: Any = None,
    optimizer: Any = None,
    rates: Mapping[str, float] | None = None,
) -> Imported: ...
def from_jax(
    make: Make,
    apply: Make | Widths | None = None,
    inputs: Any = None,
    width: Widths | None = None,
    *,
    widths: Widths | None = None,
    name: str | None = None,
    optimizer: Any = None,
    rates: Mapping[str, float] | None = None,
) -> Imported:
    """The program of a module of Flax, Equinox or Haiku, or of plain functions of JAX.

    Two forms: ``from_jax(make, widths)``, and ``from_jax(init, apply, inputs, width)``. The module is run and traced at
    each width. Before the program is returned it is evaluated beside the module at two widths: values and gradients
    agree to 1e-10.

    Args:
        make: ``make(n)`` returns ``(module, inputs)``, ``(module, inputs, optimizer)``, ``(init, apply, inputs)`` or an
            object with fields of these names. A second parameter called ``key`` or ``rngs`` gets a key of JAX, or
            ``nnx.Rngs``: modules of nnx and Equinox draw their weights when they are built.
        init, apply: ``init(n, key)`` returns weights; ``apply(weights, *inputs)`` or ``apply(n, weights, *inputs)``
            outputs. n is passed where ``apply`` requires one argument more than weights and inputs, or where
            its first parameter is called ``n`` or ``width``.
        inputs: an array, a tuple of arguments, a mapping from keywords to arguments, or a function of n that returns
            one of these. Arrays are inputs of the program; ``jax.ShapeDtypeStruct`` may stand for them. What is no
            array, such as ``False``, is a setting of the call.
        widths, width: three widths or more (default: 64, 128, 256); a single number n means n, 2n and 4n.
        name: of the program. None: that of the function.
        optimizer: an optax optimiser, whose learning rates and kind are those of the program; or a statement of the
            language without the word ``optimizer``, such as ``"adam(eps = 1/n)"``.
        rates: learning rates by path of a weight or of a module, such as ``{"Dense_0/kernel": 0.1}``. They are factors
            of ``eta`` where ``optimizer`` is a statement. Weights without one are not trained.

    Returns:
        A ``Model`` with ``text``, ``notes``, ``weights(params, n)`` and ``save(path)``.

    Raises:
        TpError: TP901 where a size or a number is not a constant times a power of n, TP902 for an operation that cannot
            be translated, TP903 where the program does not compute what the module does, TP904 for what ``make`` may
            not return, TP905 where the module raises an exception, TP906 for versions that are not supported, TP907
            and TP908 for initial laws and optimisers that are not recognised, TP909 where the text of the program is
            not valid.
    """
    if callable(apply):
        build, at = _of_functions(make, apply, inputs), width
        inputs = None
    else:
        build, at = make, apply
    return imported(
        build,
        _widths(at if at is not None else widths if widths is not None else WIDTHS),
        name=name or identifier(getattr(make, "__name__", "").strip("<>").replace("lambda", "")),
        inputs=inputs,
        optimizer=optimizer,
        rates=rates,
    )


def imported(
    make: Make,
    widths: Sequence[int] | str,
    *,
    name: str,
    inputs: Any = None,
    optimizer: Any = None,
    rates: Mapping[str, float] | None = None,
    file: str = "<imported>",
) -> Imported:
    """The program of what ``make`` builds, see :func:`from_jax`. ``file`` is its name in diagnostics."""
    from tp.imports.frameworks.made import Beside
    from tp.studies.imported.study import translated

    written = optimizer if isinstance(optimizer, str) else None
    beside = Beside(inputs, None if written is not None else optimizer, rates)
    found = translated(make, widths, beside, name=name, optimizer=written, file=file)
    return Imported(found.program, found)


def run_and_import(
    word: str,
    widths: Sequence[int] | str | None = None,
    *,
    name: str | None = None,
    optimizer: str | None = None,
    rates: str | None = None,
    file: str = "<imported>",
) -> Imported:
    """The program of what a function in a Python file builds. This runs the file.

    Args:
        word: ``module.py:make`` or ``package.module:make``; without a colon the function is called ``make``.
        widths, name, optimizer: as for :func:`from_jax`. None for ``name``: that of the function, or of the file where
            the function is called ``make``.
        rates: a JSON file with learning rates by path.
        file: the name of the program in diagnostics.

    Raises:
        TpError: as :func:`from_jax`, and TP507 for files that do not exist.
    """
    from tp.studies.imported.study import require_widths

    at = require_widths(WIDTHS if widths is None else widths)
    given = None if rates is None else _rates(rates)
    from tp.imports.frameworks.users_file import USUAL, function, searched

    with searched(word):
        make, inputs = function(word)
        place = word.rpartition(":")[0] or word
        usual = place.removesuffix(".py").replace("\\", "/").split("/")[-1].split(".")[-1]
        called = getattr(make, "__name__", USUAL)
        chosen = name or identifier(usual if called == USUAL else called)
        return imported(make, at, name=chosen, inputs=inputs, optimizer=optimizer, rates=given, file=file)


def _rates(file: str) -> Mapping[str, float]:
    """The learning rates in a JSON file. Raises TpError TP507, TP601 or TP904."""
    import json

    from tp.diagnostics.diagnostic import error
    from tp.imports.frameworks.returned import numbers

    try:
        with open(file, encoding="utf-8") as stream:
            return numbers(json.load(stream))
    except FileNotFoundError:
        raise error("TP507", f"no such file: {file}") from None
    except (OSError, ValueError) as problem:
        hint = 'write a JSON object of numbers by path, such as {"Dense_0/kernel": 0.1}'
        raise error("TP904", f"{file} cannot be read: {problem}", hint=hint) from problem


def identifier(name: str) -> str:
    """``name`` as a name of the language."""
    import re

    name = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_")
    return name if name and not name[0].isdigit() else "imported"


def write(text: str, file: str) -> None:
    """Replace the content of ``file`` as a whole. Raises TpError TP508."""
    from tp.api.writing import replace_file

    replace_file(file, (text if text.endswith("\n") else text + "\n").encode())


def _widths(given: Widths) -> Sequence[int] | str:
    return [given, 2 * given, 4 * given] if isinstance(given, int) else given


def _of_functions(init: Make, apply: Make, inputs: Any) -> Make:
    """``make`` of ``init(n, key)`` and ``apply``. Raises TpError TP904 where their parameters do not fit."""
    from tp.imports.frameworks.functions import with_widths

    return cast("Make", with_widths(init, apply, inputs))
