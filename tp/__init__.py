"""Tensor programs: how every quantity of a wide network scales with its width, predicted and measured.

``tp.load`` and ``tp.parse`` make a ``tp.Model``, whose methods are the commands of ``tp``. Names are imported when they
are first used, so that ``import tp`` is quick and does not load JAX.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tp.printable import Printable, written_by
from tp.version import VERSION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tp.api.certificates import certify
    from tp.api.comparing import compare
    from tp.api.coordinates import coordinates
    from tp.api.exports import parameter_groups, to_flax, to_optax
    from tp.api.figures import save_figure
    from tp.api.graphs import draw_graph, parse_graph, print_graph
    from tp.api.imports import Imported, from_jax
    from tp.api.loading import format_source, load, parse
    from tp.api.model import Model
    from tp.api.optimizers import make_optimizer, optimizer_names, optimizer_options, optimizer_settings
    from tp.api.pages import page
    from tp.api.recording import Recorder, recorder
    from tp.api.rendering import render
    from tp.api.stored import Stored
    from tp.data.source import Data
    from tp.diagnostics.codes import explain
    from tp.diagnostics.diagnostic import Diagnostic, TpError
    from tp.exit_code import ExitCode
    from tp.experiments.training.schedule import Schedule
    from tp.optimizers import SGD
    from tp.orders.proof.replay import Rejected
    from tp.regression.law import NormalLaw
    from tp.regression.predictor import Ensemble, Posterior
    from tp.sampling.plan import Plan
    from tp.sampling.resources import Resources
    from tp.studies.blame import Accusation
    from tp.studies.compare import Comparison
    from tp.studies.coordinates.result import Coordinates
    from tp.studies.correlations import Numbers
    from tp.studies.forward import Forward
    from tp.studies.kernel import Kernel
    from tp.studies.linearize.linearization import Linearization
    from tp.studies.orders import Orders
    from tp.studies.train import Runs
    from tp.studies.transfer.result import Transfer
    from tp.studies.verify import Verification

__version__ = VERSION
__all__ = [
    "SGD",
    "Accusation",
    "Comparison",
    "Coordinates",
    "Data",
    "Diagnostic",
    "Ensemble",
    "ExitCode",
    "Forward",
    "Imported",
    "Kernel",
    "Linearization",
    "Model",
    "NormalLaw",
    "Numbers",
    "Orders",
    "Plan",
    "Posterior",
    "Recorder",
    "Rejected",
    "Resources",
    "Runs",
    "Schedule",
    "Stored",
    "TpError",
    "Transfer",
    "Verification",
    "__version__",
    "certify",
    "compare",
    "coordinates",
    "draw_graph",
    "explain",
    "format_source",
    "from_jax",
    "load",
    "make_optimizer",
    "optimizer_names",
    "optimizer_options",
    "optimizer_settings",
    "page",
    "parameter_groups",
    "parse",
    "parse_graph",
    "print_graph",
    "recorder",
    "render",
    "save_figure",
    "to_flax",
    "to_optax",
]

_HOMES = {
    "Orders": "tp.studies.orders",
    "Accusation": "tp.studies.blame",
    "Comparison": "tp.studies.compare",
    "Coordinates": "tp.studies.coordinates.result",
    "Verification": "tp.studies.verify",
    "Numbers": "tp.studies.correlations",
    "Linearization": "tp.studies.linearize.linearization",
    "Runs": "tp.studies.train",
    "Transfer": "tp.studies.transfer.result",
    "Forward": "tp.studies.forward",
    "Kernel": "tp.studies.kernel",
    "Data": "tp.data.source",
    "Diagnostic": "tp.diagnostics.diagnostic",
    "ExitCode": "tp.exit_code",
    "Model": "tp.api.model",
    "Plan": "tp.sampling.plan",
    "Ensemble": "tp.regression.predictor",
    "NormalLaw": "tp.regression.law",
    "Posterior": "tp.regression.predictor",
    "Recorder": "tp.api.recording",
    "Rejected": "tp.orders.proof.replay",
    "Resources": "tp.sampling.resources",
    "SGD": "tp.optimizers",
    "Schedule": "tp.experiments.training.schedule",
    "Stored": "tp.api.stored",
    "TpError": "tp.diagnostics.diagnostic",
    "compare": "tp.api.comparing",
    "certify": "tp.api.certificates",
    "coordinates": "tp.api.coordinates",
    "draw_graph": "tp.api.graphs",
    "explain": "tp.diagnostics.codes",
    "format_source": "tp.api.loading",
    "from_jax": "tp.api.imports",
    "Imported": "tp.api.imports",
    "load": "tp.api.loading",
    "make_optimizer": "tp.api.optimizers",
    "optimizer_names": "tp.api.optimizers",
    "optimizer_options": "tp.api.optimizers",
    "optimizer_settings": "tp.api.optimizers",
    "page": "tp.api.pages",
    "parameter_groups": "tp.api.exports",
    "parse": "tp.api.loading",
    "parse_graph": "tp.api.graphs",
    "print_graph": "tp.api.graphs",
    "recorder": "tp.api.recording",
    "render": "tp.api.rendering",
    "save_figure": "tp.api.figures",
    "to_flax": "tp.api.exports",
    "to_optax": "tp.api.exports",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'tp' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def _written(result: Printable, form: str) -> str:
    from tp.api.rendering import render

    return render([result], form)


def _drawn(result: Printable, name: str | None) -> Figure:
    from tp.api.figures import plot

    return plot(result, name)


written_by(_written, _drawn)
