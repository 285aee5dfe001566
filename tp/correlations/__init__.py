"""The derivative correlations C^{D,d}: predicted from the program, or measured on draws of it."""

from tp.correlations.predict import NodeOrder, Prediction, predict
from tp.correlations.sample import Sampler, memory, sample
from tp.syntax.quantities import DEFAULT, Quantity, parse

__all__ = ["DEFAULT", "NodeOrder", "Prediction", "Quantity", "Sampler", "memory", "parse", "predict", "sample"]
