"""The command line: thin files over :mod:`tp.api`."""

from tp.cli.entry import main

__all__ = ["main"]
