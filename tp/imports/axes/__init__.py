"""Axes of arrays by name: how wide ones are divided into factors, and which finite ones are the same."""
