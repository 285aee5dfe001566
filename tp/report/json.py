"""Results as JSON values: strict (no NaN), exponents as exact rationals in strings."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tp.exponent import shown
from tp.report.orders import claim_json
from tp.statistics.estimate import LEVEL
from tp.statistics.fit import Fit
from tp.studies.correlations import Numbers
from tp.studies.judging import QuantityResult
from tp.studies.verify import Verification

Json = dict[str, Any]


def dumps(values: Sequence[Any]) -> str:
    """One value as itself, several as an array. Raises ValueError for a number that JSON does not have."""
    return json.dumps(values[0] if len(values) == 1 else list(values), indent=2, allow_nan=False, ensure_ascii=False)


def verification_json(result: Verification) -> Json:
    """The value of ``tp verify``: the entries of ``orders`` with what was measured, and the claims."""
    return {
        "program": result.provenance.program,
        "file": result.provenance.file,
        "quantities": [quantity_json(q) for q in result.quantities],
        "claims": [claim_json(c) for c in result.claims],
        "assumptions": list(result.assumptions),
        "confidence": {"together": LEVEL, "quantities": len(result.quantities), "correction": "Bonferroni"},
        "widths": list(result.provenance.widths),
        "dtype": result.provenance.dtype,
        "engines": engines_json(result.provenance.engines),
        "cells": {"all": result.provenance.cells, "stored": result.provenance.stored},
        "interrupted": result.provenance.interrupted,
        "exit_code": result.exit_code,
    }


def numbers_json(result: Numbers) -> Json:
    """The samples of ``tp correlations``."""
    return {
        "program": result.provenance.program,
        "file": result.provenance.file,
        "dtype": result.provenance.dtype,
        "engines": engines_json(result.provenance.engines),
        "quantities": [
            {
                "name": name,
                "widths": [
                    {
                        "n": cell.n,
                        "seeds": len(cell.values),
                        "median": number(cell.median),
                        "quantile_90": number(cell.quantile),
                        "values": [number(v) for v in cell.values],
                    }
                    for cell in cells
                ],
            }
            for name, cells in result.quantities.items()
        ],
        "cells": {"all": result.provenance.cells, "stored": result.provenance.stored},
        "interrupted": result.provenance.interrupted,
    }


def number(value: float) -> float | str:
    """``value``, or its name as a string where it is not finite."""
    return value if math.isfinite(value) else str(value)


def quantity_json(q: QuantityResult) -> Json:
    """One row of the table of ``tp verify``."""
    predicted = shown(True, q.predicted) if q.known else None
    measured, interval = _measured(q.fit)
    return {
        "name": q.name,
        "typical": predicted,
        "exact": q.exact,
        "predicted": predicted,
        "measured": measured,
        "interval": interval,
        "verdict": q.judgement.verdict.value,
        "reason": q.judgement.reason,
        **_samples(q.fit),
    }


def engines_json(found: Mapping[int, str]) -> dict[str, str]:
    """By width, which is a string as every key is."""
    return {str(n): engine for n, engine in found.items()}


def _measured(fit: Fit | None) -> tuple[float | str | None, list[float] | None]:
    """The slope and its interval; "-inf" for a quantity that is zero to rounding, null where there is none."""
    if fit is not None and fit.vanishes:
        return "-inf", None
    if fit is None or fit.late is None:
        return None, None
    found = fit.late.overall
    return found.value, [found.low, found.high]


def _samples(fit: Fit | None) -> Json:
    if fit is None:
        return {"widths": [], "seeds": [], "medians": [], "local": None}
    local = None if fit.late is None else [fit.late.lower.value, fit.late.upper.value]
    medians = [number(m) for m in fit.medians]
    return {"widths": list(fit.widths), "seeds": list(fit.seeds), "medians": medians, "local": local}
