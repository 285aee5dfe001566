"""Two programs beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Unpack

    from tp.api.model import Model, Settings
    from tp.printable import Printable
    from tp.studies.compare import Comparison


def compare(
    left: Model,
    right: Model,
    quantities: Sequence[str] | None = None,
    *,
    measure: bool = False,
    names: tuple[str, str] | None = None,
    progress: Callable[[float, float, str], None] | None = None,
    watch: Callable[[Printable], None] | None = None,
    **settings: Unpack[Settings],
) -> Comparison:
    """The orders of two programs beside each other, and whether they differ.

    Args:
        left, right: the programs, or one program with other settings.
        quantities: names as for ``Model.orders``. None: the default ones.
        measure: whether both are measured as by ``Model.verify``, and their measured exponents are compared.
        names: what the programs are called in the report. None: their names, with the settings in which they differ.
        progress: called with the work done, all work, and a text.
        watch: called with what is known so far of one of them.
        settings: as for ``Model.verify``.

    Returns:
        ``orders`` has what is predicted of both, and ``measured`` what was measured of both (None: nothing was).

    Raises:
        TpError: TP505 for unknown quantities; where they are measured, what ``Model.verify`` raises.
    """
    from tp.studies.compare import Comparison

    titles = names or titled(left, right)
    orders = (
        left.orders(quantities, progress=progress, watch=watch),
        right.orders(quantities, progress=progress, watch=watch),
    )
    if not measure:
        return Comparison(titles, orders)
    first = left.verify(quantities=quantities, progress=progress, watch=watch, **settings)
    if first.provenance.interrupted:
        return Comparison(titles, orders, interrupted=True)
    second = right.verify(quantities=quantities, progress=progress, watch=watch, **settings)
    return Comparison(titles, orders, (first, second), second.provenance.interrupted)


def titled(left: Model, right: Model) -> tuple[str, str]:
    """The names of two programs with the settings, the optimisers and the files in which they differ."""
    first, second = left.program, right.program
    names = {name for name in (*first.settings, *second.settings) if first.name == second.name}
    ways = sorted(name for name in names if first.settings.get(name) != second.settings.get(name))
    titles: list[str] = []
    for program in (first, second):
        words = [program.name, *(f"{name}={program.settings[name]}" for name in ways if name in program.settings)]
        if first.optimizers != second.optimizers:
            words.append("by " + ("; ".join(chosen.text for chosen in program.optimizers) or "sgd"))
        if first.name == second.name and first.file != second.file:
            words.append(f"({program.file})")
        titles.append(" ".join(words))
    return titles[0], titles[1]
