"""Programs with maps that are run: the Python side, its faults, and what is stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tp
from tp import maps
from tp.cli import main
from tp.experiments.at import At
from tp.experiments.correlations import Correlations
from tp.studies.declared import declared_facts

TEXT = """program spins {
  width n
  input x : [d=3]
  map magnet : [n] -> [n] odd norms 1
  param U : [n, d] ~ normal(0, 1)
  param v : [n] ~ normal(0, 1)
  m = magnet(U @ x)
  output f = dot(v, m) / sqrt(n)
  claim kernel : O(1)
}"""
HERE = tp.Resources(store=False)
FILE = """import jax.numpy as jnp
from constants import COUPLING

def magnet(h):
    m = jnp.tanh(h)
    for _ in range(5):
        m = jnp.tanh(h + COUPLING * m.mean())
    return m
"""


def magnet(h: Any) -> Any:
    m = jnp.tanh(h)
    for _ in range(3):
        m = jnp.tanh(h + 0.5 * m.mean())
    return m


def codes(function: Callable[[Any], Any]) -> tuple[str, str, int | None]:
    """The code, message and line with which a run is refused."""
    with pytest.raises(tp.TpError) as raised:
        tp.parse(TEXT, maps={"magnet": function}).correlations([4], seeds=1, quantities=["F"], resources=HERE)
    (found,) = raised.value.diagnostics
    return found.code, found.message, None if found.span is None else found.span.line


def of_numpy(h: Any) -> Any:
    return np.tanh(np.asarray(h))


def mean(h: Any) -> Any:
    return h.mean()


def failing(h: Any) -> Any:
    raise KeyError("no such spin")


def of_a_list(h: Any) -> Any:
    return [h]


def complex_(h: Any) -> Any:
    return h * 1j


@pytest.mark.parametrize(
    ("function", "code", "said"),
    [
        (of_numpy, "TP623", "TracerArrayConversionError"),
        (mean, "TP624", "an array of shape [], not one of shape [4]"),
        (failing, "TP623", "KeyError: 'no such spin'"),
        (of_a_list, "TP624", "a list"),
        (complex_, "TP624", "complex"),
    ],
)
def test_what_a_function_may_not_do(function: Callable[[Any], Any], code: str, said: str) -> None:
    found, message, line = codes(function)
    assert (found, line) == (code, 7)
    assert said in message


def test_a_run_needs_the_function_and_orders_do_not() -> None:
    model = tp.parse(TEXT)
    assert model.orders(["kernel"]).prediction.exponents["kernel"] == 0
    with pytest.raises(tp.TpError) as raised:
        model.forward([4])
    (found,) = raised.value.diagnostics
    assert (found.code, found.span.line if found.span else 0) == ("TP621", 7)
    assert found.hint is not None
    assert "--maps" in found.hint


def facts(text: str, function: Callable[[Any], Any]) -> dict[str, bool]:
    model = tp.parse(text, maps={"magnet": function})
    return {fact.fact: fact.holds for fact in declared_facts(model.program)}


@pytest.mark.slow
def test_true_facts_are_not_contradicted() -> None:
    assert facts(TEXT, magnet) == {"value": True, "odd": True, "derivative 1": True, "derivative 2": True}


def grown(h: Any) -> Any:
    return h * jnp.sqrt(h.size)


def shifted(h: Any) -> Any:
    return jnp.tanh(h) + 0.1


def sharp(h: Any) -> Any:
    return jnp.tanh(h * h.size) / h.size


@pytest.mark.parametrize(
    ("function", "wrong"),
    [(grown, {"value", "derivative 1"}), (shifted, {"odd"}), (sharp, {"derivative 2"})],
)
def test_wrong_facts_are_contradicted(function: Callable[[Any], Any], wrong: set[str]) -> None:
    found = {name for name, holds in facts(TEXT, function).items() if not holds}
    assert wrong <= found


def test_a_degree_is_tested() -> None:
    text = TEXT.replace("odd norms 1", "even norms 1 degree 2")
    assert all(facts(text, lambda h: h * h).values())
    assert not facts(text, lambda h: h**4)["derivative 3 vanishes"]


def test_contradicted_facts_leave_everything_undecided() -> None:
    model = tp.parse(TEXT, maps={"magnet": shifted})
    found = model.verify([4, 8, 16], seeds=2, quantities=["kernel"], resources=HERE)
    assert {q.judgement.verdict.value for q in found.quantities} == {"undecided"}
    assert [(c.outcome, "line 7" in c.reason) for c in found.claims] == [("undecided", True)]
    assert "contradicted" in tp.render([found])
    with pytest.raises(tp.TpError) as raised:
        model.linearize(widths=[4, 8], seeds=1, resources=HERE)
    assert raised.value.diagnostics[0].code == "TP626"


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(tp.TpError) as raised:
        facts(TEXT, lambda h: jnp.log(h))
    assert raised.value.diagnostics[0].code == "TP624"


def test_one_step_of_training_is_that_of_the_activation() -> None:
    """Tanh as a map, trained as an array program: the same weights give the same gradient and loss."""
    plain = tp.parse(TEXT.replace("  map magnet : [n] -> [n] odd norms 1\n", "").replace("magnet(", "tanh("))
    mapped = tp.parse(TEXT, maps={"magnet": jnp.tanh})
    params, x = plain.init(0, 8), jnp.asarray([0.3, -1.0, 0.5])
    one, other = (jax.grad(lambda p, m=m: (m.apply(p, x) - 1.0) ** 2)(params) for m in (plain, mapped))
    for name in params:
        np.testing.assert_allclose(other[name], one[name], rtol=1e-5)


# keys ------------------------------------------------------------------------------------------------


def written(folder: Path, coupling: float = 0.5, text: str = FILE) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "constants.py").write_text(f"COUPLING = {coupling}\n")
    (folder / "magnets.py").write_text(text)
    return str(folder / "magnets.py")


def test_keys_change_with_the_file_and_with_what_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    def key(file: str) -> str:
        monkeypatch.delitem(sys.modules, "constants", raising=False)
        return maps.known("magnet", maps.functions(file)["magnet"])

    first = key(written(tmp_path / "a"))
    assert key(written(tmp_path / "a")) == first
    assert key(written(tmp_path / "b")) == first, "the same text in another folder"
    assert key(written(tmp_path / "a", coupling=0.25)) != first
    assert key(written(tmp_path / "a", text=FILE.replace("5", "6"))) != first


def test_keys_know_what_a_function_holds() -> None:
    def scaled(c: float) -> Callable[[Any], Any]:
        return lambda h: c * jnp.tanh(h)

    assert maps.known("f", scaled(0.5)) == maps.known("f", scaled(0.5))
    assert maps.known("f", scaled(0.5)) != maps.known("f", scaled(0.25))
    two = (partial(jnp.clip, min=-c, max=c) for c in (1.0, 2.0))
    assert len({maps.known("f", function) for function in two}) == 2
    token = object()
    assert maps.known("f", lambda h: (token, h)[1]) != maps.known("f", lambda h: (token, h)[1])


def test_the_identity_of_an_experiment_has_the_function(tmp_path: Path) -> None:
    file = written(tmp_path)
    model = tp.parse(TEXT, maps=dict(maps.functions(file)))
    experiment = Correlations("spins", model.graph, ["F"], {"x": np.ones((2, 3))})
    other = Correlations("spins", tp.parse(TEXT, maps={"magnet": magnet}).graph, ["F"], {"x": np.ones((2, 3))})
    assert experiment.identity().program != other.identity().program
    assert experiment.identity().shared


def test_another_process_can_have_the_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pickled and read back where the function is not known, as in a worker."""
    import pickle

    model = tp.parse(TEXT, maps=dict(maps.functions(written(tmp_path))))
    experiment = Correlations("spins", model.graph, ["F"], {"x": np.ones((2, 3))})
    data = pickle.dumps(experiment)
    monkeypatch.setattr(maps, "_FUNCTIONS", {})
    found = pickle.loads(data).draw(At(4), 0, 1)["F"]
    assert np.isfinite(found).all()
    (tmp_path / "magnets.py").write_text(FILE + "\nprint\n")
    monkeypatch.setattr(maps, "_FUNCTIONS", {})
    with pytest.raises(tp.TpError) as raised:
        pickle.loads(data)
    assert raised.value.diagnostics[0].code == "TP622"


