"""Each framework's module is two pure functions: the outputs are the framework's own, the weights follow the key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import equinox as eqx
import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import linen, nnx

from tests.marks import slow
from tp.diagnostics.diagnostic import TpError
from tp.imports.frameworks.made import Beside, modules
from tp.imports.module import Module

X = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
N = 8
KEY = jax.random.key(5)


class Linen(linen.Module):
    n: int

    @linen.compact
    def __call__(self, x: Any, train: bool = False) -> Any:
        x = linen.BatchNorm(use_running_average=not train)(linen.Dense(self.n)(x))
        return linen.Dense(1)(linen.Dropout(0.5, deterministic=not train)(linen.relu(x)))


class Nnx(nnx.Module):
    def __init__(self, n: int, rngs: nnx.Rngs, dropout: bool = False) -> None:
        self.first = nnx.Linear(4, n, rngs=rngs)
        self.norm = nnx.BatchNorm(n, rngs=rngs)
        self.drop = nnx.Dropout(0.5, deterministic=not dropout, rngs=rngs)
        self.last = nnx.Linear(n, 1, rngs=rngs)

    def __call__(self, x: Any) -> Any:
        return self.last(self.drop(nnx.relu(self.norm(self.first(x)))))


def haiku_with_state(n: int) -> Any:
    def net(x: Any) -> Any:
        x = hk.BatchNorm(create_scale=True, create_offset=True, decay_rate=0.9)(hk.Linear(n)(x), is_training=True)
        return hk.Linear(1)(jax.nn.relu(x))

    return hk.transform_with_state(net)


def plain(n: int) -> Any:
    def init(key: Any) -> Any:
        return {"w": jax.random.normal(key, (n, 4)), "steps": jnp.zeros((), int)}

    def apply(weights: Any, x: Any) -> Any:
        return jnp.tanh(x @ weights["w"].T).sum(-1) + weights["steps"]

    return init, apply, X


class Batched(eqx.Module):
    net: eqx.nn.MLP

    def __call__(self, x: Any) -> Any:
        return jax.vmap(self.net)(x)


def equinox_batched(n: int, key: Any) -> Any:
    return Batched(eqx.nn.MLP(4, 1, n, 1, key=key)), X


@dataclass
class Case:
    make: Callable[..., Any]
    expected: Callable[[Any], tuple[Any, Any]]
    """Weights as the framework has them under a key, and its own output."""
    frozen: tuple[str, ...] = ()


def _linen(key: Any) -> tuple[Any, Any]:
    variables = Linen(N).init(key, X)
    return variables, Linen(N).apply(variables, X)


def _nnx(key: Any) -> tuple[Any, Any]:
    return Nnx(N, nnx.Rngs(key)), Nnx(N, nnx.Rngs(key))(X)  # a call moves running means


def _equinox(key: Any) -> tuple[Any, Any]:
    module, x = equinox_batched(N, key)
    return module, module(x)


def _haiku(key: Any) -> tuple[Any, Any]:
    net = haiku_with_state(N)
    both = net.init(key, X)
    return both, net.apply(*both, None, X)[0]


def _plain(key: Any) -> tuple[Any, Any]:
    init, apply, x = plain(N)
    return init(key), apply(init(key), x)


CASES = {
    "linen": Case(lambda n: (Linen(n), {"x": X, "train": False}), _linen, ("batch_stats/BatchNorm_0/mean",)),
    "nnx": Case(lambda n, rngs: (Nnx(n, rngs), X), _nnx, ("norm/mean", "norm/var")),
    "equinox": Case(equinox_batched, _equinox),
    "haiku": Case(lambda n: (haiku_with_state(n), X), _haiku, ("state/batch_norm/~/mean_ema/average",)),
    "functions": Case(plain, _plain),
}


@pytest.fixture(scope="module", params=slow(CASES, but=("linen", "nnx", "equinox")))
def case(request: pytest.FixtureRequest) -> tuple[Case, Module]:
    found = CASES[request.param]
    return found, modules(found.make, (N,))[N]


def test_outputs_and_weights_are_those_of_the_framework(case: tuple[Case, Module]) -> None:
    found, module = case
    theirs, output = found.expected(KEY)
    weights = module.weights(theirs)
    drawn = module.init(KEY)
    assert jax.tree.structure(weights) == jax.tree.structure(drawn)
    for one, other in zip(jax.tree.leaves(weights), jax.tree.leaves(drawn), strict=True):
        assert one.dtype == jnp.float32
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(module.apply(drawn, *module.inputs.values()), output, rtol=1e-6)


def test_both_functions_can_be_traced(case: tuple[Case, Module]) -> None:
    _, module = case
    several = jax.eval_shape(jax.vmap(module.init), jax.random.split(KEY, 2))
    shapes = jax.eval_shape(module.init, KEY)
    assert jax.tree.leaves(several)[-1].shape == (2, *jax.tree.leaves(shapes)[-1].shape)
    assert jax.make_jaxpr(module.apply)(shapes, *module.inputs.values()).jaxpr.outvars


def test_what_is_not_trained_is_frozen(case: tuple[Case, Module]) -> None:
    found, module = case
    paths = [
        tuple(str(getattr(k, "key", getattr(k, "name", getattr(k, "idx", "")))) for k in path)
        for path, _ in jax.tree_util.tree_flatten_with_path(module.init(KEY))[0]
    ]
    frozen = {"/".join(path) for path in paths if module.frozen(path)}
    assert set(found.frozen) <= frozen
    assert bool(frozen) == bool(found.frozen)


def test_an_optimiser_sees_the_weights_that_the_framework_trains() -> None:
    def labels(params: Any) -> Any:
        return {name: "still" if name == "Dense_0" else "moving" for name in params}

    optimizer = optax.multi_transform({"still": optax.set_to_zero(), "moving": optax.sgd(0.5)}, labels)
    module = modules(lambda n: (Linen(n), X, optimizer), (N,))[N]
    weights = module.init(KEY)
    ones = jax.tree.map(jnp.ones_like, weights)
    updates, _ = module.optimizer.update(ones, module.optimizer.init(weights), weights)
    assert float(updates["Dense_1"]["bias"][0]) == -0.5
    assert float(updates["Dense_0"]["bias"][0]) == 0
    assert float(updates["batch_stats"]["BatchNorm_0"]["mean"][0]) == 0


def test_seeds_in_make_stand_for_any_draw() -> None:
    module = modules(lambda n: (Nnx(n, nnx.Rngs(0)), X), (N,))[N]
    one, other = (module.init(jax.random.key(k))["first"]["kernel"] for k in (1, 2))
    assert not np.array_equal(one, other)
    assert jax.random.key(3).dtype == jax.random.key(4).dtype
    assert jax.random.key.__module__.startswith("jax")


def test_dropout_of_nnx_is_refused_where_it_is_on() -> None:
    module = modules(lambda n, rngs: (Nnx(n, rngs, dropout=True), X), (N,))[N]
    with pytest.raises(TpError, match="draws random numbers") as caught:
        module.apply(module.init(KEY), X)
    assert caught.value.only("TP904")


RETURNED = {
    "module alone": lambda n: Linen(n),
    "namespace": lambda n: SimpleNamespace(module=Linen(n), inputs=X),
    "mapping": lambda n: {"model": Linen(n), "inputs": (X,)},
    "functions": lambda n: {"init": plain(n)[0], "apply": plain(n)[1], "inputs": {"x": X}},
    "shape": lambda n: (Linen(n), jax.ShapeDtypeStruct((3, 4), jnp.float32)),
    "without a key at apply": lambda n: (hk.without_apply_rng(hk.transform(lambda x: hk.Linear(n)(x))), X),
}


@pytest.mark.parametrize("name", RETURNED)
def test_what_make_may_return(name: str) -> None:
    module = modules(RETURNED[name], (N,), Beside(inputs=lambda n: X))[N]
    assert list(module.inputs) == ["x"]
    (output,) = jax.tree.leaves(jax.eval_shape(module.apply, module.init(KEY), *module.inputs.values()))
    assert output.shape[0] == 3


REFUSED = {
    "nothing": (lambda n: None, "make returned an object of type NoneType|make returned nothing"),
    "class": (lambda n: (Linen, X), "the class Linen"),
    "no inputs": (lambda n: Linen(n), "no inputs"),
    "numbers": (lambda n: (1, 2), "a tuple of an object of type int"),
    "unknown field": (lambda n: {"module": Linen(n), "imputs": X}, "the field imputs"),
    "no array": (lambda n: (Linen(n), "digits"), "hold no array"),
    "no optimiser": (lambda n: (Linen(n), X, 0.1), "the optimizer that make returned is an object of type float"),
    "two arguments": (lambda n, depth: (Linen(n), X), "has the parameter depth"),
    "complex": (lambda n: (Linen(n), X.astype(complex)), "an array of complex128"),
    "rates": (lambda n: (Linen(n), X, optax.sgd(1.0), {"Dense_0": "fast"}), "learning rates are an object of type str"),
}


def test_weights_that_are_no_arrays() -> None:
    made = modules(lambda n: (lambda key: {"w": jnp.ones(n), "phi": jnp.tanh}, lambda w, x: w["phi"](x), X), (N,))
    with pytest.raises(TpError, match="which is no array") as caught:
        made[N].init(KEY)
    assert caught.value.only("TP904")


@pytest.mark.parametrize("name", REFUSED)
def test_what_make_may_not_return(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(TpError, match=message) as caught:
        modules(make, (N,))
    assert caught.value.only("TP904")
    assert caught.value.diagnostics[0].hint


def test_exceptions_name_the_users_line() -> None:
    def apply(weights: Any, x: Any) -> Any:
        return jnp.tanh(x @ weights).reshape(7)  # the line

    module = modules(lambda n: (lambda key: jnp.ones((4, n)), apply, X), (N,))[N]
    with pytest.raises(TpError) as caught:
        jax.eval_shape(module.apply, module.init(KEY), X)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "TP905"
    assert "TypeError" in diagnostic.message
    assert diagnostic.span is not None
    assert diagnostic.span.file.endswith("test_frameworks.py")
    assert diagnostic.span.line == apply.__code__.co_firstlineno + 1


def test_versions_that_are_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flax.__version__", "0.8.5")
    with pytest.raises(TpError, match=r"flax 0\.8\.5 is not supported") as caught:
        modules(lambda n: (Linen(n), X), (N,))
    assert caught.value.only("TP906")


def test_a_missing_framework_is_named() -> None:
    def make(n: int) -> Any:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    def missing(n: int) -> Any:
        raise ModuleNotFoundError("No module named 'haiku_'", name="haiku")

    with pytest.raises(TpError) as caught:
        modules(make, (N,))
    assert caught.value.only("TP905")
    import sys

    kept = sys.modules.pop("haiku")
    try:
        with pytest.raises(TpError, match="dm-haiku is not installed"):
            modules(missing, (N,))
    finally:
        sys.modules["haiku"] = kept


def test_classes_that_are_defined_inside_make() -> None:
    def make(n: int, key: Any) -> Any:
        class Inside(eqx.Module):
            layer: eqx.nn.Linear

            def __call__(self, x: Any) -> Any:
                return jax.vmap(self.layer)(x)

        return Inside(eqx.nn.Linear(4, n, key=key)), X

    made = modules(make, [N])[N]
    assert made.apply(made.init(KEY), X).shape == (3, N)


class Masked(nnx.Module):
    """It holds an array that is no variable, as many hold their masks."""

    def __init__(self, n: int, rngs: nnx.Rngs) -> None:
        self.first = nnx.Linear(4, n, rngs=rngs)
        self.mask = jnp.tril(jnp.ones((3, 3)))

    def __call__(self, x: Any) -> Any:
        return self.mask @ self.first(x)


def test_an_array_that_nnx_holds_is_a_constant() -> None:
    made = modules(lambda n, rngs: (Masked(n, rngs), X), (N,), Beside())[N]
    weights = made.init(KEY)
    assert set(weights) == {"first"}
    first = X @ weights["first"]["kernel"] + weights["first"]["bias"]
    wanted = np.tril(np.ones((3, 3))) @ first
    np.testing.assert_allclose(made.apply(weights, *made.inputs.values()), wanted, rtol=1e-5)
