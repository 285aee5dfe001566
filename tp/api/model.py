"""The class :class:`Model`: a program with predictions, measurements and training as methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tp.printable import Printable

if TYPE_CHECKING:
    from fractions import Fraction
    from typing import Literal, Unpack

    from jax import Array
    from jax.typing import ArrayLike
    from jaxtyping import Float

    from tp.data.source import Data
    from tp.diagnostics.diagnostic import Diagnostic
    from tp.experiments.training.schedule import Schedule
    from tp.graph.axes import Type
    from tp.graph.graph import Graph
    from tp.optimizers import Optimizer
    from tp.program import Claim, Program
    from tp.regression.predictor import Ensemble, Posterior
    from tp.sampling.plan import Plan, PlanSettings
    from tp.sampling.resources import Resources, ResourceSettings
    from tp.studies.blame import Accusation
    from tp.studies.correlations import Numbers
    from tp.studies.forward import Forward
    from tp.studies.kernel import Kernel
    from tp.studies.linearize.linearization import Linearization
    from tp.studies.orders import Orders, OrdersSoFar
    from tp.studies.train import Runs
    from tp.studies.transfer.result import Transfer
    from tp.studies.verify import Verification

    class Settings(PlanSettings, ResourceSettings, total=False):
        """The keywords of all methods that draw: fields of ``Plan`` and of ``Resources``, or one of each as a whole."""

        plan: Plan
        resources: Resources


CORRELATIONS: dict[str, Any] = {"seeds": 64}
FORWARD: dict[str, Any] = {"widths": "256", "seeds": 1, "dtype": "float32", "engine": "dense"}
TRAIN: dict[str, Any] = {"widths": "256", "seeds": 4}
TRANSFER: dict[str, Any] = {"widths": "64:1024"}
"""Settings of plans that differ from the defaults of ``Plan``, by method."""

Widths: TypeAlias = "Sequence[int] | str | None"
"""Widths n as a list, or as text: ``"64,128,256"``, ``"64:1024"`` or ``"1e2:1e4:5"``."""
Inputs: TypeAlias = "ArrayLike | Mapping[str, ArrayLike] | Data | str | None"
"""A batch of inputs: arrays with samples along the first axis, or where they come from."""
Progress: TypeAlias = Callable[[float, float, str], None]
"""Called with the work done and all work (seconds of the reference machine), and a text: what is being done."""


@dataclass(frozen=True, slots=True, repr=False)
class Model(Printable):
    """A program, with predictions, measurements and training as methods. ``tp.load`` and ``tp.parse`` make one.

    Predictions, from the graph alone: ``orders``, ``blame``; what is probably not meant: ``lint``.
    Methods that draw weights: ``verify``, ``correlations``, ``linearize``, ``train``, ``transfer``, ``forward``,
    ``kernel``.
    The program as a JAX function: ``init``, ``apply``, ``tangent_kernel``, ``kernel_function``.

    Keywords of all methods that draw weights (``**settings``):
        seeds: draws of the weights at each width.
        dtype: ``"float32"`` or ``"float64"`` (default).
        engine: ``"dense"``, ``"conditioned"`` (matrix-free weights) or ``"auto"`` (default).
        budget: seconds of work, or text such as ``"5m"``, after which neither seeds nor widths are added.
        max_width: widths are added up to this one.
        store: a folder where draws are kept, True (default: the user's cache) or False (they are not kept).
        resume: whether stored draws are used (default: True).
        workers: a number of processes (default: 1), the address of a Dask scheduler, or an executor.
        warn: a function of a ``tp.Diagnostic``; by default a Python warning is issued.
        plan: a ``tp.Plan`` instead of widths, seeds, dtype, engine, budget and max_width.
        resources: a ``tp.Resources`` instead of store, resume, workers and warn.
    """

    study = "model"

    program: Program

    @property
    def name(self) -> str:
        """The name of the program."""
        return self.program.name

    @property
    def graph(self) -> Graph:
        """The typed graph of primitives that the program was elaborated to."""
        return self.program.graph

    @property
    def inputs(self) -> Mapping[str, Type]:
        """The axes of every input, by its name."""
        return self.program.inputs

    @property
    def claims(self) -> Sequence[Claim]:
        """The claims of the program, in the order of its lines."""
        return self.program.claims

    @property
    def optimizer(self) -> Optimizer:
        """The optimiser that the program chooses, and plain gradient descent otherwise."""
        from tp.optimizers import chosen

        return chosen(self.program.optimizers)

    def with_optimizer(self, text: str | None = None, options: Mapping[str, str | bool] | None = None) -> Model:
        """The same program with another optimiser.

        Args:
            text: statements of the language without the word ``optimizer``, separated by semicolons, such as
                ``"muon for matrices; adam(eps = 1/n)"``. None: what the program says.
            options: values of options of the command line, such as ``{"--momentum": "0.9"}``. Every optimiser that has
                the setting gets it.

        Raises:
            TpError: TP0xx to TP4xx for a text that cannot be read, TP513 for an option that no optimiser has, and for
                settings of weights that the program does not have.
        """
        from tp.optimizers import chosen
        from tp.optimizers.choosing import with_options
        from tp.syntax.optimizers import read

        before, told = (self.program.optimizers, ()) if text is None else read(text, self.program)
        optimizers = with_options(before, options or {})
        chosen(optimizers).require(self.graph.parameters)
        warnings = (*self.program.warnings, *told)
        return replace(self, program=replace(self.program, optimizers=optimizers, warnings=warnings))

    def orders(
        self,
        quantities: Sequence[str] | None = None,
        *,
        optimizer: Optimizer | None = None,
        nodes: bool = False,
        certified: bool = False,
        progress: Progress | None = None,
        watch: Callable[[OrdersSoFar], None] | None = None,
    ) -> Orders:
        """Exponents of n without running anything: typical ones and bounds, laws for all orders, regime, claims.

        Args:
            quantities: names such as ``"F"``, ``"kernel"``, ``"hessian"``, ``"C[0,2]"``. None: the default ones.
            optimizer: what moves the weights. None: the optimiser of the program.
            nodes: whether to predict every named node as well.
            certified: whether to record the derivations for ``tp.certify``.
            progress: called with a text that says what is being worked out; how much work it is, is not known.
            watch: called after each quantity, with the exponents so far.

        Returns:
            ``prediction.exponents`` holds an exponent of n by quantity: a Fraction, or None for a quantity that
            vanishes identically.

        Raises:
            TpError: TP505 for unknown quantities.
        """
        from tp.studies.orders import orders

        return orders(
            self.program, _known(quantities),
            optimizer=optimizer, nodes=nodes, certified=certified, report=progress, watch=watch,
        )  # fmt: skip

    def blame(
        self,
        quantities: Sequence[str] | None = None,
        *,
        optimizer: Optimizer | None = None,
        repaired: bool = False,
        budget: int = 200,
    ) -> Accusation:
        """What fails, the weights and nodes that are the cause, and the smallest change that would mend it.

        Args:
            quantities: names as for ``orders``. None: everything that fails: claims, conditions of a
                properly normalised system, stability, and correlations that do not decay.
            optimizer: what moves the weights. None: the optimiser of the program.
            repaired: whether to look for the smallest change of one exponent that restores what fails.
            budget: the largest number of changed programs that are examined.

        Raises:
            TpError: TP505 for unknown quantities.
        """
        from tp.studies.blame import accuse
        from tp.theory.analysis import Analysis
        from tp.transform.two_sided import two_sided

        names = _known(quantities) or ()
        mover = (optimizer or self.optimizer).of(two_sided(self.graph))
        return accuse(self.program, Analysis(self.graph, names, mover), names, repaired=repaired, budget=budget)

    def lint(self) -> Sequence[Diagnostic]:
        """What is probably not meant: the warnings of reading the program, and those that take the order calculus.

        Comments ``# tp: allow CODE`` in the program leave warnings out.

        Returns:
            One diagnostic for each finding, with a code that ``tp.explain`` knows and its place in the program.

        Raises:
            TpError: TP513 for optimisers that do not fit the weights of the program.
        """
        from tp.api.linting import linted

        return linted(self).program.warnings

    def verify(
        self,
        widths: Widths = None,
        *,
        quantities: Sequence[str] | None = None,
        optimizer: Optimizer | None = None,
        data: str | Data | None = None,
        equal_inputs: bool = False,
        tolerance: float | None = None,
        progress: Progress | None = None,
        watch: Callable[[Verification], None] | None = None,
        **settings: Unpack[Settings],
    ) -> Verification:
        """Predict, measure and compare the quantities, and decide the claims.

        Without ``seeds``, seeds and widths are added until everything is decided and precise, within the budget.

        Args:
            widths: a list, or text such as ``"64:1024"``. None: 64 to 1024, with wider ones added up to 65536.
            quantities: names as for ``orders``. None: the default ones. Those of claims are added.
            optimizer: what claims about training are about. None: the optimiser of the program.
            data: the inputs: ``"digits"``, the path of a file (``.npz``, ``.npy`` or a table such as ``.csv``), or a
                ``tp.Data``. None: normal inputs.
            equal_inputs: whether one input is used in place of all inputs x_0, x_1, ...
            tolerance: also report the width from which the size of each quantity is below this number.
            progress: called with the work done, all work, and a text.
            watch: called with the result so far: the predictions before the first draw, then after each round, and
                after every two seconds of work. It is what an interrupt would leave; ``print`` shows it.
            settings: see the class.

        Raises:
            TpError: for settings (TP500 to TP511), data (TP60x), memory (TP501) or workers (TP716).
        """
        from tp.studies.verify import verify

        plan, resources = _settled(widths, settings)
        names = _known(quantities)
        _require_positive(tolerance)
        with resources.means() as means:
            found = verify(
                self.program, plan, names, data,
                optimizer=optimizer, equal_inputs=equal_inputs, report=progress, means=means, watch=watch,
            )  # fmt: skip
        return replace(found, tolerance=tolerance)

    def correlations(
        self,
        widths: Widths = None,
        *,
        quantities: Sequence[str] | None = None,
        data: str | Data | None = None,
        equal_inputs: bool = False,
        progress: Progress | None = None,
        **settings: Unpack[Settings],
    ) -> Numbers:
        """Samples of the absolute values of quantities, without prediction or verdict.

        The arguments are those of ``verify``; ``seeds`` is 64 by default.

        Returns:
            ``array(quantity)`` are its samples as [widths, seeds].

        Raises:
            TpError: as ``verify``.
        """
        from tp.studies.correlations import numbers

        plan, resources = _settled(widths, settings, CORRELATIONS)
        names = _known(quantities)
        with resources.means() as means:
            return numbers(self.program, plan, names, data, equal_inputs=equal_inputs, report=progress, means=means)

    def linearize(
        self,
        schedule: Schedule | None = None,
        widths: Widths = None,
        *,
        second: bool = True,
        rhos: Sequence[Fraction | str | int] | Literal["usual"] = (),
        data: str | Data | None = None,
        tolerance: float | None = None,
        progress: Progress | None = None,
        watch: Callable[[Linearization], None] | None = None,
        **settings: Unpack[Settings],
    ) -> Linearization:
        """Both sides of theorem 3.1: correlations at initialisation, and deviations from the linear model in training.

        Args:
            schedule: how the program is trained. None: ``tp.Schedule()``, with the optimiser of the program.
            widths: as for ``verify``.
            second: whether second derivatives of the output are measured as well, in further runs.
            rhos: powers of n that learning rates are multiplied with, for theorem 3.2. Empty: it is not checked.
                ``"usual"``: -1/2, -1/4 and 1/4.
            data: inputs and targets, as for ``verify``.
            tolerance, progress, watch, settings: as for ``verify``.

        Raises:
            TpError: as ``verify``, and TP512 or TP513 for what cannot be trained.
        """
        from tp.experiments.training.schedule import Schedule
        from tp.studies.linearize.study import linearize
        from tp.studies.linearize.theorem_3_2 import RHOS
        from tp.written import parse_power

        plan, resources = _settled(widths, settings)
        _require_positive(tolerance)
        powers = RHOS if rhos == "usual" else [parse_power("rhos", rho) for rho in rhos]
        with resources.means() as means:
            found = linearize(
                self.program, plan, schedule or Schedule(), data,
                second=second, rhos=powers, report=progress, means=means, watch=watch,
            )  # fmt: skip
        return replace(found, tolerance=tolerance)

    def train(
        self,
        schedule: Schedule | None = None,
        widths: Widths = None,
        *,
        data: str | Data | None = None,
        progress: Progress | None = None,
        watch: Callable[[Runs], None] | None = None,
        **settings: Unpack[Settings],
    ) -> Runs:
        """Runs of training, and of the linear model beside them on the same batches.

        The arguments are those of ``linearize``; by default there are 4 seeds at width 256.

        Raises:
            TpError: as ``linearize``.
        """
        from tp.experiments.training.schedule import Schedule
        from tp.studies.train import train

        plan, resources = _settled(widths, settings, TRAIN)
        with resources.means() as means:
            return train(self.program, plan, schedule or Schedule(), data, means=means, report=progress, watch=watch)

    def transfer(
        self,
        schedule: Schedule | None = None,
        widths: Widths = None,
        *,
        data: str | Data | None = None,
        progress: Progress | None = None,
        watch: Callable[[Transfer], None] | None = None,
        **settings: Unpack[Settings],
    ) -> Transfer:
        """The best learning rate at every width: whether it transfers, or drifts as a power of n.

        Rates are those of ``schedule`` times powers of 2, extended and refined where the loss after training is least.

        Args:
            schedule: how the program is trained. None: 5 steps, each on all of 6 samples.
            widths: as for ``verify``. None: 64 to 1024. A drift needs three widths at least.
            data: inputs and targets, as for ``verify``.
            progress, watch, settings: as for ``verify``. Without ``seeds``, seeds are added until the verdict is
                decided, within the budget.

        Returns:
            ``optima`` has the best rate and the loss there by width, with intervals; ``drift`` is an exponent of n
            with an interval, ``verdict`` what that means, and ``predicted`` the largest stable rate by the calculus.
            ``plot()`` draws the losses over rates.

        Raises:
            TpError: as ``train``.
        """
        from tp.experiments.training.schedule import Schedule
        from tp.studies.transfer.study import transfer

        plan, resources = _settled(widths, settings, TRANSFER)
        chosen = schedule or Schedule(steps=5, batch=6, samples=6)
        with resources.means() as means:
            return transfer(self.program, plan, chosen, data, means=means, report=progress, watch=watch)

    def forward(
        self, widths: Widths = None, *, data: str | Data | None = None, **settings: Unpack[Settings]
    ) -> Forward:
        """The outputs at the input x_0 for fresh weights.

        Args:
            widths: as for ``verify``. None: 256.
            data: as for ``verify``.
            settings: ``seeds`` (default: 1), ``dtype`` (default: ``"float32"``), ``engine`` (default: ``"dense"``);
                or a ``plan``. The others have no effect.

        Returns:
            ``outputs[name][n]`` is an array [seeds, ...axes of the output] for width n.

        Raises:
            TpError: for settings, data and memory, and TP604 where an output is not finite.
        """
        from tp.studies.forward import forward

        return forward(self.program, _settled(widths, settings, FORWARD)[0], data)

    def kernel(
        self,
        x1: Inputs = None,
        x2: Inputs = None,
        *,
        kind: str = "ntk",
        width: int | str | None = None,
        samples: int | None = None,
        seeds: int | None = None,
        dtype: str = "float64",
        engine: str = "auto",
        progress: Progress | None = None,
    ) -> Kernel:
        """The kernel between two batches of inputs.

        Args:
            x1: an array [samples, ...axes of the input], a mapping from names of inputs to such arrays, or as ``data``
                of ``verify``. None: four normal inputs.
            x2: the second batch; None: it is the first one.
            kind: ``"ntk"``, the tangent kernel ∇f(x)·Λ∇f(x') with the learning rates Λ, or ``"nngp"``, the covariance
                of outputs over draws of the weights.
            width: the width n of networks whose weights are drawn. None: infinite width.
            samples: only the first inputs of each batch. None: all, and 10 of the digits.
            seeds: draws of the weights that are averaged. None: 1, or 256 for the NNGP. At infinite width they are
                draws of what stays random, if anything does. None: 256.
            dtype, engine: see the class; at infinite width all numbers are float64.
            progress: as for ``verify``.

        Returns:
            ``array`` is the kernel [samples of x1, samples of x2, ...axes of the output twice] of the only output;
            ``values`` has that of every pair of outputs.

        Raises:
            TpError: for settings (TP501 to TP511) and data (TP60x), and TP641 to TP644 where there is no limit.
        """
        from tp.data.batches import batch
        from tp.sampling.plan import Plan
        from tp.studies.kernel import kernel_at_a_width, kernel_at_infinite_width, require_kind

        require_kind(kind)
        left = batch(self.inputs, x1, samples, "x1", dtype, self.program.one_hot)
        right = None if x2 is None else batch(self.inputs, x2, samples, "x2", dtype, self.program.one_hot)
        if width is None:
            Plan.of(seeds=seeds, dtype=dtype, engine=engine)
            return kernel_at_infinite_width(self.program, kind, left, right, seeds, progress)
        plan = Plan.of(str(width), seeds=seeds, dtype=dtype, engine=engine, max_width=None)
        return kernel_at_a_width(self.program, kind, left, right, plan, progress)

    def kernel_function(self, kind: str = "ntk") -> Callable[..., Any]:
        """The kernel at infinite width as a plain JAX function of two batches, which can be jitted.

        Args:
            kind: as for ``kernel``.

        Returns:
            A function of ``x1`` and ``x2`` (None: it is ``x1``), arrays or mappings as for ``kernel``. It returns the
            array [samples of x1, samples of x2, ...axes of the output twice] of the only output, or a mapping from
            pairs such as ``"f, g"`` to arrays. Powers of n are left out: ``kernel`` has them as ``exponents``.

        Raises:
            TpError: TP641 to TP644 where there is no limit, and TP642 where it stays random.
        """
        from tp.studies.kernel import require_kind
        from tp.theory.kernel_values import kernel_in_jax

        require_kind(kind)

        def kernel(x1: Any, x2: Any = None) -> Any:
            found = kernel_in_jax(self.graph, kind, self._batch(x1), None if x2 is None else self._batch(x2))
            return next(iter(found.values())) if len(found) == 1 else found

        return kernel

    def tangent_kernel(
        self,
        params: Mapping[str, ArrayLike],
        x1: ArrayLike | Mapping[str, ArrayLike],
        x2: ArrayLike | Mapping[str, ArrayLike] | None = None,
    ) -> Any:
        """The tangent kernel of given weights: a plain JAX function that can be jitted and differentiated.

        Args:
            params: weights as ``init`` returns them, or as training has left them. The width is read off them.
            x1: an array [samples, ...axes of the input], or a mapping from names of inputs to such arrays.
            x2: the second batch; None: it is the first one, and gradients are taken once.

        Returns:
            The array [samples of x1, samples of x2, ...axes of the output twice] of the only output, or a mapping from
            pairs such as ``"f, g"`` to arrays.

        Raises:
            ValueError: where a shape does not fit.
        """
        import jax.numpy as jnp

        from tp.experiments.given_weights import width_of
        from tp.experiments.kernels import of_weights

        sides = [None if x is None else self._batch(x) for x in (x1, x2)]
        weights = {name: jnp.asarray(array) for name, array in params.items()}
        kinds = [*weights.values(), *(array for side in sides if side is not None for array in side.values())]
        dtype = jnp.result_type(*kinds, jnp.float32) if kinds else jnp.dtype(jnp.float32)
        left, right = ({n: a.astype(dtype) for n, a in side.items()} if side is not None else None for side in sides)
        assert left is not None
        found = of_weights(self.graph, width_of(self.graph, params), dtype, weights, left, right)
        return next(iter(found.values())) if len(found) == 1 else found

    def _batch(self, x: ArrayLike | Mapping[str, ArrayLike]) -> dict[str, Array]:
        import jax.numpy as jnp

        given = dict(x) if isinstance(x, Mapping) else {self._only_input(): x}
        arrays = {name: jnp.asarray(given[name]) for name in self.inputs if name in given}
        self._check_shapes({name: array[0] for name, array in arrays.items()}, "samples of ")
        if len({len(array) for array in arrays.values()}) > 1:
            raise ValueError("the inputs have different numbers of samples")
        return arrays

    def gaussian_process(
        self, x: ArrayLike | Mapping[str, ArrayLike], y: ArrayLike, *, noise: float = 0.0
    ) -> Posterior:
        """The outputs at infinite width and random initial weights, given noisy values of them: Bayes' rule.

        Args:
            x: N inputs: an array [N, ...axes of the input], or a mapping from names of inputs to such arrays.
            y: targets [N, ...axes of the output]. An output without axes may have targets [N, columns]: columns are
                outputs of independent networks.
            noise: the standard deviation of independent normal noise on targets, in their unit.

        Returns:
            ``predict(x)`` is the law of the outputs at other inputs, and ``log_evidence`` the log density of ``y``.

        Raises:
            TpError: as ``kernel``, TP604 for NaN, TP608 and TP633 for targets that do not fit, TP631 where the kernel
                is singular, TP635 where the outputs are no normal process with mean 0.
        """
        from tp.studies.regression import posterior

        return posterior(self.program, x, y, noise)

    def train_infinitely_wide(
        self, x: ArrayLike | Mapping[str, ArrayLike], y: ArrayLike, *, ridge: float = 0.0
    ) -> Ensemble:
        """Networks of infinite width, trained under the squared cost with the learning rates of the program.

        The cost is the mean over samples of half the squared distance, as in ``train``. Every step sees all samples.

        Args:
            x, y: inputs and targets, as for ``gaussian_process``.
            ridge: r of the cost r |θ - θ_0|²/(2N) of the distance from the initial weights, where the square of a
                weight is divided by its learning rate.

        Returns:
            ``predict(x, time=...)`` or ``predict(x, steps=..., eta=...)`` is the law of the outputs after training,
            over random initial weights.

        Raises:
            TpError: as ``kernel``, TP604 for NaN, TP608 and TP633 for targets that do not fit, TP635 where training
                does not become linear or the outputs are no normal process with mean 0.
        """
        from tp.studies.regression import ensemble

        return ensemble(self.program, x, y, ridge)

    def account(
        self, data: str | Data | None, cost: str | None = None, *, equal_inputs: bool = False
    ) -> Sequence[Diagnostic]:
        """What a file of ``data`` holds for this program, and warnings about inputs that are special or very large.

        Args:
            data: as for ``verify``.
            cost: the cost of training, where targets are read as well.
            equal_inputs: as for ``verify``.

        Raises:
            TpError: TP60x where the data cannot be read or do not fit.
        """
        from tp.data.account import account
        from tp.data.source import as_data

        outputs = [self.graph.type(node) for node in self.graph.outputs.values()]
        output = outputs[0] if cost is not None and len(outputs) == 1 else None
        one_hot = self.program.one_hot
        return account(
            self.inputs, as_data(data), output, cost or "squared", equal_inputs=equal_inputs, one_hot=one_hot
        )

    def init(self, key: int | Array, n: int, dtype: str = "float32") -> dict[str, Float[Array, ...]]:
        """Weights at width ``n``, drawn from the initial laws.

        Args:
            key: a key of JAX, or a number.
            n: the width.
            dtype: ``"float32"``, or ``"float64"`` where JAX has it enabled.

        Returns:
            An array of axes (outs, ins) for each weight, by its name.

        Raises:
            TpError: TP502 where ``n`` is not a width.
            ValueError: for float64 while JAX has 64-bit numbers disabled.
        """
        import jax

        from tp.interpret.arrays.initial_weights import draw
        from tp.sampling.reading import require_width

        require_width(n)
        if dtype == "float64" and not jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            raise ValueError('float64 needs jax.config.update("jax_enable_x64", True)')
        number = jax.random.key(key) if isinstance(key, int) else key
        return dict(draw(self.graph.parameters, n, number, jax.numpy.dtype(dtype)))

    def apply(self, params: Mapping[str, ArrayLike], x: ArrayLike | Mapping[str, ArrayLike]) -> Any:
        """The output for one input: a plain JAX function that can be jitted, differentiated and vmapped.

        Args:
            params: weights as ``init`` returns them. The width is read off them.
            x: the array of the only input, or a mapping from names of inputs to arrays.

        Returns:
            The array of the only output, or a mapping from names of outputs to arrays.

        Raises:
            ValueError: where a shape does not fit.
        """
        import jax.numpy as jnp

        from tp.experiments.given_weights import width_of
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

    def _check_shapes(self, arrays: Mapping[str, Array], what: str = "") -> None:
        for name, axes in self.inputs.items():
            shape = tuple(a.at(1) for a in axes)
            if name not in arrays:
                raise ValueError(f"no array for the input {name}")
            if arrays[name].shape != shape:
                hint = "" if what else "; use jax.vmap"
                raise ValueError(f"{what or 'the input '}{name} have shape {arrays[name].shape}, not {shape}{hint}")


def _settled(widths: Widths, settings: Settings, usual: Mapping[str, Any] | None = None) -> tuple[Plan, Resources]:
    """The plan and the resources that the keywords of a method ask for; ``usual`` are defaults of the method.

    Raises TypeError for unknown keywords, and for keywords beside a plan or resources as a whole.
    """
    from tp.sampling.plan import Plan, PlanSettings
    from tp.sampling.resources import Resources

    rest: dict[str, Any] = dict(settings)
    plan, resources = rest.pop("plan", None), rest.pop("resources", None)
    named: dict[str, Any] = {name: rest.pop(name) for name in PlanSettings.__optional_keys__ & rest.keys()}
    named["widths"] = widths
    given = {name: value for name, value in named.items() if value is not None}
    if plan is not None and given:
        raise TypeError(f"give either a plan or {', '.join(given)}")
    if resources is not None and rest:
        raise TypeError(f"give either resources or {', '.join(rest)}")
    return plan or Plan.of(**{**(usual or {}), **given}), resources or Resources(**rest)


def _known(quantities: Sequence[str] | None) -> list[str] | None:
    """The names as they are printed. Raises TpError TP505 for an unknown name, or where this is no list of names."""
    if quantities is None:
        return None
    from tp.diagnostics.diagnostic import error
    from tp.quantities.definitions import parse as parse_quantity

    names: list[object] | None = list(quantities) if _is_list(quantities) else None
    if names is None or not all(isinstance(name, str) for name in names):
        hint = f"write [{quantities!r}]" if isinstance(quantities, str) else 'write ["kernel", "C[0,2]"]'
        raise error("TP505", f"quantities must be a list of names, not {quantities!r}", hint=hint)
    try:
        return [parse_quantity(str(name)).name for name in names]
    except ValueError as problem:
        raise error("TP505", str(problem)) from problem


def _require_positive(tolerance: object) -> None:
    """Raises TpError TP500 for a tolerance that is not a positive number."""
    if tolerance is not None and not (isinstance(tolerance, (int, float)) and 0 < tolerance < float("inf")):
        from tp.diagnostics.diagnostic import error

        raise error("TP500", f"a tolerance is a positive number, not {tolerance!r}", hint="for example 0.01")


def _is_list(value: object) -> bool:
    """Can ``value`` be iterated over, other than character by character?"""
    return isinstance(value, Iterable) and not isinstance(value, str)
