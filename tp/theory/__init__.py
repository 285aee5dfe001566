"""Symbolic answers from the graph alone. :class:`tp.theory.analysis.Analysis` gives all of them.

Single exponents (``scalars``, ``predict``), closed forms for all orders (``all_orders``, ``laws``), bounds, m(n)
(``weak_correlations``), the regime of training, the paper's premises on activations, and diagnoses.
"""
