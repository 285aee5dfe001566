"""The surface language: parse, resolve, elaborate to a graph, format."""

from tp.syntax.format import format_text as format_source
from tp.syntax.load import load, parse
from tp.syntax.program import Claim, Program

__all__ = ["Claim", "Program", "format_source", "load", "parse"]
