"""The library: programs as objects, with the same answers as the command line."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from fractions import Fraction

    from tp.diagnostics.diagnostic import Diagnostic
    from tp.experiments.forward import Forward
    from tp.experiments.training.schedule import Schedule
    from tp.graph.axes import Type
    from tp.graph.graph import Graph
    from tp.program import Claim, Program
    from tp.sampling.drawing import Means
    from tp.sampling.plan import Plan
    from tp.sampling.sweep import Report
    from tp.sampling.workers import Team
    from tp.store.store import Warn
    from tp.studies.blame import Accusation
    from tp.studies.correlations import Numbers
    from tp.studies.linearize.linearization import Linearization
    from tp.studies.orders import Orders
    from tp.studies.train import Runs
    from tp.studies.verify import Verification


def load(path: str | Path, **settings: object) -> Model:
    """The program in the file ``path``, with ``settings`` such as ``depth=5`` or ``phi="relu"``.

    Raises TpError with every diagnostic found.
    """
    from tp.syntax import load as load_program

    return Model(load_program(path, _words(settings)))


def parse(text: str, file: str = "<text>", **settings: object) -> Model:
    """The program written in ``text``; ``file`` is its name in diagnostics. Raises TpError."""
    from tp.syntax import parse as parse_program

    return Model(parse_program(text, file, _words(settings)))


def _words(settings: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in settings.items()}


@dataclass(frozen=True, slots=True)
class Model:
    """A program ready to be asked."""

    program: Program

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def graph(self) -> Graph:
        """The typed graph of primitives."""
        return self.program.graph

    @property
    def inputs(self) -> Mapping[str, Type]:
        """The axes of every input."""
        return self.program.inputs

    @property
    def claims(self) -> Sequence[Claim]:
        return self.program.claims

    def orders(
        self, quantities: Sequence[str] | None = None, *, nodes: bool = False, certified: bool = False
    ) -> Orders:
        """Exponents of n without running anything: typical and bounds, for all orders, with regime and claims.

        ``quantities`` are names such as ``F``, ``kernel``, ``hessian``, ``C[0,2]``. Raises TpError TP505 for others.
        """
        from tp.studies.orders import orders

        return orders(self.program, _known(quantities), nodes=nodes, certified=certified)

    def blame(
        self, quantities: Sequence[str] | None = None, *, repaired: bool = False, budget: int = 200
    ) -> Accusation:
        """Which weights and nodes make ``quantities`` as large as they are; without names, whatever fails.

        ``repaired`` looks for the smallest change of one declared exponent that mends it, among ``budget`` at most.
        """
        from tp.studies.blame import accuse
        from tp.theory.analysis import Analysis

        names = _known(quantities) or ()
        return accuse(self.program, Analysis(self.graph, names), names, repaired=repaired, budget=budget)

    def verify(
        self,
        widths: Sequence[int] | str | None = None,
        seeds: int | None = None,
        dtype: str | None = None,
        data: str | None = None,
        *,
        quantities: Sequence[str] | None = None,
        equal_inputs: bool = False,
        budget: float | str | None = None,
        max_width: int | None = None,
        engine: str = "auto",
        progress: Report | None = None,
        store: str | Path | bool = True,
        resume: bool = True,
        workers: int | str | Executor | Team = 1,
        warn: Warn | None = None,
    ) -> Verification:
        """Predict, measure and compare; decide the claims.

        Without ``seeds``, seeds are added until all is decided and precise, and widths as well, up to ``max_width``
        (65536 where ``widths`` is not given, else none), as long as the draws took less than ``budget`` (seconds, or
        text such as ``"5m"``). ``data`` is None, ``"digits"`` or a path. ``engine`` is ``"dense"`` (weights as
        matrices), ``"conditioned"`` (Gaussian weights by their products alone) or ``"auto"``, which takes the cheaper
        one at each width.

        What is drawn is kept in the folder ``store`` (True: the user's cache; False: nowhere), and what is there is
        not drawn again unless ``resume`` is False. ``workers`` draw: so many processes, those of the Dask scheduler
        at an address, or any executor; numbers do not depend on it. What goes wrong without stopping the work is given
        to ``warn``, or is a Python warning. Raises TpError for settings, data, memory or workers that do not do.
        """
        from tp.studies.verify import verify

        settings, names = plan(widths, seeds, dtype, engine, budget, max_width), _known(quantities)
        with _means(store, resume, workers, warn) as means:
            return verify(
                self.program, settings, names, data, equal_inputs=equal_inputs, report=progress, means=means
            )  # fmt: skip

    def correlations(
        self,
        widths: Sequence[int] | str | None = None,
        seeds: int = 64,
        dtype: str | None = None,
        data: str | None = None,
        *,
        quantities: Sequence[str] | None = None,
        equal_inputs: bool = False,
        engine: str = "auto",
        progress: Report | None = None,
        store: str | Path | bool = True,
        resume: bool = True,
        workers: int | str | Executor | Team = 1,
        warn: Warn | None = None,
    ) -> Numbers:
        """Samples of the absolute values of ``quantities``, without prediction or verdict.

        The arguments are those of :meth:`verify`. Raises TpError.
        """
        from tp.studies.correlations import numbers

        settings, names = plan(widths, seeds, dtype, engine), _known(quantities)
        with _means(store, resume, workers, warn) as means:
            return numbers(
                self.program, settings, names, data, equal_inputs=equal_inputs, report=progress, means=means
            )  # fmt: skip

    def linearize(
        self,
        schedule: Schedule | None = None,
        widths: Sequence[int] | str | None = None,
        seeds: int | None = None,
        *,
        dtype: str | None = None,
        data: str | None = None,
        second: bool = True,
        rhos: Sequence[Fraction | str | int] = (),
        engine: str = "auto",
        budget: float | str | None = None,
        max_width: int | None = None,
        progress: Report | None = None,
        store: str | Path | bool = True,
        resume: bool = True,
        workers: int | str | Executor | Team = 1,
        warn: Warn | None = None,
    ) -> Linearization:
        """Both sides of theorem 3.1: correlations at initialisation, and deviations after training by ``schedule``.

        With ``second`` second derivatives are followed, too; ``rhos`` are powers of n that learning rates are
        multiplied with for theorem 3.2. The other arguments are those of :meth:`verify`. Raises TpError for settings,
        data, memory, and what cannot be trained (TP512, TP513).
        """
        from tp.experiments.training.schedule import Schedule
        from tp.sampling.reading import parse_power
        from tp.studies.linearize.study import linearize

        settings = plan(widths, seeds, dtype, engine, budget, max_width)
        powers = [parse_power("rhos", rho) for rho in rhos]
        with _means(store, resume, workers, warn) as means:
            return linearize(
                self.program, settings, schedule or Schedule(), data,
                second=second, rhos=powers, report=progress, means=means,
            )  # fmt: skip

    def train(
        self,
        schedule: Schedule | None = None,
        widths: Sequence[int] | str = "256",
        seeds: int | None = 4,
        *,
        dtype: str | None = None,
        data: str | None = None,
        engine: str = "auto",
        progress: Report | None = None,
        store: str | Path | bool = True,
        resume: bool = True,
        workers: int | str | Executor | Team = 1,
        warn: Warn | None = None,
    ) -> Runs:
        """``seeds`` runs of training at each width, and of the linear model beside them.

        The arguments are those of :meth:`linearize`. Raises TpError.
        """
        from tp.experiments.training.schedule import Schedule
        from tp.studies.train import train

        settings = plan(widths, seeds, dtype, engine)
        with _means(store, resume, workers, warn) as means:
            return train(self.program, settings, schedule or Schedule(), data, means=means, report=progress)

    def forward(self, plan: Plan, data: str | None = None) -> Forward:
        """Outputs at x_0 for every width and seed of ``plan``. Raises TpError."""
        from tp.experiments.forward import forward

        return forward(self.program, plan, data)

    def init(self, key: Any, n: int, dtype: str = "float32") -> dict[str, Any]:
        """Weights at width ``n`` by name, axes (outs, ins), drawn from the initial laws.

        ``key`` is a JAX key or a number. Raises TpError TP502 where ``n`` is not a width, and ValueError for float64
        while JAX has 64-bit numbers disabled.
        """
        import jax

        from tp.interpret.arrays.dense import draw
        from tp.sampling.plan import require_width

        require_width(n)
        if dtype == "float64" and not jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            raise ValueError('float64 needs jax.config.update("jax_enable_x64", True)')
        number = jax.random.key(key) if isinstance(key, int) else key
        return dict(draw(self.graph.parameters, n, number, jax.numpy.dtype(dtype)))

    def apply(self, params: Mapping[str, Any], x: Any) -> Any:
        """The output for one input ``x``: a plain JAX function that can be jitted, differentiated and vmapped.

        ``x`` is the array of the only input, or a mapping from input names to arrays; the result is the array of
        the only output, or a mapping. The width is read off ``params``. Raises ValueError where shapes do not fit.
        """
        import jax.numpy as jnp

        from tp.experiments.forward import width_of
        from tp.interpret.arrays.evaluate import evaluator

        inputs = dict(x) if isinstance(x, Mapping) else {self._only_input(): x}
        arrays = {name: jnp.asarray(inputs[name]) for name in self.inputs if name in inputs}
        self._check_shapes(arrays)
        names = list(self.graph.outputs)
        kinds = [*params.values(), *arrays.values()]
        dtype = jnp.result_type(*kinds, jnp.float32) if kinds else jnp.dtype(jnp.float32)
        run = evaluator(self.graph, list(self.graph.outputs.values()), width_of(self.graph, params), dtype)
        values = run(dict(params), {name: array.astype(dtype) for name, array in arrays.items()})
        return values[0] if len(names) == 1 else dict(zip(names, values, strict=True))

    def _only_input(self) -> str:
        if len(self.inputs) != 1:
            raise ValueError(f"{self.name} has the inputs {', '.join(self.inputs)}: give them by name")
        return next(iter(self.inputs))

    def _check_shapes(self, arrays: Mapping[str, Any]) -> None:
        for name, axes in self.inputs.items():
            shape = tuple(a.at(1) for a in axes)
            if name not in arrays:
                raise ValueError(f"no array for the input {name}")
            if arrays[name].shape != shape:
                raise ValueError(f"the input {name} has shape {arrays[name].shape}, not {shape}; use jax.vmap")


def plan(
    widths: Sequence[int] | str | None,
    seeds: int | None,
    dtype: str | None,
    engine: str = "auto",
    budget: float | str | None = None,
    max_width: int | None = None,
) -> Plan:
    """A plan with defaults filled in. Raises TpError TP502 to TP504."""
    from tp.sampling.plan import MAX_WIDTH, Plan
    from tp.sampling.reading import parse_budget, read_widths

    return Plan(
        read_widths(widths),
        seeds,
        dtype or Plan().dtype,
        seconds=parse_budget(budget) if isinstance(budget, str) else budget,
        engine=engine,
        max_width=MAX_WIDTH if max_width is None and widths is None else max_width,
    )


@contextmanager
def _means(
    store: str | Path | bool, resume: bool, workers: int | str | Executor | Team, warn: Warn | None
) -> Generator[Means]:
    """The store and the workers of a measurement. Raises TpError TP716."""
    from tp.sampling.drawing import Means
    from tp.sampling.workers import assembled
    from tp.store.behind import Behind
    from tp.store.store import Store, default_folder

    said = warn or _warning
    folder = default_folder() if store is True else None if store is False else Path(store)
    with assembled(workers) as team:
        if folder is None:
            yield Means(None, team, said)
            return
        with closing(Behind(Store(folder, said, reads=resume))) as kept:
            yield Means(kept, team, said)


def _warning(diagnostic: Diagnostic) -> None:
    import warnings

    warnings.warn(f"{diagnostic.code}: {diagnostic.message}", stacklevel=2)


def _known(quantities: Sequence[str] | None) -> list[str] | None:
    """The names as they are printed. Raises TpError TP505 for an unknown one, and for what is not a list of names."""
    if quantities is None:
        return None
    from tp.diagnostics.diagnostic import error
    from tp.quantities.names import parse as parse_quantity

    names: list[object] | None = list(quantities) if _is_list(quantities) else None
    if names is None or not all(isinstance(name, str) for name in names):
        hint = f"write [{quantities!r}]" if isinstance(quantities, str) else 'write ["kernel", "C[0,2]"]'
        raise error("TP505", f"quantities must be a list of names, not {quantities!r}", hint=hint)
    try:
        return [parse_quantity(str(name)).name for name in names]
    except ValueError as problem:
        raise error("TP505", str(problem)) from problem


def _is_list(value: object) -> bool:
    """Can ``value`` be gone through, other than character by character?"""
    return isinstance(value, Iterable) and not isinstance(value, str)
