"""Elements of HTML. Every text in them is escaped; what these functions return is not escaped again."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from tp.report.render.text import escaped

_VOID = frozenset({"br", "col", "hr", "link", "meta"})


class Markup(str):
    """HTML that may stand in a page as it is."""

    __slots__ = ()


def text(found: str) -> Markup:
    """``found`` in HTML; control characters, bidirectional marks and lone surrogates are written as escapes."""
    return Markup(escape(escaped(found)))


def join(children: Iterable[Markup | str], separator: str = "") -> Markup:
    """All ``children``; those that are no :class:`Markup` are escaped."""
    return Markup(separator.join(one if isinstance(one, Markup) else text(one) for one in children))


def element(tag: str, *children: Markup | str, **attributes: str | bool | None) -> Markup:
    """``<tag ...>children</tag>``.

    An attribute is left out where it is None or False, and has no value where it is True. An underscore at the end of
    its name is left off, others are written as hyphens: ``class_``, ``aria_label``.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{join(children)}</{tag}>")


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = name.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(value)}"'


def folded(summary: Markup | str, *children: Markup | str, **attributes: str | bool | None) -> Markup:
    """``children`` that are shown on demand, under the line ``summary``."""
    return element("details", element("summary", summary), *children, **attributes)


def scrolled(label: str, *children: Markup | str, **attributes: str | bool | None) -> Markup:
    """``children`` in a box that scrolls sideways by itself; the keyboard reaches it under the name ``label``."""
    box = {"class_": "scroll", "role": "group", "aria_label": label, "tabindex": "0"}
    return element("div", *children, **{**box, **attributes})


def code(found: str) -> Markup:
    return element("code", found)
