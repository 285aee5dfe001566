"""The report of ``tp coordinates``: slopes of logged sizes against the width, predictions and verdicts."""

from __future__ import annotations

from tp.report.cells import Exponent, Number, Shown, Text, Verdict, strict
from tp.report.contents.logged_sizes import logged_sizes
from tp.report.document import Data, Document, Fact, Line, Notes, Section
from tp.report.fields import Field, table
from tp.statistics.estimate import LEVEL
from tp.statistics.few_draws import MANY
from tp.studies.coordinates.result import Coordinate, Coordinates

ASSUMPTIONS = (
    "seeds are independent of each other; draws of one seed at several widths may have a factor in common",
    "steps of one run depend on each other, and each is judged by itself",
    f"verdicts are about typical seeds: with fewer than {MANY} of them at a width, nothing is said of rare ones",
    "no term of higher order begins far beyond the largest width",
)
OF_PROGRAM = (
    "sizes are root mean squares over entries (for a scalar, its absolute value)",
    "after steps of training: at inputs that are trained on, with error signals dLoss/df of order 1",
)


def document(result: Coordinates) -> Document:
    """A row for each name and step, the sizes behind them, and what verdicts rest on."""
    origin = Fact(f"against {result.program}" if result.program else "", "program", result.program or None)
    return Document(
        Line((Fact(result.file, "file", result.file), origin), " "),
        (
            Section("", (table(_columns(result), result.rows, "values", "exponents of n of logged sizes"),)),
            _sizes(result),
            Section("", (_read(result), _together(len(result.rows)), *_remarks(result))),
            Section("assumptions", (Notes((*ASSUMPTIONS, *(OF_PROGRAM if result.program else ())), "assumptions"),)),
        ),
    )


def _columns(result: Coordinates) -> tuple[Field[Coordinate], ...]:
    changes = any(row.key.kind == "change" for row in result.rows)
    both = len({row.source for row in result.rows if row.source}) > 1
    return (
        Field("name", "name", lambda r: Text(r.key.name)),
        Field("kind" if changes else None, "kind", lambda r: Text(r.key.kind)),
        Field("step", "step", lambda r: Shown(str(r.key.step), r.key.step)),
        Field("predicted exponent of n", "predicted", _predicted),
        Field("by" if both else None, "predicted_by", lambda r: Shown(r.source, r.source or None)),
        Field(None, "exact", lambda r: Shown("", r.predicted.exact)),
        Field("measured", "measured", _measured),
        Field(f"{LEVEL:.0%} interval", "interval", _interval),
        Field("verdict", "verdict", _verdict),
        Field("reason", "reason", lambda r: Text(r.judgement.reason)),
        Field(None, "widths", lambda r: Shown("", list(r.fit.widths))),
        Field(None, "seeds", lambda r: Shown("", list(r.fit.seeds))),
        Field(None, "medians", lambda r: Shown("", [strict(m) for m in r.fit.medians])),
        Field(None, "diverged", lambda r: Shown("", {str(n): list(counts) for n, counts in r.diverged.items()})),
    )


def _predicted(row: Coordinate) -> Exponent:
    return Exponent(row.predicted.exponent, row.predicted.known, row.predicted.exact)


def _measured(row: Coordinate) -> Shown | Number:
    return Shown("-inf", "-inf") if row.fit.vanishes else Number(row.slope, "z.2f")


def _interval(row: Coordinate) -> Shown:
    found = row.exponent
    return (
        Shown("", None) if found is None else Shown(f"[{found.low:z.2f}, {found.high:z.2f}]", [found.low, found.high])
    )


def _verdict(row: Coordinate) -> Verdict:
    word = row.judgement.verdict.value if row.source else ""
    return Verdict(word, word or None)


def _sizes(result: Coordinates) -> Section:
    """Medians over seeds, a column for each width."""
    fields: tuple[Field[Coordinate], ...] = (
        Field("name", None, lambda r: Text(r.key.name if r.key.kind == "value" else f"change of {r.key.name}")),
        Field("step", None, lambda r: Text(str(r.key.step))),
        *(Field(f"n = {n}", None, lambda r, n=n: _median(r, n)) for n in result.widths),
    )
    return Section("sizes, medians over seeds", (table(fields, result.rows), *logged_sizes(result)))


def _median(row: Coordinate, n: int) -> Text:
    """The median at width n; how many runs diverged, where some did."""
    if n not in row.fit.widths:
        return Text("")
    if n in row.diverged:
        return Text("diverged" if len(set(row.diverged[n])) == 1 else "{} of {} diverged".format(*row.diverged[n]))
    return Text(f"{row.fit.medians[row.fit.widths.index(n)]:.3g}")


def _read(result: Coordinates) -> Line:
    seeds = sorted({s for row in result.rows for s in row.fit.seeds})
    each = " to ".join(map(str, dict.fromkeys((seeds[0], seeds[-1]))))
    again = f"{result.repeated} repeated rows counted once" if result.repeated else ""
    return Line(
        (
            Fact(f"widths {', '.join(map(str, result.widths))}", "widths", list(result.widths)),
            Fact(f"{each} {'seed' if each == '1' else 'seeds'} each"),
            Fact(again, "repeated", result.repeated),
        )
    )


def _together(count: int) -> Line:
    """The joint confidence of all intervals of the log."""
    each = 1 - (1 - LEVEL) / max(1, count)
    said = f"the {count} intervals hold together at {LEVEL:.0%} (Bonferroni: each at {100 * each:.4g}%)"
    value = {"together": LEVEL, "quantities": count, "correction": "Bonferroni"}
    return Line((Fact(said if count > 1 else "", "confidence", value),))


def _remarks(result: Coordinates) -> tuple[Line | Data, ...]:
    unmatched = f"not predicted: {', '.join(result.unmatched)}" if result.unmatched else ""
    none = (
        "" if any(row.source for row in result.rows) else "nothing is predicted: give --program, or a column predicted"
    )
    diverged = dict.fromkeys(row.key.name for row in result.rows if row.diverged)
    return (
        Line((Fact(unmatched, "unmatched", list(result.unmatched)),)),
        Line((Fact(none),)),
        Line((Fact(f"diverged: {', '.join(diverged)}" if diverged else "", "diverged", list(diverged)),)),
        Data("exit_code", int(result.exit_code)),
    )
