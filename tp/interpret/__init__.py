"""Interpreters: what a program graph means, as arrays or as orders."""