def test_a_function_in_no_file_stays_in_this_process() -> None:
    space: dict[str, Any] = {"jnp": jnp}
    exec("def magnet(h):\n    return jnp.tanh(h)", space)
    model = tp.parse(TEXT, maps={"magnet": space["magnet"]})
    assert not Correlations("spins", model.graph, ["F"], {"x": np.ones((2, 3))}).identity().shared


# the command line ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "TP622"),
        ("x = 1 / 0\n", "TP622"),
        ("def (:\n", "TP622"),
        ("raise SystemExit(0)\n", "TP622"),
        ("def other(h):\n    return h\n", "TP621"),
        ("def magnet(h):\n    raise ValueError('no field')\n", "TP623"),
    ],
)
def test_files_that_cannot_be_used(
    text: str | None, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spins.tp").write_text(TEXT)
    if text is not None:
        (tmp_path / "maps.py").write_text(text)
    words = ["run", str(tmp_path / "spins.tp"), "--maps", str(tmp_path / "maps.py"), "--widths", "4"]
    assert main(words) == 2
    assert f"error[{code}]" in capsys.readouterr().err


def test_a_file_of_maps_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spins.tp").write_text(TEXT)
    file = written(tmp_path)
    assert main(["run", str(tmp_path / "spins.tp"), "--maps", file, "--widths", "4"]) == 0
    assert capsys.readouterr().out.startswith("spins")


# certificates ----------------------------------------------------------------------------------------


def test_certificates_name_the_declared_facts_among_what_is_trusted() -> None:
    for model in (tp.parse(TEXT), tp.parse(TEXT, maps={"magnet": magnet})):
        certificate = model.orders(["kernel", "C[0,2]"], certified=True).certificate
        checked = tp.certify(certificate, tp.parse(TEXT))
        assert any("magnet" in ground and "odd" in ground for ground in checked.grounds)
