"""Sphinx configuration."""

project = "tp"
author = "the tp developers"
copyright = "the tp developers"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "tp"
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]
