"""Lints: what a program probably does not mean, by the order calculus. One file for each kind of finding."""

from tp.studies.lints.every import lints

__all__ = ["lints"]
