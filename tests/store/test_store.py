"""The store: what is kept is found exactly, and whatever is wrong with a file or a disk stops nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.cells import VERSIONS, Warnings, filled, series, values
from tp.store import files
from tp.store.cell import Cell, Unreadable, decode, encode
from tp.store.cover import cover
from tp.store.key import Key, key_from_json
from tp.store.names import name_of, read_name
from tp.store.store import Store

KEY = Key(series(), 64, 7, 5)


def only_file(folder: Path) -> Path:
    (path,) = folder.rglob("*.cell")
    return path


def test_bytes_are_read_back() -> None:
    odd = np.array([np.nan, np.inf, -0.0, 5e-324, 1.0])
    cell = decode(encode(Cell(KEY, {"F": odd, "C[0,2]": values(KEY)["F"]})))
    assert cell.key == KEY
    assert cell.values["F"].tobytes() == odd.tobytes()
    assert cell.values["C[0,2]"].tobytes() == values(KEY)["F"].tobytes()


@given(st.data())
def test_any_change_of_the_bytes_is_noticed(data: st.DataObject) -> None:
    whole = encode(Cell(KEY, values(KEY)))
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        changed = whole[:place]
    else:
        changed = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    with pytest.raises(Unreadable):
        decode(changed)


def test_keys_and_names_are_read_back() -> None:
    assert key_from_json(KEY.as_json()) == KEY
    name = name_of(KEY)
    assert read_name(name.program, name.file) == name
    assert read_name(name.program, "program.json") is None


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=8), st.integers(0, 20), st.integers(1, 10))
def test_cover(lengths: list[tuple[int, int]], start: int, length: int) -> None:
    """A cover is found exactly where the union of the segments has the whole range."""
    segments = [(a, a + n) for a, n in lengths]
    end = start + length
    found = cover(segments, start, end)
    held = {i for a, b in segments for i in range(a, b)}
    assert (found is not None) == (set(range(start, end)) <= held)
    if found is not None:
        assert set(found) <= set(segments)
        assert found[0][0] <= start
        assert found[-1][1] >= end
        assert all(later[0] <= earlier[1] < later[1] for earlier, later in pairwise(found))


def test_kept_and_found(tmp_path: Path) -> None:
    store = filled(tmp_path, KEY)
    found = store.find(KEY.series, KEY.n, KEY.first, KEY.count)
    assert found is not None
    assert all(found.values[name].tobytes() == row.tobytes() for name, row in values(KEY).items())


def test_other_groupings_serve(tmp_path: Path) -> None:
    store = filled(tmp_path, Key(series(), 64, 0, 8), Key(series(), 64, 8, 8), Key(series(), 64, 4, 8))
    wanted = Key(series(), 64, 3, 11)
    found = store.find(wanted.series, 64, 3, 11)
    assert found is not None
    assert all((found.values[name] == row).all() for name, row in values(wanted).items())
    assert store.find(series(), 64, 3, 14) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(series(), program="12" * 32),
        replace(series(), inputs="12" * 32),
        series(quantities=("C[0,2]", "F")),
        series(quantities=("F",)),
        series(engine="conditioned"),
        replace(series(), without=("W",)),
        replace(series(), dtype="float32"),
        replace(series(), platform="gpu"),
        replace(series(), versions={**VERSIONS, "jax": "0"}),
    ],
)
def test_every_part_of_the_key_counts(tmp_path: Path, other: Any) -> None:
    store = filled(tmp_path, KEY)
    assert store.find(other, KEY.n, KEY.first, KEY.count) is None
    assert store.find(KEY.series, 128, KEY.first, KEY.count) is None


@pytest.mark.parametrize("harm", ["short", "altered", "empty", "exchanged", "folder"])
def test_damage_is_noticed_named_and_mended(tmp_path: Path, harm: str) -> None:
    filled(tmp_path, KEY)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    if harm == "folder":
        path.unlink()
        path.mkdir()
    else:
        other = encode(Cell(replace(KEY, n=128), values(KEY)))
        spoiled = {"short": whole[:-9], "altered": whole[:300] + b"?" + whole[301:], "empty": b"", "exchanged": other}
        path.write_bytes(spoiled[harm])
    warnings = Warnings()
    store = Store(tmp_path, warnings)
    assert store.find(KEY.series, KEY.n, KEY.first, KEY.count) is None
    assert warnings.codes == ["TP712"]
    assert str(path) in warnings.found[0].message
    assert [d.path for d in store.damaged] == [path]
    if harm != "folder":
        store.keep(KEY, values(KEY), "mlp")
        assert path.read_bytes() == whole
        assert store.find(KEY.series, KEY.n, KEY.first, KEY.count) is not None


def test_damage_is_avoided_where_other_files_have_the_draws(tmp_path: Path) -> None:
    filled(tmp_path, KEY, Key(KEY.series, 64, 0, 9), Key(KEY.series, 64, 9, 9))
    name_of(KEY).path(tmp_path).write_bytes(b"")
    assert Store(tmp_path).find(KEY.series, KEY.n, KEY.first, KEY.count) is not None


def full(*_: Any) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Filling:
    """os.write on a disk with room for ``room`` more bytes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.write = os.write

    def __call__(self, descriptor: int, data: Any) -> int:
        part = bytes(data)[: min(100, self.room)]
        if not part:
            full()
        self.room -= len(part)
        return self.write(descriptor, part)


