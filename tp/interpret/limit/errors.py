"""Why a program has no limit that this interpretation can give."""

from __future__ import annotations


class NoLimit(ValueError):
    """A node is outside the domain of the limit.

    ``code`` is that of the diagnostic, ``node`` the number of the node of the interpreted graph, if it is known, and
    ``hint`` says what may be done; it may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "", node: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.node = code, message, hint, node
