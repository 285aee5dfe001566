"""Tensor programs: how every quantity of a wide network scales with its width, predicted and measured."""

from __future__ import annotations

from tp.api import Model, load, parse
from tp.diagnostics.diagnostic import Diagnostic, TpError

__version__ = "0.1.0"
__all__ = ["Diagnostic", "Model", "TpError", "__version__", "load", "parse"]
