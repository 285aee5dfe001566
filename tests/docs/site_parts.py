"""What a page of the built site consists of, as far as links go."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

LOADS = dict.fromkeys(("script", "img", "iframe", "source", "audio", "video"), "src") | {"link": "href"}
"""Elements that a browser loads something for, and the attribute that says what."""
NOT_LOADED = ("canonical", "prev", "next", "index", "search", "author", "copyright")
"""Relations of ``<link>`` that nothing is loaded for."""


@dataclass
class Parts(HTMLParser):
    """The ``links`` that readers may follow, what the browser ``loads``, and the ``anchors`` of one page."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ("id", "name"):
            if given.get(name):
                self.anchors.add(given[name] or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag == "link" and given.get("rel") in NOT_LOADED:
            self.links.append(given.get("href") or "")
        elif tag in LOADS and given.get(LOADS[tag]):
            self.loads.append(given[LOADS[tag]] or "")


def parts(path: Path) -> Parts:
    found = Parts()
    found.feed(path.read_text(encoding="utf-8"))
    return found
