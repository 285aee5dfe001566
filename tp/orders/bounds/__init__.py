"""Bounds without cancellation: three norms at once, rules on tables of jets, and the recorder."""
