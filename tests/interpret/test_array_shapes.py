"""The shapes in annotations of array functions are true: a program runs with every annotation checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
import jax, jax.numpy as jnp, numpy as np
from jaxtyping import TypeCheckError, install_import_hook
with install_import_hook(["tp.interpret.arrays", "tp.matrix_free"], "beartype.beartype"):
    from tp.interpret.arrays import evaluate, initial_weights
    from tp.matrix_free import gaussian, noise, orthonormal
from tp.syntax import load

def refused(function, *arguments):
    try:
        function(*arguments)
    except TypeCheckError:
        return
    raise SystemExit(f"shapes of {function.__name__} are not checked")

graph = load(sys.argv[1]).graph
from tp.matrix_free.streams import Seed

root, key = graph.outputs["f"], jax.random.key(0)
for absent in ((), ("W[2]", "W[3]")):
    for forget in (True, False):
        run = evaluate.stepper(graph, [root], 16, np.float32, forget)
        weights = initial_weights.draw(graph.parameters, 16, Seed((0,)), np.float32, absent)
        (value,), _ = run(weights, {"x": np.ones(16, np.float32)})
        assert value.shape == ()
    run = evaluate.stepper(graph, [root], 16, jnp.float32)
    draw = lambda key: run(initial_weights.draw(graph.parameters, 16, key, jnp.float32, absent), {"x": jnp.ones(16)})
    (value,), _ = jax.eval_shape(draw, key)
    assert value.shape == ()
matrix = gaussian.unknown(5, 7, key, jnp.float32).with_room(6, 6)
ask = jax.jit(gaussian.Gaussian.answer, static_argnums=2)
answers, matrix = ask(matrix, jnp.ones((3, 7)), False)
assert answers.shape == (3, 5)
assert ask(matrix, answers, True)[0].shape == (3, 7)
from tp.laws import LAWS, STRUCTURES
entries = lambda source, shape: LAWS["normal"].draw(source, shape, ())
for form in STRUCTURES.values():
    def back(stream, x):
        free = form.kind().begin(5, 7, 0.5 if form.share else 2, entries, stream, x.dtype)
        there, free = free.answer(x, False)
        return free.answer(there, True)[0]
    assert back(Seed((0,)), np.ones((3, 7), np.float32)).shape == (3, 7)
    assert back((Seed((0,)), Seed((1,))), np.ones((2, 3, 7), np.float32)).shape == (2, 3, 7)
    assert jax.eval_shape(back, key, jnp.ones((3, 7))).shape == (3, 7)
refused(matrix.answer, jnp.ones(7), False)
refused(orthonormal.split, jnp.ones((2, 6)), jnp.ones((1, 5)))
refused(noise.normal, jax.random.split(key), (2, 3), jnp.float32)
"""


def test_annotated_shapes_are_true() -> None:
    program = Path(__file__).parents[2] / "programs/mlp.tp"
    # Without -B, modules that a checked one imports would be cached as if they were checked, for the next such test.
    ran = subprocess.run(
        [sys.executable, "-B", "-c", SCRIPT, str(program)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
