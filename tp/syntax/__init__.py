"""The language: texts are parsed, names are resolved, statements become a graph; formatting."""

from tp.program import Claim, Program
from tp.syntax.load import load, parse

__all__ = ["Claim", "Program", "load", "parse"]
