"""tp graph: the graph of primitives."""

from __future__ import annotations

from tp.cli.command import Command
from tp.cli.option import Given
from tp.cli.options import FILE, OUTPUT, SET, emit, form_of, model_of
from tp.exit_code import ExitCode

PICTURE = form_of(("text", "mermaid", "svg"), "How the graph is shown.")


def graph(given: Given) -> ExitCode:
    """Print the graph of the program."""
    from tp.api.graphs import draw_graph

    model = model_of(given)
    emit(draw_graph(model.graph, given[PICTURE]).rstrip("\n"), given[OUTPUT])
    return ExitCode.HOLDS


COMMAND = Command(
    "graph",
    "Show the graph of a program, as text that can be read back or as a picture.",
    graph,
    FILE,
    (SET, PICTURE, OUTPUT),
)
