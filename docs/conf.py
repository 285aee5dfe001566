"""Sphinx configuration."""

import logging
import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path[:0] = [str(Path(__file__).parent / "_extensions")]

project = "tp"
author = "the tp developers"
copyright = "the tp developers"
extensions = ["myst_parser", "mathml"]
html_theme = "furo"
html_title = "tp"
html_static_path = ["_static"]
html_css_files = ["tp.css"]
html_math_renderer = "mathml"
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]


def setup(app: Sphinx) -> None:
    """Patterns of pages that are not there yet, in lists of pages, are no mistake."""
    pages = logging.getLogger("sphinx.sphinx.directives.other")
    pages.addFilter(lambda record: "toctree glob pattern" not in str(record.msg))