@pytest.mark.parametrize("room", [0, 150, 450])
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Said once; nothing half-written is left, and what was there before is whole."""
    filled(tmp_path, KEY)
    warnings = Warnings()
    store = Store(tmp_path, warnings)
    monkeypatch.setattr(files.os, "write", Filling(room))
    for first in (100, 200, 300):
        store.keep(replace(KEY, first=first), values(replace(KEY, first=first)), "mlp")
    assert warnings.codes == ["TP711"]
    assert "No space left" in warnings.found[0].message
    found = list(only_file(tmp_path).parent.iterdir())
    assert sorted(p.name for p in found) == sorted([name_of(KEY).file, "program.json"])
    assert store.find(KEY.series, KEY.n, KEY.first, KEY.count) is not None


def test_full_when_it_is_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems notice in fsync only."""
    warnings = Warnings()
    monkeypatch.setattr(files.os, "fsync", full)
    Store(tmp_path, warnings).keep(KEY, values(KEY), "mlp")
    assert warnings.codes == ["TP711"]
    assert not list(tmp_path.rglob("*.cell"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_disk_that_is_really_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    warnings = Warnings()
    opened = os.open
    monkeypatch.setattr(files.os, "open", lambda path, flags, mode: opened("/dev/full", os.O_WRONLY))
    Store(tmp_path, warnings).keep(KEY, values(KEY), "mlp")
    assert warnings.codes == ["TP711"]


def test_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/results")):
        warnings = Warnings()
        store = Store(folder, warnings)
        assert store.find(KEY.series, KEY.n, KEY.first, KEY.count) is None
        store.keep(KEY, values(KEY), "mlp")
        store.keep(KEY, values(KEY), "mlp")
        assert warnings.codes == ["TP711"]
        assert str(folder) in warnings.found[0].message


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the super-user may write everywhere")
def test_read_only_folder(tmp_path: Path) -> None:
    filled(tmp_path, KEY)
    tmp_path.chmod(0o500)
    only_file(tmp_path).parent.chmod(0o500)
    warnings = Warnings()
    store = Store(tmp_path, warnings)
    store.keep(replace(KEY, n=3), values(KEY), "mlp")
    assert warnings.codes == ["TP711"]
    assert store.find(KEY.series, KEY.n, KEY.first, KEY.count) is not None
    tmp_path.chmod(0o700)
    only_file(tmp_path).parent.chmod(0o700)


WRITER = """
import sys
from pathlib import Path
from tests.store.cells import series, values
from tp.store.key import Key
from tp.store.store import Store
store = Store(Path(sys.argv[1]))
for round in range(3):
    for first in range(0, 400, 5):
        key = Key(series(), 64, first, 5)
        store.keep(key, values(key), sys.argv[2])
"""


def test_writers_at_once_do_no_harm(tmp_path: Path) -> None:
    words = [sys.executable, "-c", WRITER, str(tmp_path)]
    running = [subprocess.Popen([*words, name], cwd=Path(__file__).parents[2]) for name in ("a", "b", "c")]
    assert [process.wait() for process in running] == [0, 0, 0]
    warnings = Warnings()
    found = Store(tmp_path, warnings).find(KEY.series, 64, 0, 400)
    assert found is not None
    assert not warnings.found
    assert (found.values["F"] == values(Key(series(), 64, 0, 400))["F"]).all()
    assert len(list(tmp_path.rglob("*"))) == 82


def test_jax_is_not_loaded() -> None:
    code = "import sys, tp.store.store, tp.store.prune, tp.store.export; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
