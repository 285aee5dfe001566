"""Answers from the graph alone; :class:`tp.theory.analysis.Analysis` is the door to all of them.

Single exponents (``scalars``, ``predict``), closed forms for all orders (``all_orders``, ``laws``), bounds, m(n)
(``weak_correlations``), the regime of training, the paper's premises on activations, and diagnoses.
"""
