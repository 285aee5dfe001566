"""The commands, put together."""

from __future__ import annotations

import typer

from tp.cli import (
    blame,
    certify,
    check,
    correlations,
    explain,
    formatting,
    graph,
    linearize,
    orders,
    results,
    run,
    train,
    verify,
)

app = typer.Typer(
    name="tp",
    help="How every quantity of a wide network scales with its width: predicted, and measured.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Show the version and stop.", is_eager=True),
) -> None:
    """How every quantity of a wide network scales with its width: predicted, and measured."""
    if version:
        from tp import __version__

        print(f"tp {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


for name, command in {
    "check": check.check,
    "orders": orders.orders,
    "blame": blame.blame,
    "certify": certify.certify,
    "run": run.run,
    "graph": graph.graph,
    "correlations": correlations.correlations,
    "verify": verify.verify,
    "train": train.train,
    "linearize": linearize.linearize,
    "results": results.results,
    "explain": explain.explain,
    "format": formatting.format_file,
}.items():
    app.command(name)(command)
