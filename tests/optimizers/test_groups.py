"""Different optimisers for different weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import optax
import pytest

from tests.optimizers.against_optax import Theirs, agrees
from tp.diagnostics.diagnostic import TpError
from tp.graph.axes import Axis, Scale, Width
from tp.graph.parameter import Law, Parameter
from tp.optimizers import SGD, Groups, Optimizer
from tp.optimizers.adam import Adam
from tp.optimizers.lamb import Lamb
from tp.optimizers.lion import Lion

N = Width("n")
WIDE = (Axis("n", N),)
WEIGHTS = {
    "W[2]": Parameter("W[2]", WIDE, WIDE, Law("normal"), decay=Scale(0.5)),
    "W[3]": Parameter("W[3]", WIDE, WIDE, Law("normal")),
    "v": Parameter("v", WIDE, (), Law("normal")),
}


def made(**rest: float) -> Groups:
    groups: tuple[tuple[tuple[str, ...], Optimizer], ...] = ((("W", "tall"), Lion(0.01)), (("gain",), Adam(0.02)))
    return Groups(groups=groups, rest=SGD(0.1, momentum=0.9), **rest)


def theirs(factor: float = 1.0) -> Mapping[str, Theirs]:
    def lion(rate: float) -> optax.GradientTransformation:
        return optax.lion(0.01 * factor * rate, weight_decay=1e-3 / rate)

    def sgd(rate: float) -> optax.GradientTransformation:
        return optax.sgd(0.1 * factor * rate, 0.9)

    return {
        "W": lion,
        "tall": lion,
        "gain": lambda rate: optax.adam(0.02 * factor * rate),
        "kernel": sgd,
        "scalar": sgd,
    }


def test_every_weight_moves_as_its_optimizer_has_it() -> None:
    agrees(made(), theirs(), steps=12)


def test_all_clip_by_the_norm_of_all_weights() -> None:
    agrees(made(eta=0.5, clip=0.5), theirs(0.5), whole=optax.clip_by_global_norm(0.5), steps=8)


@pytest.mark.slow
def test_each_clips_by_the_norm_of_all_weights() -> None:
    apart = [(names, replace(optimizer, clip=0.5)) for names, optimizer in made().groups]
    each = Groups(groups=tuple(apart), rest=SGD(0.1, momentum=0.9, clip=0.5))
    agrees(each, theirs(), whole=optax.clip_by_global_norm(0.5), steps=8)


def test_weights_with_declared_decay_belong_to_their_group() -> None:
    found = Groups(groups=((("W",), SGD(0.1)),), rest=SGD(0.2)).of(WEIGHTS)
    assert [optimizer.shrinks for optimizer in found.optimizers] == [True, False]
    assert (found.shrinkage("W[2]"), found.shrinkage("W[3]"), found.shrinkage("v")) == (Scale(0.5), 0.0, 0.0)
    assert len({found.alike(weight) for weight in WEIGHTS}) == 3
    assert found.linear
    assert not replace(found, rest=Adam()).linear


def test_amounts_of_all_groups_are_numbers_at_a_width() -> None:
    half = Scale.of(N, Fraction(-1, 2))
    found = Groups(groups=((("W",), Adam(eps=half)),), rest=SGD(0.1, clip=half), clip=Scale.of(N)).at(4)
    assert found == Groups(groups=((("W",), Adam(eps=0.5)),), rest=SGD(0.1, clip=0.5), clip=4)


def test_names_are_of_weights_and_of_one_group() -> None:
    with pytest.raises(TpError, match=r"TP513.*no weight is called U"):
        Groups(groups=((("U",), Adam()),)).require(WEIGHTS)
    with pytest.raises(TpError, match=r"TP513.*W\[2\] has two optimisers"):
        Groups(groups=((("W",), Adam()), (("W[2]",), SGD()))).of(WEIGHTS)
    with pytest.raises(TpError, match=r"TP513.*a setting of sgd names v, which it does not move"):
        Groups(groups=((("W",), SGD(decays={"v": 0.1})),)).require(WEIGHTS)
    with pytest.raises(TpError, match=r"TP513.*no weight is called Q"):
        Groups(groups=((("W",), SGD(decays={"Q": 0.1})),), rest=Adam(decays={"Q": 0.1})).require(WEIGHTS)
    # An option reaches all groups, also those that do not move the weight.
    Groups(groups=((("W",), SGD(decays={"W": 0.1})),), rest=Adam(decays={"W": 0.1})).require(WEIGHTS)


def test_what_is_kept_and_shown_has_all_groups() -> None:
    one, other = made(), replace(made(), groups=((("W", "tall"), Lion(0.02)), (("gain",), Adam(0.02))))
    assert one.identity != other.identity
    assert one.json["groups"][0]["weights"] == ["W", "tall"]
    assert one.json["rest"]["optimizer"] == "sgd"
    groups = ["lion (eta 0.01) for W, tall", "adam (eta 0.02) for gain", "sgd (eta 0.1, momentum 0.9) for the rest"]
    assert one.described == ["eta 1", *groups]
    assert repr(Groups(groups=((("W",), Lamb(0.1)),))) == "Groups(eta=1.0, W=Lamb(eta=0.1), rest=SGD(eta=0.2))"


def test_an_optimizer_without_weights_is_not_there() -> None:
    found = Groups(groups=((("W",), Adam()), (("v",), Lion()))).of(WEIGHTS)
    assert [optimizer.name for optimizer in found.used] == ["adam", "lion"]
    assert (found.called, found.described[-1]) == ("adam and lion", "lion (eta 0.001) for v")
    assert Groups(groups=((("W[2]", "W[3]", "v"), SGD(clip=1)),), rest=Adam()).of(WEIGHTS).called == "sgd"
    part = Groups(groups=((("W",), Adam()),)).of(WEIGHTS)
    assert (part.called, part.described[-1]) == ("adam and sgd", "sgd (eta 0.2) for the rest")
