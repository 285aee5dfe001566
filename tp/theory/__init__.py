"""Answers from the graph alone: exponents, bounds, laws for all orders, regime, premises."""
