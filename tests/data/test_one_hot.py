"""One-hot inputs: generic samples, indices and rows from files, what is refused."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import tp
from tp.data.account import account
from tp.data.batches import batch
from tp.data.inputs import inputs_for
from tp.diagnostics.diagnostic import TpError
from tp.experiments.training.schedule import Schedule
from tp.graph.axes import Axis
from tp.studies.correlations import correlations_of
from tp.studies.transfer.study import losses_of

T, V, ONE = Axis("t", 6), Axis("v", 20), {"x": "v"}
TEXT = """program p {
  width n
  input x : [v=5, t=3] ~ one_hot(v)
  input y : [d=2]
  param E : [n | v] ~ normal(0, 1)
  param U : [n, d] ~ normal(0, 1)
  output f = mean(tanh(E @ x + U @ y))
}"""


def test_generic_samples_share_tokens_and_repeat_none() -> None:
    rows = inputs_for({"x": (T, V)}, 6, one_hot=ONE)["x"]
    assert rows.shape == (6, 6, 20)
    assert np.array_equal(rows.sum(axis=2), np.ones((6, 6)))
    tokens = rows.argmax(axis=2)
    assert all(len(set(sample)) == 6 for sample in tokens)
    assert len({tuple(sample) for sample in tokens}) == 6
    assert all(1 <= (a == b).sum() < 6 for a, b in combinations(tokens, 2))


def test_axes_keep_their_order() -> None:
    rows = inputs_for({"x": (V, T)}, 2, one_hot=ONE)["x"]
    assert np.array_equal(rows, inputs_for({"x": (T, V)}, 2, one_hot=ONE)["x"].transpose(0, 2, 1))


def test_few_entries_repeat_as_seldom_as_possible() -> None:
    rows = inputs_for({"x": (Axis("t", 9), Axis("v", 3))}, 4, one_hot=ONE)["x"]
    assert len({sample.tobytes() for sample in rows}) == 4


def test_a_single_token_is_orthogonal_to_others_and_that_is_said() -> None:
    rows = inputs_for({"x": (V,)}, 5, one_hot=ONE)["x"]
    assert np.array_equal(rows @ rows.T, np.eye(5))
    assert [d.code for d in account({"x": (V,)}, None, one_hot=ONE)] == ["TP609"]
    assert account({"x": (T, V)}, None, one_hot=ONE) == []
    with pytest.raises(TpError, match=r"TP605.*only 2 different"):
        inputs_for({"x": (Axis("v", 2),)}, 3, one_hot=ONE)


def test_indices_of_a_file_are_rows(tmp_path: Path) -> None:
    tokens, other = np.array([[0, 4, 2], [1, 1, 3]]), np.ones((2, 2))
    program = tp.parse(TEXT).program
    expected = np.eye(5)[tokens].transpose(0, 2, 1)
    for number, given in enumerate((tokens, tokens.astype(float), expected, expected + 1e-9)):
        file = tmp_path / f"{number}.npz"
        np.savez(file, x=given, y=other)
        found = inputs_for(program.inputs, 2, str(file), one_hot=program.one_hot)
        np.testing.assert_allclose(found["x"], expected, atol=1e-8)
    given = {"x": tokens, "y": other}
    np.testing.assert_array_equal(batch(program.inputs, given, one_hot=program.one_hot)["x"], expected)


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (np.array([[0, 1, 2], [0, 5, 1]]), "index 5 in sample 1"),
        (np.array([[0, -1, 2]]), "index -1 in sample 0"),
        (np.array([[0, 0.5, 2]]), r"index 0\.5 in sample 0"),
        (np.array([[0, np.nan, 2]]), "index nan in sample 0"),
        (np.full((1, 5, 3), 0.2), "row along v in sample 0 of x that is not one-hot"),
        (2 * np.eye(5)[:, :3][None], "not one-hot"),
    ],
)
def test_what_is_not_one_hot_is_refused(tokens: np.ndarray, said: str) -> None:
    program = tp.parse(TEXT).program
    with pytest.raises(TpError, match=f"TP611.*{said}"):
        batch(program.inputs, {"x": tokens, "y": np.ones((len(tokens), 2))}, one_hot=program.one_hot)


def test_studies_draw_one_hot_inputs() -> None:
    program = tp.parse(TEXT).program
    drawn = (
        correlations_of(program, ["C[0,2]"], None, equal_inputs=False, dtype="float64").inputs["x"],
        losses_of(program, Schedule(steps=1, samples=3), None, "float64").path.inputs["x"],
    )
    for rows in drawn:
        assert set(np.unique(rows)) == {0.0, 1.0}
        assert np.array_equal(rows.sum(axis=1), np.ones((3, 3)))
