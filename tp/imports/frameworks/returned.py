"""What ``make(n)`` returned, taken apart: a module or two functions, inputs, an optimiser, learning rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from tp.diagnostics.diagnostic import TpError, error
from tp.imports.frameworks import equinox, haiku, linen, nnx

ACCEPTED = (
    "return (module, inputs), (module, inputs, optimizer) or (init, apply, inputs), or an object with fields of these "
    "names, where module is of Flax, Equinox or Haiku"
)
FRAMEWORKS = (linen, nnx, equinox, haiku)
_FIELDS = ("module", "model", "init", "apply", "inputs", "optimizer", "rates")


@dataclass(frozen=True, slots=True)
class Returned:
    """A ``module``, or the functions ``init`` and ``apply``. ``inputs`` is None where they are not given."""

    module: Any = None
    init: Callable[..., Any] | None = None
    apply: Callable[..., Any] | None = None
    inputs: Any = None
    optimizer: Any = None
    rates: Mapping[str, float] = field(default_factory=dict[str, float])


def is_module(made: Any) -> bool:
    """Whether ``made`` is a module of a framework that the user has imported."""
    return any(framework.recognised(made) for framework in FRAMEWORKS)


def read(made: Any) -> Returned:
    """``made`` taken apart. Raises TpError TP904 where it is none of what is accepted."""
    if is_module(made):
        return Returned(module=made)
    if isinstance(made, Mapping):
        return _fields(cast("Mapping[str, Any]", made), "a mapping")
    if isinstance(made, tuple) and hasattr(made, "_fields"):
        return _fields(cast("Any", made)._asdict(), type(made).__name__)
    if isinstance(made, tuple | list):
        return _in_order(tuple(cast("tuple[Any, ...]", made)))
    named = {name: getattr(made, name) for name in _FIELDS if hasattr(made, name)}
    if named and not callable(made):
        return _fields(named, type(made).__name__)
    raise _refused(f"make returned {_described(made)}")


def _in_order(parts: tuple[Any, ...]) -> Returned:
    if not parts:
        raise _refused("make returned an empty tuple")
    if is_module(parts[0]):
        names, least = ("module", "inputs", "optimizer", "rates"), 1
    elif len(parts) >= 2 and _is_function(parts[0]) and _is_function(parts[1]):
        names, least = ("init", "apply", "inputs", "optimizer", "rates"), 2
    else:
        raise _refused(f"make returned a tuple of {', '.join(map(_described, parts))}")
    if not least <= len(parts) <= len(names):
        raise _refused(f"make returned a tuple of {len(parts)} parts")
    return _made(dict(zip(names, parts, strict=False)))


def _fields(named: Mapping[str, Any], kind: str) -> Returned:
    unknown = sorted(set(map(str, named)) - set(_FIELDS))
    if unknown:
        raise _refused(f"make returned {kind} with the field {unknown[0]}")
    found = {name: value for name, value in named.items() if value is not None}
    if "model" in found:
        if "module" in found:
            raise _refused(f"make returned {kind} with both a module and a model")
        found["module"] = found.pop("model")
    if "module" in found and not is_module(found["module"]):
        raise _refused(f"the module that make returned is {_described(found['module'])}")
    if "module" in found and ("init" in found or "apply" in found):
        raise _refused(f"make returned {kind} with a module beside init or apply")
    if "module" not in found and not (_is_function(found.get("init")) and _is_function(found.get("apply"))):
        raise _refused(f"make returned {kind} with neither a module nor functions init and apply")
    return _made(found)


def _made(parts: dict[str, Any]) -> Returned:
    optimizer = parts.get("optimizer")
    if optimizer is not None and not (hasattr(optimizer, "init") and hasattr(optimizer, "update")):
        raise _refused(f"the optimizer that make returned is {_described(optimizer)}, not one of optax")
    if parts.get("rates") is None:
        parts.pop("rates", None)
    else:
        parts["rates"] = numbers(parts["rates"])
    return Returned(**parts)


def numbers(rates: object) -> Mapping[str, float]:
    """Learning rates by path. Raises TpError TP904 where they are no mapping from paths to numbers."""
    if not isinstance(rates, Mapping):
        raise _refused_rates(_described(rates))
    found: dict[str, float] = {}
    for path, rate in cast("Mapping[object, Any]", rates).items():
        try:
            found[str(path)] = float(rate)
        except (TypeError, ValueError):
            raise _refused_rates(f"{_described(rate)} for {path}") from None
    return found


def _refused_rates(what: str) -> TpError:
    return error("TP904", f"learning rates are {what}", hint='give numbers by path, such as {"Dense_0/kernel": 0.1}')


def _is_function(thing: Any) -> bool:
    return callable(thing) and not isinstance(thing, type)


def _refused(message: str) -> TpError:
    return error("TP904", message, hint=ACCEPTED)


def _described(thing: object) -> str:
    """``thing`` by its type, shortly."""
    if thing is None:
        return "nothing"
    if isinstance(thing, type):
        return f"the class {thing.__name__}"
    if _is_function(thing) and hasattr(thing, "__name__"):
        return f"the function {thing.__name__}"  # pyright: ignore[reportAttributeAccessIssue]
    return f"an object of type {type(thing).__name__}"
