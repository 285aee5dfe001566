"""``result.plot()``: the charts of pages as figures of matplotlib."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from handmade_reports import ORDERS, RESULT

import tp
from tp.api.remembered import Remembered
from tp.exit_code import ExitCode
from tp.report.archive import read, written
from tp.report.contents import document
from tp.report.contents.against_width import of_quantities
from tp.report.drawn.scale import horizontal, vertical

pytest.importorskip("matplotlib")


def test_all_charts_in_a_grid() -> None:
    figure = RESULT.plot()
    charts = of_quantities(RESULT.quantities)
    assert [part.get_suptitle() for part in figure.subfigs] == [chart.title for chart in charts]
    assert [len(part.axes) for part in figure.subfigs] == [len(chart.panels) for chart in charts] == [2, 1, 1]
    upper, lower = figure.subfigs[0].axes
    assert upper.get_xlim() == lower.get_xlim() == pytest.approx(horizontal(charts[0]).ends)
    assert upper.get_ylim() == pytest.approx(vertical(charts[0].panels[0]).ends)
    assert (upper.get_xscale(), upper.get_yscale(), lower.get_yscale()) == ("log", "log", "linear")
    assert [text.get_text() for text in figure.subfigs[1].axes[0].texts] == ["all values are zero"]


def test_one_chart_by_its_name() -> None:
    (part,) = RESULT.plot("C[0,2]").subfigs
    (legend,) = part.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "draws",
        "median, 99% interval",
        "predicted n^(-1), through the last median",
    ]
    with pytest.raises(tp.TpError, match="no chart is called G") as caught:
        RESULT.plot("G")
    assert caught.value.diagnostics[0].hint == "charts: C[0,2], C[0,4], F"


def test_a_report_from_the_store_has_the_same_charts() -> None:
    kept = json.loads(json.dumps(written(document(RESULT))))
    remembered = Remembered(read(kept), ExitCode.HOLDS)
    assert [p.get_suptitle() for p in remembered.plot().subfigs] == [p.get_suptitle() for p in RESULT.plot().subfigs]
    assert remembered._repr_html_() == RESULT._repr_html_()


def test_a_result_without_charts() -> None:
    with pytest.raises(tp.TpError, match=r"the report mlp \(mlp.tp\) has no charts") as caught:
        ORDERS.plot()
    assert caught.value.diagnostics[0].code == "TP508"


def test_notebooks_show_figures() -> None:
    shown = getattr(RESULT.plot("F"), "_repr_png_")()  # noqa: B009
    assert shown.startswith(b"\x89PNG")


def test_pictures_of_the_same_result_are_the_same(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        tp.save_figure(RESULT, str(tmp_path / name))
    assert (tmp_path / "a.svg").read_text().count("<path") > 10
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(tp.TpError, match="pictures need the package matplotlib") as caught:
        RESULT.plot()
    assert caught.value.diagnostics[0].hint == 'pip install "tp[plot]"'
