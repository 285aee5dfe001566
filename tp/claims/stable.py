"""``claim stable``: neither initialisation nor training makes anything grow with n."""

from tp.claims.trained import RegimeClaim


class Stable(RegimeClaim):
    """The regime is any but unstable and ill-normalised."""

    word = "stable"
    confirmable = False
    regimes = ("trivial", "lazy", "feature learning")


KIND = Stable()
