"""Typical orders, with cancellations: contents, terms, rules, and the recorder that primitives call."""
