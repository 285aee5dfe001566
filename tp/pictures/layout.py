"""Where the boxes of a layered picture go (after Sugiyama): layers, order within them, coordinates.

Edges that span several layers pass through invisible places in the layers between, so that they do not cross boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres and layers of boxes, the points (x, layer) inside each edge (source, target), number of layers."""

    x: list[float]
    layer: list[int]
    bends: dict[tuple[int, int], list[tuple[float, int]]]
    layers: int


def layered(operands: Sequence[Sequence[int]], widths: Sequence[float], gap: float, slim: float) -> Layout:
    """The layout of boxes of these ``widths``, ``gap`` apart, with box i below its ``operands[i]``.

    An edge that crosses a layer takes the width ``slim`` there. Operands must have smaller numbers than their users.
    """
    layer = _layers(operands)
    above: list[list[int]] = [[] for _ in operands]
    room = list(widths)
    paths: dict[tuple[int, int], list[int]] = {}
    # An edge that leaves a box goes through one chain of places, shared by all its targets.
    chains: dict[int, list[int]] = {}
    for target, sources in enumerate(operands):
        for source in dict.fromkeys(sources):
            chain = chains.setdefault(source, [])
            while len(chain) < layer[target] - layer[source] - 1:
                above.append([chain[-1] if chain else source])
                room.append(slim)
                layer.append(layer[source] + len(chain) + 1)
                chain.append(len(above) - 1)
            passed = chain[: layer[target] - layer[source] - 1]
            paths[source, target] = passed
            above[target].append(passed[-1] if passed else source)
    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for place, number in enumerate(layer):
        rows[number].append(place)
    below: list[list[int]] = [[] for _ in above]
    for place, sources in enumerate(above):
        for source in sources:
            below[source].append(place)
    _order(rows, above, below)
    x = _coordinates(rows, above, below, room, gap)
    left = min((x[i] - room[i] / 2 for i in range(len(x))), default=0.0)
    x = [value - left for value in x]
    bends = {edge: [(x[p], layer[p]) for p in passed] for edge, passed in paths.items()}
    return Layout(x[: len(operands)], layer[: len(operands)], bends, len(rows))


def _layers(operands: Sequence[Sequence[int]]) -> list[int]:
    """Longest path from the top; boxes without operands stand right above the first that needs them."""
    layer = [0] * len(operands)
    for i, sources in enumerate(operands):
        layer[i] = max((layer[s] + 1 for s in sources), default=0)
    first: dict[int, int] = {}
    for i, sources in enumerate(operands):
        for s in sources:
            first[s] = min(first.get(s, layer[i]), layer[i])
    return [first.get(i, 1) - 1 if not sources else layer[i] for i, sources in enumerate(operands)]


def _order(rows: list[list[int]], above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> None:
    """Sweeps that sort layers by the mean place of neighbours; the order with the fewest crossings is kept."""
    best, fewest = [list(r) for r in rows], _crossings(rows, above)
    for sweep in range(_sweeps(rows)):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            _sort(row, above if down else below, _places(rows))
        crossings = _crossings(rows, above)
        if crossings < fewest:
            best, fewest = [list(r) for r in rows], crossings
    rows[:] = best


def _sweeps(rows: Sequence[Sequence[int]]) -> int:
    """The number of sweeps; large graphs get fewer, so that a picture takes seconds at most."""
    return max(4, min(_SWEEPS, 20_000 // max(1, sum(map(len, rows)))))


def _places(rows: Sequence[Sequence[int]]) -> dict[int, float]:
    return {p: (i + 0.5) / len(row) for row in rows for i, p in enumerate(row)}


def _sort(row: list[int], neighbours: Sequence[Sequence[int]], places: Mapping[int, float]) -> None:
    def key(place: int) -> float:
        found = neighbours[place]
        return sum(places[q] for q in found) / len(found) if found else places[place]

    row.sort(key=key)


def _crossings(rows: Sequence[Sequence[int]], above: Sequence[Sequence[int]]) -> int:
    """Pairs of edges between neighbouring layers that cross."""
    position = {p: i for row in rows for i, p in enumerate(row)}
    total = 0
    for row in rows:
        ends = [position[s] for p in row for s in sorted(above[p], key=position.__getitem__)]
        total += _inversions(ends)
    return total


def _inversions(values: list[int]) -> int:
    """Pairs out of order, counted by merging."""
    if len(values) < 2:
        return 0
    middle = len(values) // 2
    left, right = values[:middle], values[middle:]
    count = _inversions(left) + _inversions(right)
    left.sort()
    right.sort()
    j = 0
    for value in left:
        while j < len(right) and right[j] < value:
            j += 1
        count += j
    return count


def _coordinates(
    rows: Sequence[Sequence[int]],
    above: Sequence[Sequence[int]],
    below: Sequence[Sequence[int]],
    room: Sequence[float],
    gap: float,
) -> list[float]:
    """Every box as near to the mean of its neighbours as the order and the room of its layer allow."""
    x = [0.0] * len(room)
    for row in rows:
        for place, value in zip(row, _packed([0.0] * len(row), [room[p] for p in row], gap), strict=True):
            x[place] = value
    sweeps = _sweeps(rows)
    for sweep in range(sweeps):
        sides = [above, below] if sweep < sweeps - 2 else [[*map(_both, above, below)]]
        for neighbours in sides:
            for row in rows if neighbours is not below else reversed(rows):
                wanted = [_mean([x[q] for q in neighbours[p]], x[p]) for p in row]
                for place, value in zip(row, _packed(wanted, [room[p] for p in row], gap), strict=True):
                    x[place] = value
    return x


def _both(up: Sequence[int], down: Sequence[int]) -> list[int]:
    return [*up, *down]


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _packed(wanted: Sequence[float], room: Sequence[float], gap: float) -> list[float]:
    """The places nearest to ``wanted`` (least squares) that keep the order and do not overlap.

    With the offsets of the order taken off, this is isotonic regression: neighbours that would overlap are pooled.
    """
    offsets = [0.0]
    for left, right in pairwise(room):
        offsets.append(offsets[-1] + (left + right) / 2 + gap)
    blocks: list[tuple[float, int]] = []
    for target, offset in zip(wanted, offsets, strict=False):
        total, count = target - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before, number = blocks.pop()
            total, count = total + before, count + number
        blocks.append((total, count))
    level = [total / count for total, count in blocks for _ in range(count)]
    return [a + b for a, b in zip(level, offsets, strict=False)]
