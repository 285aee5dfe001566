"""The claims of a certificate: the answers of an analysis, each with the last line of its derivation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tp.orders.proof.certificate import Claim
from tp.quantities.definitions import Quantity
from tp.theory.all_orders import STEP, Series
from tp.theory.bounds import Bounds
from tp.theory.laws import usable
from tp.theory.regime import Regime
from tp.theory.scalars import Ground


def single_claims(grounds: Mapping[str, Ground]) -> Iterable[Claim]:
    """The typical exponents of single quantities."""
    for name, ground in grounds.items():
        yield Claim(name, "order", ground.derivation, ground.exponent, ground.factor)


def regime_claims(regime: Regime, known: Collection[str]) -> Iterable[Claim]:
    """The exponents that decide the regime, except those that are ``known``."""
    for name, derivation in regime.grounds.items():
        if name not in known:
            yield Claim(name, "order", derivation, derivation.value.exponent)


def series_claims(series: Series | None) -> Iterable[Claim]:
    """The closed forms of C^{0,d} for even and for odd d."""
    if series is not None:
        for parity, constant in ((0, series.even), (1, series.odd)):
            name = f"C[0,d] n^({series.rate} d), d {'odd' if parity else 'even'}"
            yield Claim(name, "series", series.derivation, constant, variable=STEP, parity=parity)


def form_claims(bounds: Bounds, quantities: Iterable[Quantity]) -> Iterable[Claim]:
    """The bounds of the quantities, where there are any."""
    for quantity in quantities:
        form = bounds.best(quantity.free, quantity.contracted)
        if form is not None and usable(form):
            triple = (form.constant, form.along, form.free)
            yield Claim(quantity.name, "form", form.derivation, form=triple)
