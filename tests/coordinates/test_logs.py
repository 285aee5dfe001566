"""Logs: what is read, and what is refused with its line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tp.data import log_rows
from tp.data.logs import Key, read_log
from tp.data.powers import Power, power
from tp.diagnostics.diagnostic import TpError

H = Key("h", "value", 0)
BODY = "h,64,1.5\nh,128,-2\n"


def written(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "name,width,value\n" + BODY,
        "\ufeffname,width,value\r\nh,64,1.5\r\nh,128,-2\r\n",
        "Name;N;Value;t;extra\nh;64.0;1.5;0;x\n\nh;128;-2;0.0;y\n",
        'name\twidth\tvalue\n"h"\t64\t1.5\nh\t128\t-2',
        '{"name": "h", "width": 64, "value": 1.5, "a": [1]}\n{"value": "-2", "name": "h", "n": 128.0, "seed": null}\n',
        "name,width,value\nh,64,1.5\nh,128,-2\n".encode("utf-16"),
    ],
)
def test_spellings(text: str | bytes, tmp_path: Path) -> None:
    log = read_log(written(tmp_path, text))
    assert [list(seeds.values()) for seeds in log.readings[H].values.values()] == [[1.5], [2.0]]
    assert log.widths == (64, 128)


def test_seeds_steps_kinds_and_predictions(tmp_path: Path) -> None:
    text = """name,width,seed,step,kind,value,predicted
h,64,a,0,,1,0
h,64,b,0,value,2,0
h,64,a,1,change,nan,
h,128,a,0,,3,0.0
h,128,a,1,change,inf,1/n
h,64,a,0,,1,0
f,64,a,0,,1,
"""
    log = read_log(written(tmp_path, text))
    assert list(log.readings) == [H, Key("h", "change", 1), Key("f", "value", 0)]
    assert log.readings[H].values == {64: {"a": 1, "b": 2}, 128: {"a": 3}}
    assert log.readings[H].predicted == Power(Fraction(0))
    assert log.readings[Key("h", "change", 1)].diverged == {64: (1, 1), 128: (1, 1)}
    assert log.repeated == 1


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "TP911", "is empty"),
        ("name,width,value\n", "TP911", "no rows"),
        ("name,width\nh,64\n", "TP912", ":1: no column called value"),
        ("name,width,n,value\nh,64,64,1\n", "TP912", ":1: two columns hold the width"),
        ("name,width,value\n" + BODY + "h,256\n", "TP911", ":4: 2 cells, where the first row has 3"),
        ("name,width,value\nh,64,abc\n", "TP911", ":2: the value 'abc' is not a number"),
        ("name,width,value\nh,64,\n", "TP911", ":2: a value is missing"),
        ("name,width,value\nh,-64,1\n", "TP911", ":2: the width is '-64'"),
        ("name,width,value\nh,64.5,1\n", "TP911", ":2: the width is '64.5'"),
        ("name,width,value\nh,0,1\n", "TP911", ":2: the width is '0'"),
        ("name,width,value\nh,1e99999,1\n", "TP911", ":2: the width"),
        ("name,width,step,value\nh,64,-1,1\n", "TP911", ":2: the step is '-1'"),
        ("name,width,value\n,64,1\n", "TP911", ":2: the name is empty"),
        ("name,width,value,kind\nh,64,1,delta\n", "TP911", ":2: the kind is 'delta'"),
        ("name,width,value,predicted\nh,64,1,n^1/2\n", "TP911", ":2: the prediction"),
        ("name,width,value,predicted\nh,64,1,0\nh,128,1,1\n", "TP912", ":3: another prediction for h than in line 2"),
        ("name,width,value,seed\nh,64,1,0\nh,64,2,0\n", "TP911", ":3: a second value of h at width 64"),
        ("name,width,value\nh,64,1\nh,64,2\n", "TP913", "has the width 64 only"),
        ('name,width,value\n"h,64,1\n', "TP911", ":2: "),
        ("name,width,value\nh,64,1\0\n", "TP911", ":2: no text"),
        (b"name,width,value\n\xff,64,1\n", "TP911", "UTF-8"),
        ("name,width,value\n" + "h" * 70000 + ",64,1\n", "TP911", ":2: a line of more than"),
        ('{"name": "h", "width": 64, "value": 1}\n{"name": "h", "wid\n', "TP911", ":2: no JSON"),
        ('{"name": "h", "width": 64, "value": 1, "value": 2}\n', "TP911", ":1: no JSON: a member occurs twice"),
        ('[{"name": "h"}]\n', "TP911", ":1: no JSON object"),
        ('{"name": "h", "width": true, "value": 1}\n', "TP911", ":1: width is"),
        ('{"name": "h", "width": 64}\n', "TP912", ":1: no column called value"),
        ("[" * 60000 + "\n", "TP911", ":1: no JSON"),
    ],
)
def test_what_is_refused(text: str | bytes, code: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(TpError) as caught:
        read_log(written(tmp_path, text))
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert said in found.message


def test_files_that_are_no_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "no.csv", "no such file")):
        with pytest.raises(TpError, match=said):
            read_log(path)
    monkeypatch.setattr(log_rows, "MOST_BYTES", 10)
    with pytest.raises(TpError, match="too large"):
        read_log(written(tmp_path, "name,width,value\n" + BODY))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", Power(Fraction(0))),
        (" -1/2 ", Power(Fraction(-1, 2))),
        ("-0.5", Power(Fraction(-1, 2))),
        ("1", Power(Fraction(1))),
        ("n", Power(Fraction(1))),
        ("1/n", Power(Fraction(-1))),
        ("n^(-1/2)", Power(Fraction(-1, 2))),
        ("1/n^2", Power(Fraction(-2))),
        ("1/sqrt(n)", Power(Fraction(-1, 2))),
        ("constant", Power(Fraction(0))),
        ("Theta(1)", Power(Fraction(0))),
        ("O(1/n)", Power(Fraction(-1), exact=False)),
        ("zero", Power(None)),
    ],
)
def test_powers(text: str, found: Power) -> None:
    assert power(text) == found


@pytest.mark.parametrize("text", ["x", "n^", "2n", "n^1/2", "1/0", "n^(1/0)", "1/1/n", "O()", "-0.333", "nan", "n^(n)"])
def test_no_powers(text: str) -> None:
    with pytest.raises(ValueError, match=r"exponent|denominator"):
        power(text)
