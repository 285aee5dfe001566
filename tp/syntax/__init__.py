"""The surface language: parse, resolve, elaborate to a graph, format."""

from tp.program import Claim, Program
from tp.syntax.format import format_text as format_source
from tp.syntax.load import load, parse

__all__ = ["Claim", "Program", "format_source", "load", "parse"]
