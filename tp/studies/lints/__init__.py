"""Lints: warnings about what in a program is probably not meant, from orders in n. One file for each kind."""

from tp.studies.lints.every import lints

__all__ = ["lints"]
