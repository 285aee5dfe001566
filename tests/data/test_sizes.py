"""Files that are refused by their headers, before the arrays in them are read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tp.data import sizes
from tp.data.files import read_arrays
from tp.data.sizes import require_size
from tp.data.source import Data
from tp.diagnostics.diagnostic import TpError


def header(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": dtype})
    return file.getvalue()


def refused(path: Path, match: str) -> str | None:
    with pytest.raises(TpError, match=match) as problem:
        read_arrays(Data(str(path)))
    assert problem.value.diagnostics[0].code == "TP601"
    return problem.value.diagnostics[0].hint


def test_a_header_with_a_huge_shape(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(header((2**30, 16)) + bytes(64))
    assert "save those alone" in str(refused(path, r"too large: it would take 128\.0 GiB of memory"))


def test_bytes_count_as_the_float64_that_they_become(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(header((2**30,), "|u1"))
    refused(path, r"would take 8\.0 GiB")


@pytest.mark.parametrize("honest", [True, False])
def test_an_archive_that_expands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, honest: bool) -> None:
    monkeypatch.setattr(sizes, "LIMIT", 2**20)
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", header((2**19 if honest else 1,)) + bytes(2**22))
    assert path.stat().st_size < 2**16
    refused(path, "too large")


def test_many_small_arrays_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LIMIT", 2**12)
    path = tmp_path / "x.npz"
    np.savez(path, **{f"x{i}": np.ones(2**8) for i in range(3)})
    refused(path, "too large")


def test_text_counts_by_its_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "LIMIT", 2**12)
    path = tmp_path / "x.csv"
    path.write_text("1,2\n" * 2**8)
    assert np.array_equal(read_arrays(Data(str(path)))["x"][-1], [1, 2])
    path.write_text("1,2\n" * 2**9)
    refused(path, "too large")


def test_half_of_the_free_memory_is_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.ones(100))
    monkeypatch.setattr(sizes, "free_memory", lambda: 1600)
    require_size(path)
    monkeypatch.setattr(sizes, "free_memory", lambda: 1599)
    refused(path, "too large")


def test_a_negative_shape(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(header((-1, 3)) + bytes(24))
    refused(path, "negative")


def test_an_archive_with_something_else_in_it(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.txt", "not an array")
    refused(path, "magic")


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).normal(size=100))
    content = bytearray(path.read_bytes())
    content[60:200] = bytes(140)
    path.write_bytes(content)
    refused(path, "cannot read")
