"""tp graph: the graph of primitives."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from tp.cli.options import File, Output, Set, emit, load


class Picture(StrEnum):
    TEXT = "text"
    MERMAID = "mermaid"
    SVG = "svg"


PictureOption = Annotated[Picture, typer.Option("--format", help="How the graph is shown.")]


def graph(file: File, sets: Set = None, form: PictureOption = Picture.TEXT, output: Output = None) -> int:
    """Show the graph of a program, as text that can be read back or as a picture."""
    found = load(file, sets).graph
    if form is Picture.MERMAID:
        from tp.pictures.mermaid import to_mermaid

        emit(to_mermaid(found).rstrip("\n"), output)
    elif form is Picture.SVG:
        from tp.pictures.svg import to_svg

        emit(to_svg(found).rstrip("\n"), output)
    else:
        from tp.graph.text import print_graph

        emit(print_graph(found).rstrip("\n"), output)
    return 0
