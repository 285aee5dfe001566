"""Text that was written to break the tool: it ends soon, with a diagnostic."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.marks import slow
from tp.diagnostics.diagnostic import TpError
from tp.diagnostics.text import render
from tp.syntax import load, parse

HEAD = "program p {\n width n\n input x : [d=4]\n"
CASES = {
    "ten million brackets": ("(" * 10_000_000, "TP502"),
    "many brackets": ("[" * 900_000, "TP005"),
    "many signs": (f"{HEAD} y = {'-' * 30_000}x\n}}", "TP005"),
    "many words": (HEAD + " y = " + "x+" * 300_000 + "x\n}", "TP502"),
    "a long loop": (HEAD + " for l in 1..1000000000 { h[l] = tanh(x) }\n}", "TP502"),
    "nested loops": (HEAD + " for a in 1..9999 { for b in 1..9999 { for c in 1..9999 { } } }\n}", "TP502"),
    "many parameters": (HEAD + " param W[1..1000000000] : [n, n] ~ normal(0, 1)\n}", "TP502"),
    "a huge power": (HEAD + " y = ((9^999)^999)^999 * x\n}", "TP210"),
    "a long number": (HEAD + " y = x^" + "9" * 900_000 + "\n}", "TP006"),
    "a long name": (HEAD + " y = " + "a" * 900_000 + "\n}", "TP006"),
    "recursion": ("def f(x) { return g(x) }\ndef g(x) { return f(x) }\n" + HEAD + " y = f(x)\n}", "TP109"),
    "calls that double": (
        "def f0(x) { return x }\n"
        + "".join(f"def f{i}(x) {{ a = f{i - 1}(x); return f{i - 1}(a) }}\n" for i in range(1, 40))
        + f"{HEAD} y = f39(x)\n}}",
        "TP502",
    ),
    "calls in a long chain": (
        "def f0(x) { return x }\n"
        + "".join(f"def f{i}(x) {{ return f{i - 1}(x) }}\n" for i in range(1, 900))
        + f"{HEAD} y = f899(x)\n}}",
        "TP502",
    ),
    "a huge axis": (HEAD + " axis t = 1000000000\n}", "TP214"),
    "a huge mask": (HEAD + " input z : [t=99999, s=99999]\n y = softmax(z, s, causal=t)\n}", "TP502"),
    "many tables": (
        HEAD + " input z : [t=1000000]\n y[0] = z\n for l in 1..99 { y[l] = shift(y[l-1], t, l) }\n}",
        "TP502",
    ),
    "a table of many numbers": (HEAD + " table r : [d, k=999999] = (" + "1," * 3_900_000 + "1)\n}", "TP220"),
    "a table without commas": (HEAD + " table r : [d] = (" + "1 " * 3_900_000 + ")\n}", "TP004"),
    "control characters": ("\0\x1b" * 100, "TP001"),
    "a way out of the folder": ("import a from ../../secrets\n", "TP004"),
    "an absolute path": ("import a from /etc/passwd\n", "TP004"),
    "nothing": ("", "TP111"),
}


LONG = ("a long loop", "calls that double", "many tables")
"""Seconds each; the default tests have nested loops, a long chain of calls and a huge mask."""


@pytest.mark.parametrize("name", slow(CASES, but=CASES.keys() - set(LONG)))
def test_hostile_text_ends_soon(name: str, effort: Callable[[], AbstractContextManager[Any]]) -> None:
    text, code = CASES[name]
    parse(HEAD + " output f = x\n}")
    with effort() as spent, pytest.raises(TpError) as caught:
        parse(text)
    shown = render(caught.value.diagnostics, {"<text>": text})
    assert spent.calls < 10_000_000
    assert caught.value.diagnostics[0].code == code
    assert len(shown) < 20_000
    assert "\x1b" not in shown


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "a.tp"
    path.write_bytes(b"program p {\n \xff\xfe }")
    with pytest.raises(TpError, match="TP007"):
        load(path)
    with pytest.raises(TpError, match="TP601"):
        load(tmp_path / "missing.tp")
    with pytest.raises(TpError, match="TP601"):
        load(tmp_path)


def test_imports_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.tp").write_text("def f(x) {\n  return tanh(x)\n}\n")
    main = tmp_path / "a.tp"
    main.write_text(f"import f from mine\n{HEAD} output y = f(x)\n}}")
    assert "y" in load(main).graph.outputs
    for source, code in {"import g from mine": "TP101", "import f from nowhere": "TP108"}.items():
        main.write_text(f"{source}\n{HEAD} output y = x\n}}")
        with pytest.raises(TpError, match=code):
            load(main)
    (tmp_path / "mine.tp").write_text("import f from mine\n")
    main.write_text(f"import f from mine\n{HEAD} output y = x\n}}")
    with pytest.raises(TpError, match="TP108"):
        load(main)
