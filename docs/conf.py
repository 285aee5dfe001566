"""Sphinx configuration."""

import sys
from pathlib import Path

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
# A page that another one lists may be missing in a part of the tree that is being written.
suppress_warnings = ["misc.highlighting_failure", "toc.empty_glob"]
