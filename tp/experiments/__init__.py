"""Experiments: numbers that can be drawn at any width."""
