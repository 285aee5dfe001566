"""Tables: what a first row is, and every way cells can be written. No sample is lost, and no cell guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tp.data.account import account
from tp.data.inputs import inputs_for
from tp.data.source import Data
from tp.data.tables import read_table
from tp.data.targets import labelled
from tp.diagnostics.diagnostic import Diagnostic, TpError
from tp.graph.axes import Axis

X = {"x": (Axis("d", 3),)}
ROWS = "1.5,-2,3e2\n4,5.25,6\n7,8,9\n"
VALUES = [[1.5, -2, 300], [4, 5.25, 6], [7, 8, 9]]


def saved(folder: Path, text: str | bytes, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path, header: bool | None = None, target: str | None = None) -> Diagnostic:
    with pytest.raises(TpError) as problem:
        inputs_for(X, 2, Data(str(path), header, target))
    return problem.value.diagnostics[0]


FORMS = {
    "plain": ROWS,
    "names": "a,b,c\n" + ROWS,
    "quoted names": '"a, b",b,c\n' + ROWS,
    "names of pandas": "0,1,2\n" + ROWS,
    "index of pandas": ",0,1,2\n0,1.5,-2,3e2\n1,4,5.25,6\n2,7,8,9\n",
    "named index": ",a,b,c\n0,1.5,-2,3e2\n1,4,5.25,6\n2,7,8,9\n",
    "byte order mark": b"\xef\xbb\xbf" + ROWS.encode(),
    "byte order mark and names": b"\xef\xbb\xbfa,b,c\n" + ROWS.encode(),
    "utf-16": ROWS.replace(",", "\t").encode("utf-16"),
    "windows": ROWS.replace("\n", "\r\n"),
    "no last line end": ROWS.strip(),
    "semicolons": ROWS.replace(",", ";"),
    "decimal commas": ROWS.replace(",", ";").replace(".", ","),
    "tabs": ROWS.replace(",", "\t"),
    "blanks": ROWS.replace(",", "  "),
    "blanks after commas": ROWS.replace(",", ", "),
    "quotes": '"1.5","-2","3e2"\n"4","5.25","6"\n"7","8","9"\n',
    "comments": "# from numpy\n" + ROWS,
    "empty lines": ROWS.replace("\n", "\n\n"),
    "a comma at the end": ROWS.replace("\n", ",\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_all_samples(form: str, tmp_path: Path) -> None:
    path = saved(tmp_path, FORMS[form])
    assert np.array_equal(inputs_for(X, 3, str(path))["x"], VALUES)
    (note, *_) = account(X, Data(str(path)))
    assert "3 samples of 3 numbers" in note.message
    assert ("a header" in note.message) == ("names" in form or "index" in form)


@pytest.mark.parametrize("name", ["x.tsv", "x.txt", "X.CSV"])
def test_names_of_files(name: str, tmp_path: Path) -> None:
    assert np.array_equal(inputs_for(X, 3, str(saved(tmp_path, ROWS, name)))["x"], VALUES)


@pytest.mark.parametrize(
    "cell", ["NA", "", "nan", "n/a", "null", "-", "?", "1.o", "five", "1,5", "0x10", "1_000", "12 cm"]
)
@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("column", [1, 2, 3])
def test_a_cell_that_is_no_number_is_named(cell: str, line: int, column: int, tmp_path: Path) -> None:
    cells = [row.split(",") for row in ROWS.split()]
    cells[line - 1][column - 1] = f'"{cell}"' if "," in cell else cell
    found = refused(saved(tmp_path, "\n".join(map(",".join, cells))))
    assert found.code == "TP601"
    assert f"line {line}, column {column}" in found.message
    assert found.hint


def test_lines_count_comments_and_headers(tmp_path: Path) -> None:
    found = refused(saved(tmp_path, "# units\na,b,c\n\n1,2,3\n4,x,6\n"))
    assert "line 5, column 2 (b)" in found.message


@pytest.mark.parametrize("head", ["a,,c", "a,2,c", "1,b,3", "a,NA,c", "1.0x,2.0x,3.0x"])
def test_a_row_that_is_neither_header_nor_sample(head: str, tmp_path: Path) -> None:
    found = refused(saved(tmp_path, f"{head}\n{ROWS}"))
    assert found.code == "TP601"
    assert "line 1" in found.message
    assert "header" in (found.hint or "")


def test_a_first_row_that_may_be_either(tmp_path: Path) -> None:
    path = saved(tmp_path, "0,1,2\n3,4,5\n6,7,9\n")
    found = refused(path)
    assert "--header" in (found.hint or "")
    assert inputs_for(X, 2, Data(str(path), True))["x"][0].tolist() == [3, 4, 5]
    assert inputs_for(X, 2, Data(str(path), False))["x"][0].tolist() == [0, 1, 2]
    assert account(X, Data(str(path), False))[0].message.endswith("3 samples of 3 numbers, no header")
    assert "(0, 1, 2)" in account(X, Data(str(path), True))[0].message


def test_other_whole_numbers_are_a_sample(tmp_path: Path) -> None:
    assert inputs_for(X, 2, str(saved(tmp_path, "1,2,3\n4,5,6\n")))["x"][0].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b,c\n", "TP603"), ("", "TP601"), ("# nothing\n", "TP603"), ("1,2,3\n4,5\n", "TP601"),
     ("1,2,3\n4,5,6,7\n", "TP601"),
     ('1,2,"3\n4,5,6\n', "TP601"), ("\x00\x01\x02", "TP601"), (b"\xff\xff\xff,1", "TP601"), ("a,b\nc,d\n", "TP601"),
     ("1,2,inf\n4,5,6\n7,8,9\n", "TP604")],
)  # fmt: skip
def test_what_is_no_table(text: str | bytes, code: str, tmp_path: Path) -> None:
    assert refused(saved(tmp_path, text)).code == code


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    rows=st.lists(st.lists(FINITE, min_size=2, max_size=2), min_size=1, max_size=5),
    sign=st.sampled_from([",", ";", "\t", " "]),
    named=st.booleans(),
)
def test_numbers_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]], sign: str, named: bool
) -> None:
    lines = [sign.join(map(repr, row)) for row in rows]
    head = [sign.join(("alpha", "beta"))] if named else []
    path = saved(tmp_path_factory.getbasetemp(), "\n".join([*head, *lines]))
    table = read_table(path)
    assert (table.names is not None) == named
    assert table.numbers().tolist() == rows


@given(st.text(max_size=60))
def test_any_text_ends_in_a_table_or_a_diagnostic(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = saved(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    try:
        inputs_for(X, 2, str(path))
    except TpError as problem:
        codes = {d.code for d in problem.diagnostics}
    else:
        codes = {"TP601"}
    assert codes <= {"TP601", "TP602", "TP603", "TP604", "TP605"}


# targets ---------------------------------------------------------------------------------------------

IRIS = "a,b,c,kind\n" + "".join(f"{i},{i * i},{3 - i},{'xyz'[i % 3]}\n" for i in range(1, 7))
ONE, THREE = (), (Axis("c", 3),)


def goals(path: Path, target: str | None, output: tuple[Axis, ...], cost: str = "squared") -> list[object]:
    _, found = labelled(X, output, 3, Data(str(path), None, target), "float64", cost)
    return found.tolist()


def test_words_are_classes(tmp_path: Path) -> None:
    path = saved(tmp_path, IRIS)
    expected = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    for target in ("kind", "4", "last"):
        assert goals(path, target, THREE) == expected
    without = saved(tmp_path, IRIS.split("\n", 1)[1], "y.csv")
    assert goals(without, "4", THREE) == expected
    two = saved(tmp_path, IRIS.replace("z", "x"), "two.csv")
    assert goals(two, "kind", ONE) == [1, -1, -1]


@pytest.mark.parametrize(
    ("target", "output", "hint"),
    [
        ("kind", ONE, "c=3"),
        ("kind", (Axis("c", 2),), "--set c=3"),
        ("sort", THREE, "columns: a, b, c, kind"),
        ("9", THREE, "kind"),
    ],
)
def test_targets_that_do_not_fit_name_the_way(target: str, output: tuple[Axis, ...], hint: str, tmp_path: Path) -> None:
    with pytest.raises(TpError) as problem:
        goals(saved(tmp_path, IRIS), target, output)
    (found,) = problem.value.diagnostics
    assert found.code == "TP608"
    assert hint in (found.hint or "")


def test_a_column_of_words_or_one_too_many_asks_for_the_target(tmp_path: Path) -> None:
    assert "--target kind" in (refused(saved(tmp_path, IRIS)).hint or "")
    assert "--target" in (refused(saved(tmp_path, "1.5,2,3,0\n4,5,6,1\n")).hint or "")
    with pytest.raises(TpError) as problem:
        goals(saved(tmp_path, ROWS), None, ONE)
    assert "--target" in (problem.value.diagnostics[0].hint or "")


def test_whole_numbers_are_classes_where_the_output_has_entries(tmp_path: Path) -> None:
    for first in (0, 1):
        text = "".join(f"{i},{i * i},{3 - i},{i % 3 + first}\n" for i in range(1, 7))
        assert goals(saved(tmp_path, text), "4", THREE) == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        assert goals(saved(tmp_path, text), "4", ONE) == [1 + first, 2 + first, first]
        with pytest.raises(TpError, match="--set c="):
            goals(saved(tmp_path, text), "4", (Axis("c", 2),))


def test_zero_and_one_with_a_logistic_cost(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.eye(3) + 1, y=np.array([0, 1, 1]))
    assert goals(path, "y", ONE, "logistic") == [-1, 1, 1]
    assert goals(path, "y", ONE, "squared") == [0, 1, 1]


def test_targets_of_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.eye(3) + 1, targets=np.array(["b", "a", "b"]))
    assert goals(path, None, ONE) == [1, -1, 1]
    np.savez(path, x=np.eye(3) + 1, targets=np.array([1, 2]))
    with pytest.raises(TpError, match="2 targets for 3 samples"):
        goals(path, None, ONE)
    np.savez(path, x=np.eye(3) + 1, labels=np.array([1, 2, 3]))
    with pytest.raises(TpError, match="arrays in the file: labels, x"):
        goals(path, None, ONE)


# shapes, precision, warnings -------------------------------------------------------------------------


def test_pictures_fit_flat_inputs_and_the_reverse(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.arange(24.0).reshape(4, 2, 3))
    assert inputs_for({"x": (Axis("d", 6),)}, 2, str(path))["x"].shape == (2, 6)
    with pytest.raises(TpError, match="--set d=6"):
        inputs_for(X, 2, str(path))
    with pytest.raises(TpError, match="another order"):
        inputs_for({"x": (Axis("h", 3), Axis("w", 2))}, 2, str(path))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", ["<f2", ">f8", "<f4", "<i2", "?", "longdouble"])
def test_every_kind_of_number_is_converted_without_a_warning(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.array([[1, 0, 2], [2, 1, 0], [3, 1, 1]]).astype(dtype), targets=np.ones(3).astype(dtype))
    inputs, targets = labelled(X, (), 2, str(path), "float64")
    assert inputs["x"].dtype == targets.dtype == np.float64


@pytest.mark.parametrize(
    ("array", "code", "words"),
    [
        (np.eye(4, 3) + 0.0, "TP609", "orthogonal"),
        (np.outer([1.0, 2, 3], [1.0, 2, 3]), "TP609", "parallel"),
        (np.array([[0, 128, 255], [3, 200, 1], [9, 9, 40]]), "TP610", "pixels"),
        (1000 * np.array([[0.1, 0.2, 0.5], [0.4, -1, 1], [9, 9, 4]]), "TP610", "9000"),
    ],
)
def test_inputs_that_predictions_are_not_for(array: object, code: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.asarray(array))
    (_, found) = account(X, Data(str(path)))
    assert (found.code, found.severity.value) == (code, "warning")
    assert words in found.message
    assert found.hint


def test_angles_do_not_matter_where_one_input_is_used(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.eye(4, 3))
    assert [d.code for d in account(X, Data(str(path)), equal_inputs=True)] == ["TP607"]


def test_generic_inputs_give_no_warning(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.random.default_rng(0).normal(size=(9, 3)))
    assert len(account(X, Data(str(path)))) == 1
    assert account(X, None) == account(X, Data("digits")) == []


@pytest.mark.parametrize(
    ("array", "code", "hint"),
    [
        (np.ones(3), "TP602", "array[None]"),
        (np.ones((3, 7)), "TP602", "save array.T"),
        (np.array([["1", "2", "3"]]), "TP601", "astype(float)"),
        (np.ones((2, 3)) + 1j, "TP601", "imaginary"),
        (np.array([[1, np.nan, 2]]), "TP604", "leave these samples out"),
        (np.zeros((2, 3)), "TP605", "add samples"),
        (np.ones((0, 3)), "TP603", "leading axis"),
    ],
)
def test_arrays_that_cannot_be_used_say_what_to_save(array: object, code: str, hint: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.asarray(array))
    found = refused(tmp_path / "x.npy")
    assert (found.code, hint in (found.hint or "")) == (code, True), found


@pytest.mark.parametrize("name", ["x.json", "x.xlsx", "x.pt", "x.pkl", "nothing.csv", "empty.csv", "names.csv", "."])
def test_files_that_hold_no_samples_say_what_to_do(name: str, tmp_path: Path) -> None:
    for kept in ("x.json", "x.xlsx", "x.pt", "x.pkl", "empty.csv"):
        saved(tmp_path, "", kept)
    saved(tmp_path, "a,b,c\n", "names.csv")
    assert refused(tmp_path / name).hint


@pytest.mark.parametrize(("row", "hint"), [("1%,2%,3%", "unit"), ("4,$5,6", "unit"), ("True,False,True", "1 and 0")])
def test_numbers_with_signs_name_the_way(row: str, hint: str, tmp_path: Path) -> None:
    head = "" if "T" in row or row.startswith("1%") else "1,2,3\n"
    assert hint in (refused(saved(tmp_path, f"{head}{row}\n{row}\n")).hint or "")
