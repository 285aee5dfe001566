"""Names of the inputs and weights that a derived program has in addition to those of its program.

A slot is a string such as ``@free-left W 0``, so it can stand wherever a name stands. It also has a role, a name
and a number as attributes, and :func:`slot_of` recovers them from the text. No name in a program begins with ``@``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a slot names. The enum value is the word in the text of the slot."""

    POINT = "point"  # an input at x_0
    DIRECTIONS = "directions"  # an input at x_1, ..., x_d, which are its last axis
    COPY = "copy"  # an input at one of several points, by number
    LEFT_BATCH = "left-batch"  # an input, or an output, at the first of two batches, its last axis
    RIGHT_BATCH = "right-batch"  # the same at the second batch
    OUTPUT = "weights"  # the weights that combine the components of an output to a scalar
    TARGET = "target"  # the targets of a batch
    NOISE = "noise"  # which draw of the noise a sample has
    SEED = "seed"  # the weights that combine the outputs of samples to a scalar
    FREE = "free"  # a direction in parameter space: the part of a weight that is read
    FREE_LEFT = "free-left"  # a factor of the part of a weight that is applied, by number, on its output axes
    FREE_RIGHT = "free-right"  # the same on its input axes
    MOVE = "move"  # a weight: how far another weight has moved
    LEFT = "left"  # the rows a of a move Σ_r c_r a_r ⊗ b_r, axes (rank, outs)
    RIGHT = "right"  # the rows b of a move, axes (rank, ins)
    COEFFICIENTS = "coefficients"  # the coefficients c of a move, axes (rank), or (rows, columns)
    SHRUNK = "shrunk"  # the factor of the initial value of a weight whose moves are outer products


_NUMBERED = frozenset({Role.COPY, Role.FREE_LEFT, Role.FREE_RIGHT})


class Slot(str):
    """The slot of ``role`` for the input, output or weight called ``name``, which may be a slot itself.

    Raises ValueError unless ``number`` is given exactly for the roles that need it.
    """

    role: Role
    name: str
    number: int | None

    def __new__(cls, role: Role, name: str = "", number: int | None = None) -> Slot:
        if (number is not None) is not (role in _NUMBERED):
            raise ValueError(f"a slot of role {role.value} has {'a' if role in _NUMBERED else 'no'} number")
        words = [f"@{role.value}", *([name] if name else []), *([] if number is None else [str(number)])]
        made = super().__new__(cls, " ".join(words))
        made.role, made.name, made.number = role, name, number
        return made

    def __reduce__(self) -> tuple[type[Slot], tuple[Role, str, int | None]]:
        return Slot, (self.role, self.name, self.number)


def slot_of(text: str) -> Slot | None:
    """The slot whose text is ``text``; None where there is none."""
    word, _, name = text.partition(" ")
    role = next((r for r in Role if f"@{r.value}" == word), None)
    if role is None:
        return None
    number = None
    if role in _NUMBERED:
        name, _, digits = name.rpartition(" ")
        if not (digits.isascii() and digits.isdigit() and digits == str(int(digits))):
            return None
        number = int(digits)
    return found if (found := Slot(role, slot_of(name) or name, number)) == text else None


@dataclass(frozen=True, slots=True)
class Place:
    """The points at which a derived program has its inputs. With the ``role`` None inputs keep their names."""

    role: Role | None
    number: int | None = None

    def of(self, name: str) -> str:
        """The name in the derived program of the input ``name``."""
        return name if self.role is None else Slot(self.role, name, self.number)


HERE = Place(None)
ELSEWHERE = Place(Role.COPY, 1)
"""An input that is not trained on."""
POINT = Place(Role.POINT)
DIRECTIONS = Place(Role.DIRECTIONS)
LEFT_BATCH = Place(Role.LEFT_BATCH)
RIGHT_BATCH = Place(Role.RIGHT_BATCH)
"""The two batches of inputs between which kernels are."""
