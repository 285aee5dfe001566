"""``claim lazy``: training is stable, changes the output, and moves no feature by as much as its size."""

from tp.claims.trained import LINEAR, RegimeClaim


class Lazy(RegimeClaim):
    """The regime is lazy."""

    word = "lazy"
    regimes = ("lazy",)
    implies = LINEAR


KIND = Lazy()
