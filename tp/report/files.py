"""Names of files as services that build a repository know them."""

from __future__ import annotations

import os


def named(file: str) -> str:
    """``file`` relative to the checkout that GITHUB_WORKSPACE names, else to the working directory, with slashes.

    A file that is elsewhere keeps its name, and so does what is no file, such as ``<stdin>``.
    """
    top = os.environ.get("GITHUB_WORKSPACE") or "."
    if not os.path.exists(file):
        return file
    folder, name = os.path.split(file)
    try:
        inside = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(top))
    except FileNotFoundError:  # the working directory was removed
        return file
    return file if inside.split(os.sep)[0] == os.pardir else inside.replace(os.sep, "/")
