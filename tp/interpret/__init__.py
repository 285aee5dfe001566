"""Interpreters: what a program graph means, as arrays, typical orders, bounds or costs. Each is one file or folder.

A new one is an ``Interpretation`` with a rule for every primitive and a sweep over the nodes, as in
tests/primitives/test_interpretations.py.
"""
