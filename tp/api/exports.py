"""Programs as modules of Flax, with the optimiser of the program as one of optax: the way back from an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tp.api.model import Model


@dataclass(frozen=True, slots=True)
class Group:
    """How one weight is trained at a width: its learning rate and weight decay, and the optimiser that moves it.

    Fields:
        learning_rate: the ``eta`` of the optimiser times the ``learning_rate`` of the program and the ``rate`` of the
            weight, at this width.
        decay: the weight decay λ. A step shrinks the weight by the share λ ``eta``; with ``coupled`` decay, λ times
            the weight is added to its gradient instead.
        optimizer: the name of the optimiser.
    """

    learning_rate: float
    decay: float
    optimizer: str


def parameter_groups(model: Model, n: int) -> dict[str, Group]:
    """How each weight of a program is trained at width ``n``, by its name.

    Raises:
        TpError: TP502 where ``n`` is not a width.
    """
    from tp.optimizers.decay import Shrinking
    from tp.optimizers.groups import Groups

    optimizer, rates = _at(model, n)
    found: dict[str, Group] = {}
    for name, rate in rates.items():
        own = optimizer.optimizer_of(name) if isinstance(optimizer, Groups) else optimizer
        eta = own.eta * (optimizer.eta if isinstance(optimizer, Groups) else 1.0)
        found[name] = Group(eta * rate, own.number(name) if isinstance(own, Shrinking) else 0.0, own.name)
    return found


def to_flax(model: Model, n: int) -> Any:
    """The program at width ``n`` as a module of Flax linen.

    Its parameters are the weights of the program by name, and ``init`` draws them from their initial laws. It is called
    with the inputs of the program in their order: arrays of one sample, or with one axis of samples first.

    Args:
        model: the program.
        n: the width.

    Raises:
        TpError: TP502 where ``n`` is not a width, TP223 for a program with dropout, TP906 where Flax is not installed.
    """
    from tp.diagnostics.diagnostic import error
    from tp.sampling.reading import require_width

    require_width(n)
    for noise in model.graph.parameters.values():
        if noise.noise:
            hint = "without dropout: load the program with a share of 1 that is kept"
            raise error("TP223", "modules of Flax are not made of programs with dropout", noise.span, hint)
    try:
        module = _module()
    except ModuleNotFoundError as problem:
        from tp.imports.frameworks.supported import missing

        raise missing(problem) or problem from problem
    return module(model=model, width=n)


class Steps(NamedTuple):
    """The state of :func:`to_optax`: the number of steps so far, and what the optimiser keeps."""

    count: Any
    kept: Any


def to_optax(model: Model, n: int) -> Any:
    """The optimiser of the program at width ``n``, with its learning rates, as a gradient transformation of optax.

    It moves weights by name, as ``to_flax`` has them under ``params`` and ``Model.init`` returns them. One step is what
    ``tp train`` does: clipping, warm-up and weight decay are in it.

    Raises:
        TpError: TP502 where ``n`` is not a width, TP906 where optax is not installed.
    """
    import jax.numpy as jnp

    try:
        import optax
    except ModuleNotFoundError as problem:
        from tp.imports.frameworks.supported import missing

        raise missing(problem) or problem from problem
    optimizer, rates = _at(model, n)

    def init(params: Any) -> Any:
        return Steps(jnp.zeros((), jnp.int32), optimizer.init(params))

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        if params is None:
            raise ValueError("give the weights: update(gradients, state, params)")
        moved, kept = optimizer.step(updates, state.kept, params, rates, state.count)
        return {name: moved[name] for name in updates}, Steps(state.count + 1, kept)

    return optax.GradientTransformation(init, update)


def _at(model: Model, n: int) -> tuple[Any, Mapping[str, float]]:
    """The optimiser at width ``n``, and the learning rates of the program there."""
    from tp.quantities.programs import metric
    from tp.sampling.reading import require_width

    require_width(n)
    parameters, rate = model.graph.parameters, metric(model.graph)
    return model.optimizer.of(parameters).at(n), {name: rate(name).at(n) for name in parameters}


@cache
def _module() -> Any:
    """The class of the modules that :func:`to_flax` returns: Flax is imported here."""
    import jax
    from flax import linen

    from tp.interpret.arrays.evaluate import evaluator
    from tp.interpret.arrays.initial_weights import draw

    class Program(linen.Module):
        """A program at one width."""

        model: Any
        width: int

        @linen.compact
        def __call__(self, *inputs: Any) -> Any:
            model: Model = self.model
            graph, names = model.graph, list(model.inputs)
            if len(inputs) != len(names):
                raise ValueError(f"{model.name} has the inputs {', '.join(names)}, not {len(inputs)} of them")

            def drawn(key: Any, name: str) -> Any:
                return draw({name: graph.parameters[name]}, self.width, key, jax.numpy.float32)[name]

            weights = {name: self.param(name, drawn, name) for name in graph.parameters}
            dtype = jax.numpy.result_type(*weights.values(), *inputs, jax.numpy.float32)
            run = evaluator(graph, list(graph.outputs.values()), self.width, dtype)

            def one(*arrays: Any) -> Any:
                values = run(weights, {n: a.astype(dtype) for n, a in zip(names, arrays, strict=True)})
                return values[0] if len(values) == 1 else dict(zip(graph.outputs, values, strict=True))

            arrays = [jax.numpy.asarray(array) for array in inputs]
            more = {array.ndim - len(model.inputs[name]) for name, array in zip(names, arrays, strict=True)}
            if more - {0, 1} or len(more) > 1:
                shapes = ", ".join(f"{n} {[axis.at(self.width) for axis in model.inputs[n]]}" for n in names)
                raise ValueError(
                    f"the inputs of {model.name} have these axes, or all an axis of samples first: {shapes}"
                )
            return jax.vmap(one)(*arrays) if more == {1} else one(*arrays)

    return Program
