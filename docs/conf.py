"""Sphinx configuration."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / "_extensions")]

project = "tp"
author = "the tp developers"
copyright = "the tp developers"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "mathml",
    "reference_pages",
    "terms",
    "highlighting",
]
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_typehints_format = "short"
napoleon_custom_sections = [
    ("Fields", "params_style"),
    ("Keywords of all methods that draw weights (``**settings``)", "params_style"),
]
napoleon_numpy_docstring = False
autodoc_member_order = "bysource"
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types in signatures, most of which are not ours
smartquotes = False  # W' is a transpose
html_theme = "furo"
html_title = "tp"
html_static_path = ["_static", "reference/_static"]
html_css_files = ["tp.css", "charts.css"]
html_math_renderer = "mathml"
exclude_patterns = ["_build", "_extensions"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
