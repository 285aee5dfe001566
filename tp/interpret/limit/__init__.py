"""Programs at infinite width: the Master theorem of tensor programs as an interpretation.

Vectors become the law of one neuron: a polynomial in Gaussian symbols and functions of these. Contractions become
means. The limit of a graph is a graph without wide axes, of the same primitives and of two more: means of functions of
one or two normal variables, and samples of jointly normal variables.
"""

from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.limits import Limit, Limits
from tp.interpret.limit.state import Accuracy

__all__ = ["Accuracy", "Limit", "Limits", "NoLimit"]
