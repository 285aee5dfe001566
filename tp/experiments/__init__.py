"""Experiments: random quantities that can be drawn at any width."""
