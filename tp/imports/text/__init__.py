"""Expressions, statements and declarations of the language as data, and their text."""
