"""The commands, called in this process."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from tp.cli import main
from tp.cli.failures import deliver
from tp.cli.options import quantities, settings
from tp.diagnostics.diagnostic import TpError
from tp.exit_code import ExitCode

MLP = """program mlp(depth: int = 1) {
  width n
  input x : [d=3]
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  h[1] = U @ x / sqrt(d)
  output f = dot(v, tanh(h[depth])) / sqrt(n)
  claim f : Theta(1)
}
"""
SMALL = ("--widths", "8,16,32", "--seeds", "4")


@pytest.fixture
def mlp(tmp_path: Path) -> str:
    path = tmp_path / "mlp.tp"
    path.write_text(MLP)
    return str(path)


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    path = tmp_path / "wrong.tp"
    path.write_text(MLP.replace("U @ x", "U @ y"))
    return str(path)


Captured = pytest.CaptureFixture[str]


def test_check(mlp: str, capsys: Captured) -> None:
    assert main(["check", mlp, mlp]) == 0
    assert capsys.readouterr().out.count("mlp is fine") == 2


def test_check_reports_every_file(mlp: str, wrong: str, capsys: Captured) -> None:
    assert main(["check", wrong, mlp, mlp + "x"]) == 2
    shown = capsys.readouterr()
    assert "wrong.tp:6" in shown.err
    assert "no such file" in shown.err
    assert shown.out == ""


def test_check_reads_folders_and_standard_input(
    mlp: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "mine.tp").write_text("def f(x) {\n  return tanh(x)\n}\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MLP.replace("mlp", "typed").encode())))
    assert main(["check", str(tmp_path), "-"]) == 2
    shown = capsys.readouterr()
    assert shown.err.splitlines()[-1] == "1 error; 2 of 3 programs can run"
    Path(wrong).unlink()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MLP.replace("mlp", "typed").encode())))
    assert main(["check", str(tmp_path), "-"]) == 0
    shown = capsys.readouterr()
    assert "<stdin>: typed is fine" in shown.out
    assert "mine.tp: no program" in shown.out
    assert shown.out.splitlines()[-1] == "2 programs: 2 fine, 0 with warnings"
    (tmp_path / "empty").mkdir()
    assert main(["check", str(tmp_path / "empty")]) == 2
    assert "holds no programs" in capsys.readouterr().err


def test_errors_in_standard_input_show_their_lines(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MLP.replace("U @ x", "U @ y").encode())))
    assert main(["check", "-"]) == 2
    assert "h[1] = U @ y / sqrt(d)" in capsys.readouterr().err


def test_warnings_of_check(mlp: str, capsys: Captured) -> None:
    Path(mlp).write_text(MLP.replace("claim f : Theta(1)", "g = h[1] / sqrt(n^-1/2)"))
    assert main(["check", mlp]) == 0
    shown = capsys.readouterr()
    assert "mlp has 2 warnings" in shown.out
    assert "warning[TP801]" in shown.err
    assert "warning[TP804]" in shown.err
    assert main(["check", mlp, "--strict"]) == 1
    capsys.readouterr()
    assert main(["check", mlp, "--format", "json"]) == 0
    assert [d["severity"] for d in json.loads(capsys.readouterr().out)["diagnostics"]] == ["warning", "warning"]
    assert main(["graph", mlp]) == 0
    shown = capsys.readouterr()
    assert "TP804" in shown.err
    assert "TP801" not in shown.err


def test_colours_are_for_terminals(wrong: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    main(["check", wrong])
    assert "\x1b" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(["check", wrong])
    shown = capsys.readouterr().err
    assert "\x1b[1;31merror[TP101]" in shown
    monkeypatch.setenv("NO_COLOR", "1")
    main(["check", wrong])
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["check"], "usage: tp check [OPTIONS] FILE...; see tp check --help"),
        (["train", "a.tp", "b.tp"], "usage: tp train [OPTIONS] FILE; see tp train --help"),
        (["verify", "a.tp", "--sed", "3"], "did you mean '--seeds'? See tp verify --help"),
        (["orders", "a.tp", "--format", "yaml"], "see tp orders --help"),
        (["orders", "a.tp", "--eps", "1/n"], 'write settings in --optimizer, as in --optimizer "adam(eps = 1/n)"'),
        (["verify", "a.tp", "--no-nesterov"], "write settings in --optimizer"),
        (["check", "a.tp", "--eps", "1/n"], "See tp check --help"),
    ],
)
def test_help_fits_the_command_that_failed(words: list[str], hint: str, capsys: Captured) -> None:
    assert main(words) == 2
    assert hint in capsys.readouterr().err


def test_diagnostics_as_json(wrong: str, capsys: Captured) -> None:
    assert main(["check", wrong, "--format", "json"]) == 2
    shown = capsys.readouterr()
    assert json.loads(shown.out)["diagnostics"][0]["span"]["line"] == 6
    assert shown.err == ""


def test_orders_as_text(mlp: str, capsys: Captured) -> None:
    assert main(["orders", mlp, "--nodes"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["C[0,2]", "-1", "-1/2"] in lines
    assert ["C[1,1]", "-1/2", "-1/2"] in lines
    assert ["h[1]", "6", "0"] in lines
    assert ["7"] not in lines
    assert ["regime:", "lazy"] in [line[:2] for line in lines]


def test_orders_exit_with_1_where_a_claim_fails(mlp: str, capsys: Captured) -> None:
    path = Path(mlp)
    path.write_text(MLP.replace("claim f : Theta(1)", "claim feature_learning\n  claim C[0,2] : O(n^(-2))"))
    assert main(["orders", mlp]) == 1
    shown = capsys.readouterr().out
    assert "claim feature_learning" in shown
    assert "lazy: F - F_lin is of order n^(-1)" in shown
    assert "C[0,2] is of order n^(-1) because of" in shown
    assert any(line.split()[:4] == ["node", "tanh(h[1])", "7", "n^(-1)"] for line in shown.splitlines())


def test_blame(mlp: str, capsys: Captured) -> None:
    assert main(["blame", mlp]) == 0
    assert "nothing to blame" in capsys.readouterr().out
    Path(mlp).write_text(MLP.replace("claim f : Theta(1)", "claim C[0,2] : O(n^(-2))"))
    assert main(["blame", mlp, "--format", "json", "--no-repair"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["repair"] is None
    (one,) = found["quantities"]
    assert {(c["kind"], c["name"], c["line"]) for c in one["culprits"]} == {
        ("node", "tanh(h[1])", 7),
        ("parameter", "U", 4),
    }


def test_certificates(mlp: str, tmp_path: Path, capsys: Captured) -> None:
    target = tmp_path / "proof.json"
    assert main(["orders", mlp, "--certificate", str(target), "--quantities", "C[0,2]"]) == 0
    capsys.readouterr()
    assert main(["certify", str(target)]) == 0
    shown = capsys.readouterr().out
    assert "accepted" in shown
    assert "C[0,2] <= n^(-1)" in shown
    proof = json.loads(target.read_text())
    proof["statements"][0]["exponent"] = "-2"
    target.write_text(json.dumps(proof))
    assert main(["certify", str(target)]) == 1
    assert "rejected" in capsys.readouterr().out
    for wrong in ("", "[]", "{", "[" * 100000):
        target.write_text(wrong)
        assert main(["certify", str(target)]) == 2
        assert "TP510" in capsys.readouterr().err
    assert main(["certify", str(tmp_path / "none.json")]) == 2
    assert main(["orders", mlp, mlp, "--certificate", str(target)]) == 2


def test_orders_as_json(mlp: str, capsys: Captured) -> None:
    assert main(["orders", mlp, "--format", "json", "--quantities", "C[0,2],kernel", "--nodes"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["program"] == "mlp"
    assert [(q["name"], q["typical"]) for q in found["quantities"]] == [("C[0,2]", "-1"), ("kernel", "0")]
    assert {"name": "h[1]", "line": 6, "typical": "0", "exact": True} in found["nodes"]
    assert found["assumptions"]


def test_several_files_are_an_array(mlp: str, capsys: Captured) -> None:
    assert main(["orders", mlp, mlp, "--format=json", "--quantities=F"]) == 0
    assert [r["program"] for r in json.loads(capsys.readouterr().out)] == ["mlp", "mlp"]


def test_run(mlp: str, capsys: Captured) -> None:
    assert main(["run", mlp, "--widths", "8,16", "--seeds", "2", "--format", "json"]) == 0
    outputs = json.loads(capsys.readouterr().out)["outputs"]
    assert [(o["name"], o["n"], len(o["values"])) for o in outputs] == [("f", 8, 2), ("f", 16, 2)]
    assert main(["run", mlp, "--widths", "8"]) == 0
    assert "f" in capsys.readouterr().out
    assert main(["run", mlp, "--widths", "100000", "--engine", "conditioned"]) == 0
    assert "100000" in capsys.readouterr().out


def test_correlations(mlp: str, capsys: Captured) -> None:
    assert main(["correlations", mlp, *SMALL, "--quantities", "kernel", "--format", "json"]) == 0
    (kernel,) = json.loads(capsys.readouterr().out)["quantities"]
    assert [(cell["n"], len(cell["values"])) for cell in kernel["widths"]] == [(8, 4), (16, 4), (32, 4)]
    assert all(value > 0 for cell in kernel["widths"] for value in cell["values"])


@pytest.mark.parametrize("engine", ["dense", "conditioned"])
def test_engines(engine: str, mlp: str, capsys: Captured) -> None:
    words = [mlp, *SMALL, "--quantities", "kernel", "--engine", engine]
    assert main(["correlations", *words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["engines"] == dict.fromkeys(("8", "16", "32"), engine)
    assert main(["verify", *words]) == 3
    assert f"float64; {engine}\n" in capsys.readouterr().out


def test_verify_with_few_seeds_is_undecided(mlp: str, capsys: Captured) -> None:
    assert main(["verify", mlp, *SMALL, "--quantities", "F", "--format", "json"]) == 3
    found = json.loads(capsys.readouterr().out)
    (quantity,) = found["quantities"]
    assert quantity["predicted"] == quantity["typical"] == "0"
    assert quantity["verdict"] == "undecided"
    assert found["exit_code"] == 3


def test_verify_as_text(mlp: str, capsys: Captured) -> None:
    assert main(["verify", mlp, "--widths", "16:256", "--quantities", "kernel,F"]) == 0
    shown = capsys.readouterr().out
    assert "kernel    0" in shown
    assert "f : Theta(1)" in shown
    assert shown.count("confirmed") == 3


def test_output_goes_to_a_file(mlp: str, tmp_path: Path, capsys: Captured) -> None:
    target = tmp_path / "out.json"
    assert main(["orders", mlp, "--format", "json", "--output", str(target)]) == 0
    assert json.loads(target.read_text())["program"] == "mlp"
    assert capsys.readouterr().out == ""


def test_memory_is_refused(mlp: str, capsys: Captured) -> None:
    assert main(["verify", mlp, "--widths", "1e9"]) == 2
    shown = capsys.readouterr().err
    assert "TP501" in shown
    assert "GiB" in shown


def test_data_that_do_not_fit(mlp: str, tmp_path: Path, capsys: Captured) -> None:
    np.save(tmp_path / "x.npy", np.ones((9, 5)))
    assert main(["correlations", mlp, *SMALL, "--data", str(tmp_path / "x.npy")]) == 2
    assert "--set d=5" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["chek", "a.tp"], "TP500"),
        (["check"], "TP500"),
        (["check", "FILE", "--bogus"], "TP500"),
        (["verify", "FILE", "--dtype", "float16"], "TP500"),
        (["verify", "FILE", "--engine", "sparse"], "TP500"),
        (["verify", "FILE", "--seeds", "many"], "TP500"),
        (["verify", "FILE", "--widths", "64,x"], "TP502"),
        (["verify", "FILE", "--seeds", "0"], "TP503"),
        (["verify", "FILE", "--budget", "soon"], "TP503"),
        (["verify", "FILE", "--max-width", "wide"], "TP502"),
        (["verify", "FILE", "--max-width", "0"], "TP502"),
        (["verify", "FILE", "--seeds", "1000000000000"], "TP503"),
        (["orders", "FILE", "--quantities", "D[0,2]"], "TP505"),
        (["orders", "FILE", "--quantities", "C[0,9]"], "TP505"),
        (["orders", "FILE", "--quantities", ","], "TP505"),
        (["check", "FILE", "--set", "depth"], "TP506"),
        (["check", "FILE", "--set", "dept=3"], "TP506"),
        (["check", "FILE", "--set", "path=3"], "TP506"),
        (["check", "FILE", "--set", "maps=3"], "TP506"),
        (["orders", "FILE", "--set", "file=3"], "TP506"),
        (["check", "/"], "TP507"),
        (["orders", "FILE", "--output", "/nowhere/at/all"], "TP508"),
        (["explain", "TP998"], "TP509"),
        (["verify", "FILE", "--data", "missing.npy"], "TP601"),
        (["verify", "FILE", "--data", "/"], "TP601"),
        (["verify", "FILE", "--data", "digits"], "TP606"),
        (["format", "missing.tp"], "TP507"),
    ],
)
def test_everything_wrong_is_a_diagnostic(words: list[str], code: str, mlp: str, capsys: Captured) -> None:
    assert main([mlp if word == "FILE" else word for word in words]) == 2
    shown = capsys.readouterr()
    assert f"error[{code}]" in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_internal_errors_ask_for_a_report(mlp: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    from tp.api import loading

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(loading, "load_with", broken)
    monkeypatch.delenv("TP_DEBUG", raising=False)
    assert main(["check", mlp]) == 2
    assert "please report" in capsys.readouterr().err
    monkeypatch.setenv("TP_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check", mlp])


def test_explain(capsys: Captured) -> None:
    assert main(["explain", "tp501"]) == 0
    assert "memory" in capsys.readouterr().out


@pytest.mark.parametrize(("form", "start"), [("text", ""), ("mermaid", "flowchart"), ("svg", "<svg")])
def test_graph(form: str, start: str, mlp: str, capsys: Captured) -> None:
    assert main(["graph", mlp, "--format", form]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(start)
    assert "tanh" in shown


def test_version_and_help(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tp ")
    assert main(["--help"]) == 0
    assert "verify" in capsys.readouterr().out
    assert main([]) == 2


def test_names_are_split_outside_brackets() -> None:
    assert quantities("F, C[0,2],C[1,1] ,hessian") == ["F", "C[0,2]", "C[1,1]", "hessian"]


def test_settings_are_pairs() -> None:
    assert settings(["depth=5", "phi = relu"]) == {"depth": "5", "phi": "relu"}
    with pytest.raises(TpError, match="twice"):
        settings(["depth=5", "depth=6"])


def test_checking_loads_nothing_heavy(mlp: str) -> None:
    script = (
        "import sys; from tp.cli import main; code = main(sys.argv[1:]); "
        "print([m for m in ('jax', 'scipy', 'sklearn', 'rich') if m in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", script, "check", mlp], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", ["graph FILE --format svg", "--help", "check FILE --format json"])
def test_a_closed_pipe_is_quiet(words: str, mlp: str) -> None:
    tp = f"{sys.executable} -m tp {words.replace('FILE', mlp)}"
    done = shell(f"{{ sleep 0.1; {tp}; echo $? >&2; }} | true")
    assert done.stderr == "141\n"


def test_closed_progress_ends_the_run(mlp: str) -> None:
    # Lines come from two seconds on, so the run has to take longer. It is broken off then.
    words = f"correlations {mlp} --widths 16384:131072 --seeds 4000 --quantities kernel --no-store"
    assert shell(f"{sys.executable} -m tp {words} 2>&1 >/dev/null | true; exit ${{PIPESTATUS[0]}}").returncode == 141


def test_closed_errors_do_not_change_the_code(wrong: str) -> None:
    done = shell(f"{{ {sys.executable} -m tp check {wrong} 2>&1 >&3 | true; exit ${{PIPESTATUS[0]}}; }} 3>/dev/null")
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device is always full here")
@pytest.mark.parametrize("words", ["graph FILE", "--version", "explain TP101", "check missing.tp --format json"])
def test_a_full_disk_is_a_diagnostic(words: str, mlp: str) -> None:
    done = shell(f"{sys.executable} -m tp {words.replace('FILE', mlp)} > /dev/full")
    assert done.returncode == 2
    assert done.stderr.startswith("error[TP508]: cannot write to standard output: No space")
    assert len(done.stderr.splitlines()) == 1


def test_no_standard_output_is_a_diagnostic(mlp: str) -> None:
    done = shell(f"{sys.executable} -m tp graph {mlp} >&-")
    assert done.returncode == 2
    assert done.stderr.startswith("error[TP508]")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("form", ["text", "json"])
def test_data_too_large_for_the_numbers(form: str, mlp: str, tmp_path: Path, capsys: Captured) -> None:
    np.save(tmp_path / "x.npy", 1e300 * np.eye(3))
    words = ["run", mlp, "--widths", "8", "--data", str(tmp_path / "x.npy"), "--format", form]
    assert main(words) == 2
    shown = capsys.readouterr()
    assert "TP604" in shown.err + shown.out
    assert "--dtype float64" in shown.err + shown.out
    assert main([*words, "--dtype", "float64"]) == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_that_are_not_finite(dtype: str, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "large.tp"
    path.write_text(MLP.replace("tanh(h[depth])", "h[1] * h[1]"))
    np.save(tmp_path / "x.npy", (1e30 if dtype == "float32" else 1e300) * np.eye(3))
    words = ["run", str(path), "--widths", "8", "--data", str(tmp_path / "x.npy"), "--dtype", dtype]
    assert main([*words, "--format", "json"]) == 2
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert found["code"] == "TP604"
    assert f"the output f is not finite in {dtype} at width 8" in found["message"]


@pytest.mark.parametrize("words", [["check", "FILE"], ["orders", "FILE", "--quantities", "F"], ["check", "FILEx"]])
def test_names_of_files_do_not_steer_the_terminal(words: list[str], mlp: str, capsys: Captured) -> None:
    path = Path(mlp).rename(Path(mlp).with_name("a\x1b[31m\x9b\u202e.tp"))
    main([word.replace("FILE", str(path)) for word in words])
    shown = capsys.readouterr()
    assert not set("\x1b\x9b\u202e") & set(shown.out + shown.err)


def test_kernel(mlp: str, tmp_path: Path, capsys: Captured) -> None:
    file, arrays = str(tmp_path / "data.npz"), str(tmp_path / "kernel.npz")
    np.savez(file, x=np.random.default_rng(0).standard_normal((5, 3)))
    common = ["kernel", mlp, "--width", "16", "--seeds", "3"]
    assert main([*common, "--data", file, "--format", "json", "--output", arrays]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["width"], found["inputs"], found["draws"]) == ("ntk", 16, [5, 5], 3)
    (kernel,) = found["kernels"]
    with np.load(arrays) as saved:
        np.testing.assert_array_equal(saved["kernel"], kernel["values"])
        np.testing.assert_array_equal(saved["error"], kernel["errors"])
    assert main([*common, "--data", file, "--against", file, "--samples", "2", "--kind", "nngp"]) == 0
    shown = capsys.readouterr().out
    assert "covariance of outputs at width 16; 2 x 2 inputs; 3 draws of the weights" in shown
    assert "x_1  " in shown
    assert main(["kernel", mlp, "--kind", "ntkk"]) == 2
    assert "TP500" in capsys.readouterr().err
    assert main([*common, "--data", file, "--samples", "6"]) == 2
    assert "TP603" in capsys.readouterr().err


def test_lint(mlp: str, tmp_path: Path, capsys: Captured) -> None:
    assert main(["lint", mlp, "--strict"]) == 0
    assert capsys.readouterr().out == f"{mlp}: mlp is fine\n"
    Path(mlp).write_text(MLP.replace(" / sqrt(n)", "").replace("claim f", "y = x\n  claim f"))
    assert main(["lint", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert "has 2 warnings" in shown.out
    assert "warning[TP809]: this sum over n makes order sqrt(n) of values of order 1" in shown.err
    assert "warning[TP801]" in shown.err
    assert main(["lint", mlp, "--strict", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(d["code"], d["span"]["line"]) for d in found] == [("TP801", 8), ("TP809", 7)]


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("é😀", "utf-8", "é😀"),
        ("é😀", "latin-1", "é\\ud83d\\ude00"),
        ("é😀", "ascii", "\\u00e9\\ud83d\\ude00"),
        ("a\udc80", "utf-8", "a\\udc80"),
    ],
)
def test_characters_that_a_stream_lacks_are_escaped_as_in_json(text: str, encoding: str, shown: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    with patch.object(sys, "stdout", stream):
        assert deliver(json.dumps(text, ensure_ascii=False), ExitCode.HOLDS) is ExitCode.HOLDS
    printed = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert printed == f'"{shown}"'
    assert json.loads(printed) == text
