"""Means of products of terms in closed form.

Exponentials are absorbed by the law (:meth:`tp.gaussian.law.Law.tilted`). What is left are powers and gates. A gate is
the step of another normal variable: Φ(slope x) is the mean of the step of slope x + z over an independent standard
normal z. Powers are removed one by one by Stein's lemma, E[x F] = E[x] E[F] + Σ_y cov(x, y) E[∂_y F]; the derivative of
a step is the density of its variable at 0 times the mean given that it is 0. At last only steps are left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Any

from tp.gaussian.law import Law, is_zero, known, plus, times
from tp.gaussian.normal import FAR, density, distribution, least, orthant, rest, snapped
from tp.gaussian.terms import Gate, Term, Terms
from tp.namespace import namespace


def mean(one: Terms, other: Terms, law: Law) -> Any:
    """E[f(u) g(v)] for the sums of terms f and g (:func:`tp.gaussian.terms.closed`)."""
    groups: defaultdict[tuple[Any, Any], dict[tuple[int, int], complex]] = defaultdict(dict)
    for f in one:
        for g in other:
            found = groups[f.shape, g.shape]
            powers = (f.power, g.power)
            found[powers] = found.get(powers, 0.0) + f.coefficient * g.coefficient
    total: Any = 0.0
    for (f, g), polynomial in groups.items():
        turning = (complex(f[0]).imag, complex(g[0]).imag)
        if turning < (0.0, 0.0):
            continue  # the conjugate of another group
        value = _group(f, g, polynomial, law)
        if turning > (0.0, 0.0):
            value = 2.0 * namespace(value).real(value)
        total = plus(total, value)
    return total


Shape = tuple[complex, float, tuple[Gate, ...]]


def _group(f: Shape, g: Shape, polynomial: Mapping[tuple[int, int], complex], law: Law) -> Any:
    """The mean of polynomial(u, v) times exponentials and gates."""
    tilted, factor = law.tilted((f[0], g[0]), (f[1], g[1]))
    standard = _Standard.of(tilted, f[2], g[2])
    weights: dict[tuple[int, int], Any] = {}
    for (p, q), coefficient in polynomial.items():
        number = complex(coefficient)
        plain = number.real if number.imag == 0 else number
        for j in range(p + 1):
            for k in range(q + 1):
                weight = times(
                    plain * comb(p, j) * comb(q, k),
                    times(_power(tilted.mean_u, p - j), _power(standard.sd_u, j)),
                    times(_power(tilted.mean_v, q - k), _power(standard.sd_v, k)),
                )
                weights[j, k] = plus(weights.get((j, k), 0.0), weight)
    total: Any = 0.0
    for powers, weight in weights.items():
        if not is_zero(weight):
            total = plus(total, times(weight, standard.joint.moment(powers, standard.gates)))
    return times(total, standard.ties, factor)


def _power(x: Any, p: int) -> Any:
    return 1.0 if p == 0 else 0.0 if is_zero(x) else x**p


@dataclass(frozen=True, slots=True)
class _Standard:
    """Standardised variables 0 and 1, and those of the gates, 2 and 3, with their joint law."""

    joint: _Joint
    gates: tuple[int, ...]
    sd_u: Any
    sd_v: Any
    ties: Any
    """A factor for variables without variance that lie where a step is."""

    @staticmethod
    def of(law: Law, gates_u: Sequence[Gate], gates_v: Sequence[Gate]) -> _Standard:
        sds = (_root(law.variance_u), _root(law.variance_v))
        correlation: Any = 0.0
        if not is_zero(law.covariance):
            correlation = times(law.covariance, _inverse(sds[0]), _inverse(sds[1]))
            correlation = snapped(namespace(correlation).clip(correlation, -1.0, 1.0))
        between = ((1.0, correlation), (correlation, 1.0))
        owners = [0, 1, *(0 for _ in gates_u), *(1 for _ in gates_v)]
        gains: list[Any] = [1.0, 1.0]
        means: list[Any] = [0.0, 0.0]
        ties: Any = 1.0
        for owner, gate in zip(owners[2:], (*gates_u, *gates_v), strict=True):
            distance = plus((law.mean_u, law.mean_v)[owner], -gate.at)
            if gate.sharp:
                gains.append(1.0)
                means.append(_apart(distance, sds[owner]))
                if gate.tie != 0.5:
                    ties = times(ties, _tie(distance, sds[owner], 2.0 * gate.tie))
            else:
                whole = _root(plus(1.0, times(gate.slope**2, sds[owner], sds[owner])))
                gains.append(times(gate.slope, sds[owner]) / whole if not is_zero(sds[owner]) else 0.0)
                means.append(times(gate.slope, distance) / whole if not is_zero(distance) else 0.0)
        size = len(owners)
        covariance = tuple(
            tuple(1.0 if i == j else times(gains[i], gains[j], between[owners[i]][owners[j]]) for j in range(size))
            for i in range(size)
        )
        return _Standard(_Joint(tuple(means), covariance), tuple(range(2, size)), *sds, ties)


@dataclass(frozen=True)
class _Joint:
    """Means and covariances of some normal variables. Numbers stand for what is known without looking at arrays."""

    means: tuple[Any, ...]
    covariance: tuple[tuple[Any, ...], ...]
    moments: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """Those that are known, by powers and gates."""
    conditional: dict[int, _Joint] = field(default_factory=dict[int, "_Joint"])
    """The laws given that a gate is at its place, by gate."""

    def moment(self, powers: tuple[int, int], gates: tuple[int, ...]) -> Any:
        """E[x_0^p x_1^q Π_g step(x_g)]."""
        if (powers, gates) not in self.moments:
            self.moments[powers, gates] = self._moment(powers, gates)
        return self.moments[powers, gates]

    def _moment(self, powers: tuple[int, int], gates: tuple[int, ...]) -> Any:
        first = next((i for i, p in enumerate(powers) if p), None)
        if first is None:
            return self.steps(gates)
        less = _less(powers, first)
        total = times(self.means[first], self.moment(less, gates)) if not is_zero(self.means[first]) else 0.0
        for i, power in enumerate(less):
            if power and not is_zero(self.covariance[first][i]):
                total = plus(total, times(power, self.covariance[first][i], self.moment(_less(less, i), gates)))
        for gate in gates:
            slope = self.slope(first, gate)
            if not is_zero(slope):
                others = tuple(g for g in gates if g != gate)
                total = plus(total, times(slope, self.given(gate).moment(less, others)))
        return total

    def steps(self, gates: tuple[int, ...]) -> Any:
        """The probability that the variables of all ``gates`` are positive."""
        if not gates:
            return 1.0
        if len(gates) == 1:
            (gate,) = gates
            return distribution(_apart(self.means[gate], _root(self.covariance[gate][gate])))
        one, other = gates
        h, k = (_apart(self.means[g], _root(self.covariance[g][g])) for g in gates)
        correlation = self.covariance[one][other]
        return times(distribution(h), distribution(k)) if is_zero(correlation) else orthant(h, k, correlation)

    def slope(self, i: int, gate: int) -> Any:
        """cov(x_i, x_g) times the density of x_g at 0."""
        cov, variance = self.covariance[i][gate], self.covariance[gate][gate]
        if is_zero(cov) or is_zero(variance):
            return 0.0
        root = _root(variance)
        return times(root if cov is variance else times(cov, _inverse(root)), density_at(self.means[gate], root))

    def given(self, gate: int) -> _Joint:
        """The law given that the variable of ``gate`` is 0."""
        if gate not in self.conditional:
            self.conditional[gate] = self._given(gate)
        return self.conditional[gate]

    def _given(self, gate: int) -> _Joint:
        variance, mean = self.covariance[gate][gate], self.means[gate]
        along = [row[gate] for row in self.covariance]
        inverse = 1.0 if known(variance) else _inverse(variance)
        shares: list[Any] = [1.0 if _same(c, variance) else times(c, inverse) for c in along]
        means = tuple(plus(m, times(-1.0, share, mean)) for m, share in zip(self.means, shares, strict=True))
        gaps: dict[int, Any] = {}

        def left(i: int, j: int) -> Any:
            cov = self.covariance[i][j]
            if is_zero(shares[i]) or is_zero(along[j]):
                return cov
            if known(shares[i]) and _same(cov, along[j]):
                return 0.0
            if known(cov) and cov == 1.0 and known(variance) and along[i] is along[j]:
                return gaps.setdefault(id(along[i]), rest(along[i]))  # one array, so that it is recognised
            return plus(cov, times(-1.0, shares[i], along[j]))

        size = range(len(means))
        return _Joint(means, tuple(tuple(left(i, j) for j in size) for i in size))


def _same(x: Any, y: Any) -> bool:
    """Whether both are one array, or equal numbers."""
    return x is y or (known(x) and known(y) and x == y)


def _less(powers: tuple[int, int], i: int) -> tuple[int, int]:
    return (powers[0] - (i == 0), powers[1] - (i == 1))


def density_at(mean: Any, root: Any) -> Any:
    """The density at 0 of a normal variable, times its standard deviation."""
    if is_zero(mean):
        return density_of_zero
    return density(_apart(mean, root))


density_of_zero = 0.3989422804014327
"""The standard normal density at 0."""


def _apart(distance: Any, sd: Any) -> Any:
    """distance / sd, cut off where it no longer matters; the limit where ``sd`` is zero."""
    if is_zero(distance):
        return 0.0
    if known(sd) and sd == 1.0:
        return distance
    xp = namespace(distance, sd)
    sd = xp.asarray(sd)
    safe = xp.maximum(sd, least(sd))
    return xp.clip(distance / safe, -FAR, FAR)


def _tie(distance: Any, sd: Any, value: float) -> Any:
    """``value`` where the variable is constant and lies exactly where the step is, else 1."""
    xp = namespace(distance, sd)
    return xp.where((xp.asarray(sd) <= 0) & (xp.asarray(distance) == 0), value, 1.0)


def _root(variance: Any) -> Any:
    if known(variance):
        return float(variance) ** 0.5
    xp = namespace(variance)
    return xp.sqrt(xp.maximum(variance, 0.0))


def _inverse(x: Any) -> Any:
    """1 / x, 0 where x is 0."""
    if known(x):
        return 1.0 / x if x else 0.0
    xp = namespace(x)
    return xp.where(x > 0, 1.0 / xp.where(x > 0, x, 1.0), 0.0)


def single(terms: Terms, mean_u: Any, variance: Any) -> Any:
    """E[f(u)] for one variable."""
    return mean(terms, (Term(),), Law(mean_u, 0.0, variance))
