"""``claim feature_learning``: training is stable and moves some feature by as much as its size."""

from tp.claims.trained import LEARNING, RegimeClaim


class FeatureLearning(RegimeClaim):
    """The regime is feature learning."""

    word = "feature_learning"
    regimes = ("feature learning",)
    implies = LEARNING


KIND = FeatureLearning()
