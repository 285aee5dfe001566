"""The language: texts are parsed, names are resolved, and statements become a graph; programs are formatted."""

from tp.program import Claim, Program
from tp.syntax.load import load, parse, reread

__all__ = ["Claim", "Program", "load", "parse", "reread"]
