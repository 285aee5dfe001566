"""What was seen of a weight at several widths, as one law with numbers c n^w. Raises TpError TP907 where it is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.imports.laws.initial import FIXED, PIECES, Initial, Part
from tp.imports.laws.quantiles import Fit
from tp.imports.laws.scale import powers, powers_of_sizes, shifted
from tp.imports.laws.seen import Piece, Seen
from tp.imports.laws.snap import FEW, MOST, simple
from tp.imports.traced.sizes import Number
from tp.laws.truncated_normal import deviation as truncated_deviation

CLOSE = 1e-4
"""The least relative error of a number that counts as known: simple numbers within it are taken for the number."""


def combined(name: str, seen: Mapping[int, Seen]) -> Initial:
    """The law of the weight called ``name``, from what was ``seen`` of it by width."""
    kinds = {_kind(one) for one in seen.values()}
    if len(kinds) > 1:
        said = "; ".join(f"{_kind(one)} at n = {n}" for n, one in seen.items())
        raise _unknown(name, f"its law is not the same at all widths: {said}")
    (kind,) = kinds
    if kind == "a constant":
        return _constant(name, seen)
    if kind == "a table":
        return _fixed(seen)
    if kind == "parts":
        return _parts(name, seen)
    return _law(name, seen)


def _kind(seen: Seen) -> str:
    if seen.value is not None:
        return "a constant"
    if seen.table is not None:
        return "a table"
    return "parts" if seen.pieces else "a law"


def _constant(name: str, seen: Mapping[int, Seen]) -> Initial:
    values = {n: one.value for n, one in seen.items() if one.value is not None}
    error = max(one.error for one in seen.values())
    number, square, notes = _number(f"{name}: its value", values, error, _axes(seen))
    return Initial(
        "constant", number, why=f"every entry is {_said(values)}, whatever the key", square=square, notes=notes
    )


def _fixed(seen: Mapping[int, Seen]) -> Initial:
    first, *rest = (one.table for one in seen.values())
    assert first is not None
    same = all(one is not None and one.shape == first.shape and np.allclose(one, first, rtol=1e-6) for one in rest)
    why = "its entries differ, and are the same for every key"
    return Initial(FIXED, Number(0.0), why=why, table=first if same else None)


def _law(name: str, seen: Mapping[int, Seen]) -> Initial:
    laws = [{(fit.law, fit.extra) for fit in one.fits} for one in seen.values()]
    common = set.intersection(*laws)
    if not common:
        said = "; ".join(f"{_named(one.fits)} at n = {n}" for n, one in seen.items())
        if not any(laws):
            raise _unknown(name, "its entries have none of the laws of the language")
        raise _unknown(name, f"no law of the language fits its entries at all widths: {said}")
    if len(common) > 1:
        said = ", ".join(law for law, _ in sorted(common))
        hint = "draw it in single or double precision: numbers with fewer digits look alike"
        raise _unknown(name, f"these laws of its entries cannot be told apart: {said}", hint)
    ((law, extra),) = common
    fits = {n: next(fit for fit in one.fits if fit.law == law) for n, one in seen.items()}
    axes, error = _axes(seen), max(fit.error for fit in fits.values())
    units = _units(law, extra)
    deviations = {n: fit.deviation for n, fit in fits.items()}
    deviation, square, notes = _number(f"{name}: its deviation", deviations, error, axes, units)
    mean, _, more = _number(f"{name}: its mean", {n: fit.mean for n, fit in fits.items()}, error, axes)
    share, sides = _share(name, seen), next(iter(seen.values())).sides
    if any(one.direction for one in seen.values()):
        more = (*more, _as_a_direction(name, seen))
    drawn = min(one.drawn for one in seen.values())
    how = f"told from {drawn} numbers at each width" if drawn else "exact up to rounding"
    why = f"{law.replace('_', ' ')}, {'gain' if sides else 'deviation'} {_said(deviations)}; {how}"
    return Initial(law, mean, deviation, extra, why, square, share, sides, notes=(*notes, *more))


def _as_a_direction(name: str, seen: Mapping[int, Seen]) -> str:
    """What to note of independent normal entries that stand for a vector of fixed length."""
    sizes = {n: max(one.shape) for n, one in seen.items()}
    if len(set(sizes.values())) < len(sizes):
        raise _unknown(
            name, "it is a vector of fixed length in a random direction, and has as many entries at all widths"
        )
    return (
        f"{name} has a fixed length and a random direction: independent normal entries stand for it, whose length "
        "fluctuates by a share of 1/sqrt(2 N) for N entries"
    )


def _share(name: str, seen: Mapping[int, Seen]) -> Number | None:
    shares = {n: one.share for n, one in seen.items() if one.share is not None}
    if not shares:
        return None
    error = max(error for _, error in shares.values())
    values = {n: value for n, (value, _) in shares.items()}
    return _number(f"{name}: the share of entries that are not zero", values, error, _axes(seen))[0]


def _parts(name: str, seen: Mapping[int, Seen]) -> Initial:
    first = next(iter(seen.values()))
    if len({(one.axis, len(one.pieces)) for one in seen.values()}) > 1:
        raise _unknown(name, "its entries have several laws, in other places at other widths")
    parts: list[Part] = []
    for place in range(len(first.pieces)):
        pieces = {n: one.pieces[place] for n, one in seen.items()}
        start, stop, indices = _place(name, pieces, {n: one.shape[first.axis] for n, one in seen.items()})
        law = combined(f"{name}, part {place + 1} along axis {first.axis}", {n: p.seen for n, p in pieces.items()})
        parts.append(Part(first.axis, start, stop, law, indices))
    return Initial(
        PIECES, why="entries of several laws: " + "; ".join(one.law.why for one in parts), parts=tuple(parts)
    )


def _place(name: str, pieces: Mapping[int, Piece], sizes: Mapping[int, int]) -> tuple[Fraction, Fraction, bool]:
    shares = {(Fraction(p.start, sizes[n]), Fraction(p.stop, sizes[n])) for n, p in pieces.items()}
    if len(shares) == 1:
        ((start, stop),) = shares
        alone = len(set(sizes.values())) == 1
        return (start * sizes[min(sizes)], stop * sizes[min(sizes)], True) if alone else (start, stop, False)
    places = {(p.start, p.stop) for p in pieces.values()}
    if len(places) == 1:
        ((first, last),) = places
        return Fraction(first), Fraction(last), True
    raise _unknown(name, "its entries have several laws, in parts that are no fixed share of an axis")


def _number(
    name: str,
    seen: Mapping[int, float],
    error: float,
    axes: Mapping[int, tuple[int, ...]],
    units: Sequence[Fraction | float] = (Fraction(1),),
) -> tuple[Number, Fraction | None, tuple[str, ...]]:
    """``seen`` as c n^w, the square of c where it is simple, and what is not exact about it."""
    found, notes = powers(seen, error), tuple[str, ...]()
    if not found:
        found = powers_of_sizes(seen, axes, error)
    if not found and (moved := shifted(seen, error)) is not None:
        found, shift = [moved[0]], moved[1]
        number, n = moved[0], min(seen)
        off = number.at(n) / seen[n] - 1.0
        notes = (
            f"{name} is {_said(seen)}, which is no power of n: it is made of n + {shift:.3g}. The limit of large n is "
            f"written, which is {abs(off):.1%} {'more' if off > 0 else 'less'} at n = {n}",
        )
        error = max(error, 1e-5)
    if not found:
        raise _unknown(name, f"it is not a constant times a power of n: {_said(seen)}")
    if len(found) > 1:
        said = ", ".join(f"n^({one.exponent})" for one in found)
        raise _unknown(name, f"may grow as {said}: {_said(seen)}", "more widths, farther apart, decide")
    number = found[0]
    if error > CLOSE:
        notes = (*notes, f"{name} was measured: {number.coefficient:.4g} within {error:.1%}")
    sizes, most = (_finite(axes), MOST) if error < CLOSE else ((), FEW)
    if number.coefficient and (exact := simple(number.coefficient, 2 * error, sizes, units, most)):
        return Number(exact.value, number.exponent), exact.square, notes
    return number, None, notes


def _units(law: str, extra: tuple[float, ...]) -> tuple[Fraction | float, ...]:
    """Squares of what deviations are simple multiples of: of a uniform law half of its interval, for example."""
    if law == "uniform":
        return Fraction(1), Fraction(1, 3)
    if law == "truncated_normal":
        return Fraction(1), truncated_deviation(extra[0]) ** 2
    if law == "student_t":
        return Fraction(1), Fraction(extra[0]) / Fraction(extra[0] - 2.0)
    return Fraction(1), Fraction(1, 2)


def _axes(seen: Mapping[int, Seen]) -> dict[int, tuple[int, ...]]:
    return {n: one.shape for n, one in seen.items()}


def _finite(axes: Mapping[int, tuple[int, ...]]) -> tuple[int, ...]:
    """Sizes of axes that are the same at all widths, and factors of the others."""
    shapes, widths = list(zip(*axes.values(), strict=True)), list(axes)
    found = {sizes[0] for sizes in shapes if len(set(sizes)) == 1}
    for sizes in shapes:
        ratios = {Fraction(size, n) for size, n in zip(sizes, widths, strict=True)}
        if len(ratios) == 1 and len(set(sizes)) > 1:
            (ratio,) = ratios
            found |= {ratio.numerator, ratio.denominator}
    return tuple(sorted(size for size in found if size > 1))


def _named(fits: Sequence[Fit]) -> str:
    return " or ".join(fit.law for fit in fits) or "no law"


def _said(values: Mapping[int, float]) -> str:
    if len(set(values.values())) == 1:
        return f"{next(iter(values.values())):.6g}"
    return ", ".join(f"{value:.6g} at n = {n}" for n, value in values.items())


def _unknown(name: str, what: str, hint: str = "") -> TpError:
    usual = "draw it with jax.random or jax.nn.initializers, by a law that docs/language.md lists under Laws"
    return error("TP907", f"the initial law of {name} is not recognised: {what}", hint=hint or usual)
