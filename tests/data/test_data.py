"""Inputs: generic, digits, and every way a user's file can be wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tp.data import digits
from tp.data.inputs import inputs_for
from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Axis, Type, Width

VECTOR = {"x": (Axis("d", 3),)}
PICTURE = {"x": (Axis("h", 2), Axis("w", 3))}


def code(problem: pytest.ExceptionInfo[TpError]) -> str:
    return problem.value.diagnostics[0].code


def test_generic_inputs_are_standard_and_correlated() -> None:
    found = inputs_for({"x": (Axis("d", 20_000),)}, 4)["x"]
    assert found.shape == (4, 20_000)
    assert np.allclose(np.corrcoef(found), 0.5 + 0.5 * np.eye(4), atol=0.05)
    assert np.allclose(found.std(axis=1), 1, atol=0.05)


def test_generic_inputs_repeat_and_do_not_depend_on_the_number_of_slots() -> None:
    two, five = inputs_for(VECTOR, 2)["x"], inputs_for(VECTOR, 5)["x"]
    assert np.array_equal(two, five[:2])


def test_equal_inputs_repeat_the_first() -> None:
    found = inputs_for(VECTOR, 3, equal_inputs=True)["x"]
    assert np.array_equal(found, np.stack([inputs_for(VECTOR, 3)["x"][0]] * 3))


@pytest.mark.parametrize(
    "axes",
    [
        (Axis("d", 64),),
        (Axis("h", 8), Axis("w", 8)),
        (Axis("t", 8), Axis("d", 8)),
        (Axis("c", 1), Axis("h", 8), Axis("w", 8)),
        (Axis("h", 8), Axis("w", 8), Axis("c", 1)),
    ],
)
def test_digits_take_the_shape_of_the_input(axes: Type) -> None:
    found = inputs_for({"x": axes}, 5, "digits")["x"]
    assert found.shape == (5, *(a.size for a in axes))
    flat = found.reshape(5, 64)
    assert len({row.tobytes() for row in flat}) == 5
    assert abs(flat.mean()) < 0.3
    assert 0.7 < flat.std() < 1.3


def test_the_digits_are_those_of_the_source() -> None:
    """Every number of the file that comes with the package; it has its source and its licence beside it."""
    path = Path(digits.__file__).with_name("digits.npz")
    found = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in np.load(path).items()}
    assert found == {
        "pixels": "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3",
        "classes": "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0",
    }
    about = path.with_suffix(".txt").read_text()
    assert "CC BY 4.0" in about
    assert "BSD 3-Clause" in about
    assert digits.digit_classes()[:20].tolist() == [9, 2, 1, 9, 0, 0, 5, 0, 9, 7, 8, 8, 7, 6, 5, 4, 1, 6, 6, 4]


def test_digits_that_do_not_fit() -> None:
    with pytest.raises(TpError) as problem:
        inputs_for({"x": (Axis("d", 16),)}, 2, "digits")
    assert code(problem) == "TP606"
    assert "--set d=64" in str(problem.value.diagnostics[0].hint)


def save(path: Path, array: object) -> str:
    np.save(path, np.asarray(array))
    return str(path)


def test_npy_rows(tmp_path: Path) -> None:
    rows = np.arange(12.0).reshape(4, 3)
    assert np.array_equal(inputs_for(VECTOR, 3, save(tmp_path / "x.npy", rows))["x"], rows[:3])


def test_flat_rows_fill_a_picture(tmp_path: Path) -> None:
    rows = np.arange(24.0).reshape(4, 6)
    assert inputs_for(PICTURE, 3, save(tmp_path / "x.npy", rows))["x"].shape == (3, 2, 3)


def test_repeated_samples_are_skipped(tmp_path: Path) -> None:
    rows = np.array([[1.0, 2, 3], [1, 2, 3], [0, 0, 0], [4, 5, 6]])
    assert np.array_equal(inputs_for(VECTOR, 2, save(tmp_path / "x.npy", rows))["x"], rows[[0, 3]])


def test_npz_by_name(tmp_path: Path) -> None:
    path = tmp_path / "both.npz"
    np.savez(path, x=np.eye(3), y=2 * np.eye(2, 3))
    found = inputs_for({**VECTOR, "y": (Axis("d", 3),)}, 2, str(path))
    assert np.array_equal(found["y"], 2 * np.eye(2, 3))


def test_npz_with_one_array_of_any_name(tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    np.savez(path, anything=np.eye(3))
    assert np.array_equal(inputs_for(VECTOR, 3, str(path))["x"], np.eye(3))


def test_npz_without_the_input(tmp_path: Path) -> None:
    path = tmp_path / "both.npz"
    np.savez(path, a=np.eye(3), b=np.eye(3))
    with pytest.raises(TpError, match="no array for the input x") as problem:
        inputs_for(VECTOR, 2, str(path))
    assert code(problem) == "TP602"


@pytest.mark.parametrize("text", ["1,2,3\n4,5,6\n", "a,b,c\n1,2,3\n4,5,6\n"])
def test_csv_with_and_without_names(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    assert np.array_equal(inputs_for(VECTOR, 2, str(path))["x"], [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("text", ["", "1,2,3\n4,five,6\n", "1,2,3\n4,5\n"])
def test_csv_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, str(path))
    assert code(problem) == "TP601"


def test_csv_with_names_only(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b,c\n")
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, str(path))
    assert code(problem) == "TP603"


def test_wrong_shape_says_which_setting_would_fit(tmp_path: Path) -> None:
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, save(tmp_path / "x.npy", np.ones((4, 5))))
    assert code(problem) == "TP602"
    assert "--set d=5" in str(problem.value.diagnostics[0].hint)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite(tmp_path: Path, value: float) -> None:
    rows = np.arange(9.0).reshape(3, 3)
    rows[1, 2] = value
    with pytest.raises(TpError, match="sample 1") as problem:
        inputs_for(VECTOR, 2, save(tmp_path / "x.npy", rows))
    assert code(problem) == "TP604"


def test_too_few_samples(tmp_path: Path) -> None:
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 3, save(tmp_path / "x.npy", np.eye(2, 3)))
    assert code(problem) == "TP603"


def test_constant_rows(tmp_path: Path) -> None:
    with pytest.raises(TpError, match="only 1 distinct") as problem:
        inputs_for(VECTOR, 2, save(tmp_path / "x.npy", np.ones((9, 3))))
    assert code(problem) == "TP605"


def test_one_row_is_enough_for_equal_inputs(tmp_path: Path) -> None:
    assert inputs_for(VECTOR, 3, save(tmp_path / "x.npy", np.ones((1, 3))), equal_inputs=True)["x"].shape == (3, 3)


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, str(path))
    assert code(problem) == "TP601"
    assert "pickled" in str(problem.value.diagnostics[0].hint)


@pytest.mark.parametrize("shape", [(0, 3), (0,), (0, 5)])
def test_no_samples(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(TpError, match="has no samples") as problem:
        inputs_for(VECTOR, 2, save(tmp_path / "x.npy", np.zeros(shape)))
    assert code(problem) == "TP603"


def test_values_too_large_for_the_dtype(tmp_path: Path) -> None:
    path = save(tmp_path / "x.npy", 1e300 * np.eye(3))
    assert inputs_for(VECTOR, 2, path)["x"].max() == 1e300
    with pytest.raises(TpError, match="too large for float32") as problem:
        inputs_for(VECTOR, 2, path, dtype="float32")
    assert code(problem) == "TP604"
    assert "--dtype float64" in str(problem.value.diagnostics[0].hint)


def test_long_doubles_beyond_float64_are_not_finite(tmp_path: Path) -> None:
    if np.finfo(np.longdouble).max <= np.finfo(np.float64).max:
        pytest.skip("long doubles are float64 here")
    path = save(tmp_path / "x.npy", np.full((3, 3), np.longdouble(10) ** 1000))
    with pytest.raises(TpError, match="not finite") as problem:
        inputs_for(VECTOR, 2, path)
    assert code(problem) == "TP604"


@pytest.mark.parametrize("name", ["folder.npy", "folder.npz", "folder"])
def test_a_folder_is_called_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(TpError, match="is a folder") as problem:
        inputs_for(VECTOR, 2, str(tmp_path / name))
    assert code(problem) == "TP601"


@pytest.mark.parametrize("name", ["missing.npy", "x.txt", "x" * 1000 + ".npy"])
def test_files_that_are_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, str(tmp_path / name))
    assert code(problem) == "TP601"


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv"])
def test_garbage_bytes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, str(path))
    assert code(problem) == "TP601"


def test_text_arrays_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TpError, match="not real numbers"):
        inputs_for(VECTOR, 2, save(tmp_path / "x.npy", [["a", "b", "c"], ["d", "e", "f"]]))


def test_a_scalar_is_no_sample(tmp_path: Path) -> None:
    with pytest.raises(TpError) as problem:
        inputs_for(VECTOR, 2, save(tmp_path / "x.npy", 3.0))
    assert code(problem) == "TP602"


def test_wide_inputs_are_refused() -> None:
    with pytest.raises(TpError) as problem:
        inputs_for({"x": (Axis("n", Width("n")),)}, 2)
    assert code(problem) == "TP602"
