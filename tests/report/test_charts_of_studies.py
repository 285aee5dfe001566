"""Which charts the reports of studies have, and what they show where runs diverge or values are missing."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
from handmade_reports import RESULT

import tp
from tp.data.logs import Key
from tp.experiments.training.observables import LINEAR_LOSS, LOSS
from tp.experiments.training.schedule import Schedule
from tp.quantities.definitions import DEVIATION
from tp.report.chart import Chart
from tp.report.contents import document
from tp.report.contents.along_steps import along_steps
from tp.report.document import Group
from tp.report.drawn.svg import svg
from tp.statistics.estimate import Estimate
from tp.statistics.fit import fit
from tp.statistics.optimum import Drift
from tp.statistics.verdict import Judgement, Verdict
from tp.studies.coordinates.orders_of_values import Order
from tp.studies.coordinates.result import Coordinate, Coordinates
from tp.studies.correlations import Cell, Numbers
from tp.studies.curves import Curve
from tp.studies.provenance import Provenance
from tp.studies.transfer.result import Optimum, RateCurve, Transfer

ORIGIN = Provenance("mlp", "mlp.tp")


def charts(result: object) -> list[Chart]:
    """All charts of a report; each can be drawn."""
    sections = document(result).sections  # type: ignore[arg-type]
    found = [
        block
        for part in sections
        for section in (part.sections if isinstance(part, Group) else (part,))
        for block in section.blocks
        if isinstance(block, Chart)
    ]
    assert len({chart.name for chart in found}) == len(found)
    assert all(map(svg, found))
    return found


def test_verify_has_a_chart_of_every_quantity() -> None:
    first, zero, wild = charts(RESULT)
    assert [chart.name for chart in (first, zero, wild)] == ["C[0,2]", "C[0,4]", "F"]
    assert first.panels[0].series[-1].name == "predicted n^(-1), through the last median"
    assert zero.note == "all values are zero"
    assert wild.note == "no value is positive and finite"


def test_correlations_have_no_prediction() -> None:
    cells = (Cell(8, (1.0, 2.0, 3.0)), Cell(16, (inf,)))
    (chart,) = charts(Numbers({"F": cells, "kernel": ()}, ORIGIN))
    assert [series.role for series in chart.panels[0].series] == ["draws", "median"]
    assert (chart.panels[0].series[1].x, chart.panels[0].series[1].y) == ((8,), (2,))


def curve(n: int, losses: tuple[float, ...], linear: tuple[float, ...], apart: tuple[float, ...]) -> Curve:
    return Curve(n, (0, 1, 2), {DEVIATION: (0.0, *apart)}, (0, 1), {LOSS: losses, LINEAR_LOSS: linear})


def test_runs_have_a_line_for_each_width() -> None:
    loss, apart = along_steps(
        [curve(8, (1.0, 0.5), (1.0, 0.4), (0.1, 0.2)), curve(16, (1.0, 0.6), (1.0, 0.3), (0.01, 0.02))], {}
    )
    lines = [(s.role, s.name, s.y, s.shade) for s in loss.panels[0].series]
    assert lines == [
        ("curve", "n = 8", (1, 0.5), 0),
        ("curve", "n = 16", (1, 0.6), 1),
        ("predicted", "linear model", (1, 0.4), 0),
        ("predicted", "linear model", (1, 0.3), 1),
    ]
    assert [(s.x, s.y) for s in apart.panels[0].series] == [((1, 2), (0.1, 0.2)), ((1, 2), (0.01, 0.02))]
    assert not loss.remarks


def test_losses_of_runs_that_diverge_are_cut_off() -> None:
    wild = curve(8, (1.0, 1e9), (1.0, inf), (nan, inf))
    loss, apart = along_steps([wild], {8: 1})
    assert loss.panels[0].y.high == 30
    assert loss.remarks == ("Values above 30 are cut off.", "At n = 8 a run diverged in step 1.")
    assert apart.note == "no value is positive and finite"
    assert along_steps([], {}) == ()
    assert svg(loss)
    assert svg(apart)


def rates(n: int, losses: tuple[float, ...]) -> RateCurve:
    low, high = tuple(loss / 2 for loss in losses), tuple(loss * 2 for loss in losses)
    return RateCurve(n, (0.5, 1.0, 2.0, 4.0), losses, low, high, (0.0,) * 4, (4,) * 4)


def transfer(*curves: RateCurve) -> Transfer:
    best = Optimum(8, 4, Estimate(1.0, 0.8, 1.3, 0.99), Estimate(0.1, 0.05, 0.2, 0.99))
    missing = Optimum(16, 4, None, None, "no minimum")
    return Transfer(
        curves, (best, missing), None, None, Drift.UNDECIDED, None, "it was not asked", Schedule(steps=5), ORIGIN
    )


def test_learning_rates_have_curves_bands_and_best_rates() -> None:
    (chart,) = charts(transfer(rates(8, (1.0, 0.1, 500.0, inf)), rates(16, (inf,) * 4)))
    (panel,) = chart.panels
    band, line, dot = panel.series
    assert (band.role, line.role, dot.role) == ("band", "curve", "best")
    assert (line.x, line.y) == ((0.5, 1, 2), (1, 0.1, 500))
    assert (dot.x, dot.y, dot.low, dot.high) == ((1,), (0.1,), (0.8,), (1.3,))
    assert panel.y.high == 10
    assert chart.remarks == ("Values above 10 are cut off.", "A curve ends where at least half of the runs diverge.")
    assert chart.x.label == "learning rate, in units of the program's rates"
    assert charts(transfer()) == []
    assert charts(transfer(rates(8, (inf,) * 4)))[0].note == "all runs diverge"


def coordinate(name: str, step: int, slope: float, order: Order, kind: str = "value") -> Coordinate:
    found = fit({n: np.full(6, float(n) ** slope) for n in (64, 256, 1024)})
    return Coordinate(Key(name, kind, step), found, order, "program", Judgement(Verdict.UNDECIDED, ""), {})


def coordinates(*rows: Coordinate) -> Coordinates:
    return Coordinates("log.csv", "net", rows, (64, 256, 1024), 0, ())


def test_logged_sizes_have_a_chart_for_each_step() -> None:
    half = Order(Fraction(1, 2))
    found = charts(
        coordinates(
            coordinate("h", 0, 0.5, half), coordinate("f", 0, -1.0, Order(None)), coordinate("h", 1, nan, half),
            coordinate("h", 1, 0.0, Order(Fraction(1000)), "change"),
        )
    )  # fmt: skip
    assert [chart.name for chart in found] == ["step 0", "step 1", "change since step 0, step 1"]
    h, f, predicted = found[0].panels[0].series
    assert [(s.role, s.name) for s in (h, f)] == [("curve", "h"), ("curve", "f")]
    assert (predicted.role, predicted.shade) == ("predicted", h.shade)
    assert predicted.y == pytest.approx((8, 32), rel=1e-4)
    assert found[1].note == "no size is positive and finite"
    assert found[1].remarks == ("No size is positive and finite: h.",)
    assert [s.role for s in found[2].panels[0].series] == ["curve"]


def test_of_many_steps_the_first_and_the_last_have_charts() -> None:
    rows = [coordinate("h", step, 0.0, Order(Fraction(0))) for step in range(100)]
    assert [chart.name for chart in charts(coordinates(*rows))] == [f"step {k}" for k in (0, 20, 40, 59, 79, 99)]


@pytest.mark.slow
def test_linearize_has_charts_of_both_sides_and_along_the_steps() -> None:
    model = tp.load(Path(__file__).parents[2] / "programs" / "mlp.tp", depth=1)
    found = {c.name: c for c in charts(model.linearize(Schedule(steps=2), [16, 32, 64], seeds=8, store=False))}
    names = list(found)
    assert (
        names.index(DEVIATION)
        < names.index("C[0,2]")
        < names.index("loss")
        < names.index(f"{DEVIATION} along the steps")
    )
    assert [s.role for s in found[DEVIATION].panels[0].series] == ["draws", "interval", "median", "predicted"]
    assert len(found[DEVIATION].panels[0].series[0].x) == 3 * 8
    assert len(found["loss"].panels[0].series) == 6
