"""Charts of quantities against the width, and their pictures: what is drawn, what is left out, and what is said."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from math import inf, nan
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tp.report import archived_chart
from tp.report.chart import Axis, Chart, Panel, Series, pieces
from tp.report.contents.against_width import against_width
from tp.report.document import Document, Fact, Line, Section
from tp.report.drawn.legend import listed
from tp.report.drawn.scale import horizontal, vertical
from tp.report.drawn.svg import svg
from tp.report.render import render

SVG = "{http://www.w3.org/2000/svg}"
DRAWS = {n: np.random.default_rng(n).standard_normal(100) / n for n in (16, 64, 256, 4096)}
USUAL = against_width("C[0,2]", DRAWS, Fraction(-1))
ODD = {
    "zero": {8: [0.0] * 9, 16: [0.0] * 9},
    "negative": {8: [-1.0, -2.0], 16: [-3.0, -1.0]},
    "not_finite": {8: [nan] * 9, 16: [inf] * 9, 32: [1.0] * 9},
    "some_not_finite": {8: [1.0, inf], 16: [2.0, nan], 32: [3.0, 4.0]},
    "one_width": {8: [1.0, 2.0, 3.0]},
    "one_seed": {8: [1.0], 16: [2.0]},
    "one_number": {8: [1.0]},
    "nothing": {8: []},
    "no_width": {},
    "huge": {8: [1e308] * 9, 16: [1e-320] * 9, 32: [1e299, 1e-299]},
    "steep": {8: [1e290] * 9, 10**9: [1e-290] * 9},
}


def roles(chart: Chart, panel: int = 0) -> list[str]:
    return [series.role for series in chart.panels[panel].series]


def picture(chart: Chart) -> ElementTree.Element:
    """The picture, which is XML, with coordinates that are numbers and not far away."""
    text = svg(chart)
    for number in re.findall(r"nan|inf|[0-9.]+(?:e[-+]?\d+)?", " ".join(re.findall(r' (?:d|x|y)="([^"]*)"', text))):
        assert float(number) < 1e7
    return ElementTree.fromstring(text)


def test_draws_medians_the_prediction_and_local_slopes() -> None:
    assert roles(USUAL) == ["draws", "interval", "median", "predicted"]
    assert roles(USUAL, 1) == ["interval", "median", "predicted"]
    draws, interval, median, predicted = USUAL.panels[0].series
    assert draws.name == "first 64 draws at a width"
    assert draws.y[:64] == pytest.approx(np.abs(DRAWS[16][:64]), rel=1e-4)
    assert len(draws.x) == 4 * 64
    assert median.y == pytest.approx([np.sort(np.abs(v))[49] for v in DRAWS.values()], rel=1e-4)
    assert all(low < middle < high for low, middle, high in zip(interval.low, median.y, interval.high, strict=True))
    assert (predicted.x, predicted.y[1]) == ((16, 4096), median.y[-1])
    assert predicted.y[0] == pytest.approx(256 * median.y[-1], rel=1e-4)
    assert "through the last median" in predicted.name
    assert "the first 64 draws at widths that have more (100)" in USUAL.description


def test_local_slopes_lie_between_widths_and_have_intervals() -> None:
    exact = against_width("F", {n: np.full(20, n**-0.5) for n in (4, 16, 256)}, Fraction(-1, 2))
    interval, slope, predicted = exact.panels[1].series
    assert slope.x == pytest.approx([8, 64])
    assert slope.y == pytest.approx([-0.5] * 2)
    assert (*interval.low, *interval.high) == pytest.approx([-0.5] * 4)
    assert (predicted.x, predicted.y) == ((4, 256), (-0.5, -0.5))


def test_intervals_of_slopes_cover_them() -> None:
    """Of slopes of medians whose law is known, about one in a hundred lies outside of its interval."""
    draw = np.random.default_rng(0)
    missed = 0
    for _ in range(300):
        chart = against_width("F", {n: draw.exponential(size=60) for n in (16, 64)})
        (interval, _) = chart.panels[1].series
        missed += not interval.low[0] <= 0 <= interval.high[0]
    assert missed <= 9


def test_few_draws_have_no_interval() -> None:
    few = against_width("F", {8: [1.0] * 7, 16: [1.0] * 7})
    assert roles(few) == ["draws", "median"]
    assert "Fewer than 8 draws give no interval: n = 8, 16." in few.remarks
    assert roles(against_width("F", {8: [1.0] * 8})) == ["draws", "interval", "median"]


def test_a_bound_is_said_to_be_one() -> None:
    bound = against_width("F", DRAWS, Fraction(-1, 2), exact=False)
    assert bound.panels[0].series[-1].name.startswith("predicted at most n^(-1/2)")


@pytest.mark.parametrize("name", ODD)
def test_odd_values_are_left_out(name: str) -> None:
    draws = {n: np.array(values) for n, values in ODD[name].items()}
    for power in (None, Fraction(1, 2), Fraction(-300)):
        chart = against_width("F", draws, power)
        drawn = picture(chart)
        finite = sum(1e-300 <= abs(v) <= 1e300 for values in ODD[name].values() for v in values)
        assert sum(len(s.x) for s in chart.panels[0].series if s.role == "draws") == finite
        texts = [text.text for text in drawn.iter(f"{SVG}text")]
        assert (chart.note in texts) == (finite == 0)
    assert ("Zero at n = 8, 16: left out." in chart.remarks) == (name == "zero")
    assert ("Not finite at n = 8, 16: left out, and no median." in chart.remarks) == name.endswith("not_finite")
    assert ("Below 1e-300 or above 1e+300 at n = 8, 16: left out." in chart.remarks) == (name == "huge")
    assert chart.note == {
        "zero": "all values are zero",
        "nothing": "no value is positive and finite",
        "no_width": "no value is positive and finite",
    }.get(name, "")  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.integers(1, 10**7), st.lists(st.floats(), max_size=12), max_size=5),
    st.none() | st.fractions(-50, 50),
)
def test_any_values_have_a_picture(values: dict[int, list[float]], power: Fraction | None) -> None:
    picture(against_width("F", {n: np.array(found) for n, found in values.items()}, power))


def test_a_width_with_values_that_are_not_finite_has_no_median() -> None:
    chart = against_width("F", {8: [1.0] * 9, 16: [1.0] * 8 + [inf]})
    assert [s.x for s in chart.panels[0].series if s.role == "median"] == [(8,)]


def test_lines_are_broken_where_a_point_is_left_out() -> None:
    found = pieces("curve", Axis("step"), Axis("loss"), [1, 2, 3, 4], [1.0, nan, 0.5, 0.25], name="n = 8", shade=0.5)
    assert [(s.x, s.y, s.name, s.shade) for s in found] == [
        ((1,), (1,), "n = 8", 0.5),
        ((3, 4), (0.5, 0.25), "n = 8", 0.5),
    ]
    assert len(pieces("draws", Axis("step"), Axis("loss"), [1, 2, 3], [1.0, -1.0, 2.0])) == 1


@pytest.mark.parametrize(
    "series",
    [
        Series("curve", (1,), (nan,)),
        Series("curve", (1,), (0.0,)),
        Series("curve", (1, 2), (1.0,)),
        Series("interval", (1,), (), (0.0,), (1.0,)),
        Series("interval", (1,), (1.0,), (1.0,), (1.0,)),
        Series("curve", (1,), (1.0,), shade=2.0),
        Series("line", (1,), (1.0,)),  # type: ignore[arg-type]
    ],
)
def test_a_chart_has_no_points_without_a_place(series: Series) -> None:
    with pytest.raises(ValueError, match=r"series|shade"):
        Chart("F", "F", "", Axis("n"), (Panel(Axis("F"), (series,)),))


@pytest.mark.parametrize(
    ("axis", "values", "labels"),
    [
        (Axis("n"), (64, 65536), ["10²", "10³", "10⁴"]),
        (Axis("n"), (1e-9, 1), ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]),
        (Axis("n"), (1e-9, 2e-9), ["10⁻⁹", "2·10⁻⁹"]),
        (Axis("n"), (120, 600), ["200", "500"]),
        (Axis("n"), (300, 301), ["300.0", "300.2", "300.4", "300.6", "300.8", "301.0"]),
        (Axis("n", least=1.0), (3, 3), ["1", "2", "5", "10"]),
        (Axis("n", log=False), (-1.0, 0.5), ["−1.0", "−0.5", "0.0", "0.5"]),
        (Axis("n", log=False), (0, 32), ["0", "10", "20", "30"]),
        (Axis("n", log=False), (5, 5), ["4.6", "4.8", "5.0", "5.2", "5.4"]),
        (Axis("n", log=False), (0, 4e9), ["0", "1e+09", "2e+09", "3e+09", "4e+09"]),
    ],
)
def test_ticks(axis: Axis, values: tuple[float, float], labels: list[str]) -> None:
    chart = Chart("F", "F", "", axis, (Panel(Axis("y"), (Series("draws", values, (1, 1)),)),))
    assert [label for _, label in horizontal(chart).ticks(6)] == labels
    assert all(0 <= at <= 1 for at, _ in horizontal(chart).ticks(6))


def test_an_axis_may_end_within_the_values() -> None:
    cut = Chart("F", "F", "", Axis("n"), (Panel(Axis("y", high=10.0), (Series("curve", (1, 2), (1, 1e280)),)),))
    low, high = vertical(cut.panels[0]).ends
    assert high == pytest.approx(10)
    assert 0.5 < low < 1
    drawn = picture(cut)
    (clip,) = drawn.iter(f"{SVG}clipPath")
    (within,) = (group for group in drawn.iter(f"{SVG}g") if group.get("clip-path"))
    assert within.get("clip-path") == f"url(#{clip.get('id')})"
    assert not list(picture(USUAL).iter(f"{SVG}clipPath"))


def test_a_picture_is_named_and_described_and_has_no_colour_of_its_own() -> None:
    drawn = picture(USUAL)
    named = [drawn.find(f".//*[@id='{name}']") for name in (drawn.get("aria-labelledby") or "").split()]
    assert [one.text for one in named if one is not None] == [USUAL.title, USUAL.description]
    assert (drawn.get("role"), drawn.get("viewBox", "")[:8]) == ("img", "0 0 320 ")
    assert not re.search(r"(fill|stroke|style)=", svg(USUAL))


def test_names_in_a_page_are_unique() -> None:
    document = Document(Line((Fact("mlp"),)), (Section("", (USUAL, USUAL)),))
    page = render([document, document], "html")
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids)) == 8
    assert page.count("<figcaption>C[0,2] against the width</figcaption>") == 4


def test_charts_are_in_html_only() -> None:
    document = Document(Line((Fact("mlp", "program", "mlp"),)), (Section("", (USUAL,)),))
    assert render([document], "text") == "mlp"
    assert json.loads(render([document], "json")) == {"program": "mlp"}


def test_texts_are_escaped() -> None:
    hostile = "a\n<b>\x1b\udc80&'\""
    chart = against_width(hostile, DRAWS, Fraction(-1))
    drawn = picture(chart)
    tags = ("svg", "title", "desc", "text", "path", "g")
    assert {element.tag for element in drawn.iter()} == {f"{SVG}{tag}" for tag in tags}
    drawn_text = svg(chart)
    assert drawn_text.isprintable()
    drawn_text.encode()


def test_many_charts_are_small_and_quick() -> None:
    widths = [2**k for k in range(6, 15)]
    draws = {n: np.random.default_rng(n).standard_normal(1000) for n in widths}
    charts = [against_width(f"C[0,{k}]", draws, Fraction(-1)) for k in range(20)]
    assert sum(map(len, map(svg, charts))) < 500_000


def test_a_chart_is_read_back() -> None:
    for chart in (USUAL, against_width("F", {8: np.zeros(3)})):
        kept = json.dumps(archived_chart.written(chart), allow_nan=False)
        assert archived_chart.read(json.loads(kept)) == chart
        assert len(kept) < 12_000


@pytest.mark.parametrize(
    ("part", "value"),
    [("y", ["1"]), ("y", [True]), ("x", [[8, 10**9]]), ("role", "line"), ("name", 3), ("y", [float("nan")] * 256)],
)
def test_an_altered_chart_is_refused(part: str, value: object) -> None:
    kept = archived_chart.written(USUAL)
    kept["panels"][0]["series"][0][part] = value
    with pytest.raises(ValueError, match=r"chart|axis"):
        archived_chart.read(kept)


def test_a_legend_leaves_out_curves_only() -> None:
    curves = [Series("curve", (1, 2), (1, 1), name=f"h[{k}]", shade=k / 39) for k in range(40)]
    panel = Panel(Axis("size"), (*curves, Series("predicted", (1, 2), (1, 1), name="predicted")))
    chart = Chart("F", "F", "", Axis("n"), (panel,))
    found, more = listed(chart)
    assert [series.name for series in found] == [*(f"h[{k}]" for k in range(14)), "predicted"]
    assert more == 26
    assert "and 26 more" in [text.text for text in picture(chart).iter(f"{SVG}text")]


def test_an_empty_panel_has_no_ticks() -> None:
    texts = [text.text for text in picture(against_width("F", {8: np.zeros(9)})).iter(f"{SVG}text")]
    assert texts == ["|F|", "all values are zero", "width n"]
