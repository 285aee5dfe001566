"""Names of grammar terminals in messages, and suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable

_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "NUMBERS": "a list of numbers",
    "_NL": "a new line",
    "$END": "the end of the text",
    "PLUS": "'+'",
    "MINUS": "'-'",
    "STAR": "'*'",
    "SLASH": "'/'",
    "BAR": "'|'",
    "MORE": "'>'",
    "LESS": "'<'",
    "AT_LEAST": "'>='",
    "AT_MOST": "'<='",
    "PRIME": '"\'"',
    "RSQB": "']'",
    "LSQB": "'['",
    "RPAR": "')'",
    "LPAR": "'('",
    "RBRACE": "'}'",
    "LBRACE": "'{'",
    "COMMA": "','",
    "COLON": "':'",
    "EQUAL": "'='",
    "TILDE": "'~'",
    "AT": "'@'",
    "CIRCUMFLEX": "'^'",
    "ARROW": "'->'",
    "__ANON_0": "'..'",
}
_OPERATORS = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "AT", "CIRCUMFLEX", "PRIME"})
_STATEMENTS = frozenset({"WIDTH", "PARAM", "INPUT", "OUTPUT", "CLAIM", "FOR", "RETURN"})
_MOST_COMPARED = 60
COMPARED = "values are compared as the condition of where(x > y, a, b) only; a claim has a bound: claim f : O(1)"


def expectation(kind: str, text: str, expected: Iterable[str]) -> tuple[str, str | None]:
    """Message and hint for the token ``text`` of type ``kind`` where the grammar expects one of ``expected``."""
    due = set(expected) - {"COMMENT", "BLANK"}
    words: list[str] = []
    if due >= _STATEMENTS:
        words.append("a statement")
        due = {d for d in due if d in _WORDS and d != "NAME"}
    if len(due & _OPERATORS) > 3:
        words.append("an operator")
        due -= _OPERATORS
    if {"NAME", "NUMBER", "LPAR"} <= due:
        words.append("an expression")
        due -= {"NAME", "NUMBER", "LPAR", "MINUS"}
    words += sorted(_WORDS.get(d, f"'{d.lower().rstrip('_')}'") for d in due)
    found = {"_NL": "the line ends", "$END": "the text ends"}.get(kind, f"'{shown(text)}' stands")
    message = f"{found} where {_any_of(words)} should be" if words else f"{found} where nothing can follow"
    if "NUMBERS" in set(expected):
        return message, "a table holds decimal numbers with commas between them: (1, -0.5, 2e-3)"
    if kind not in _WORDS and "NAME" in set(expected):  # the terminals without words are the reserved ones
        return message, f"'{text}' is a reserved word; choose another name"
    if kind == "CIRCUMFLEX" and set(expected) >= {"STAR", "SLASH"}:
        return message, "powers do not chain; use parentheses: (a^b)^c or a^(b^c)"
    if kind in ("NAME", "NUMBER") and "_NL" in set(expected):
        return message, "a statement ends with its line (or ';'); only ( ) and [ ] may span lines"
    if kind == "EQUAL":
        return message, "an assignment is a statement of its own; where(x > y, a, b) compares two values"
    if kind in ("MORE", "LESS", "AT_LEAST", "AT_MOST"):
        return message, COMPARED
    return message, None


def shown(text: str) -> str:
    """``text`` shortened so that it fits into a message."""
    return text if len(text) <= 40 else text[:37] + "..."


def _any_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def near(name: str, known: Iterable[str], otherwise: str | None = None, cutoff: float = 0.6) -> str | None:
    """A hint with the nearest known word, letters of either case being equal; ``otherwise`` where none is close."""
    from difflib import get_close_matches

    known = list(known)
    same = next((k for k in known if k.lower() == name.lower() and k != name), None)
    if same is not None:
        return f"did you mean '{same}'?"
    alike = sorted({k for k in known if abs(len(k) - len(name)) <= 3})
    close = get_close_matches(name[:60], alike[:_MOST_COMPARED], n=1, cutoff=cutoff)
    return f"did you mean '{close[0]}'?" if close else otherwise
