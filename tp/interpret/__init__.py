"""Interpreters: what a program graph means, as arrays, typical orders, bounds or costs. Each is one file or folder."""
