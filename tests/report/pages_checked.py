"""What every page has to be: well formed, complete in itself, and in order for readers of any kind."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "hr", "col"})
_WORDS = """html head meta title link style body a header nav main footer section h1 h2 h3 h4 h5 p ul ol li dl dt dd
    pre code span time details summary figure figcaption div table caption thead tbody tr th td sup svg g path rect
    text line circle polyline polygon article desc clippath defs use"""
ALLOWED = frozenset(_WORDS.split())


class Outline(HTMLParser):
    """Elements, identifiers, levels of headings and links of a page; asserts that elements are balanced."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tables: list[list[str]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        found = {name: value or "" for name, value in attrs}
        assert len(found) == len(attrs), f"an attribute of {tag} is there twice"
        self.attributes += [(tag, name, value) for name, value in found.items()]
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append([])
        if tag in ("caption", "th") and self.tables:
            self.tables[-1].append(tag + found.get("scope", ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a page has no comments")

    @property
    def text(self) -> str:
        """All that people read."""
        return "".join(self.texts)


def checked(page: str) -> Outline:
    """The outline of ``page``, which is valid, offline, without scripts, and made for screen readers."""
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    page.encode("utf-8")
    found = Outline(page)
    assert len(found.ids) == len(set(found.ids))
    assert all(link[:1] == "#" and link[1:] in found.ids for link in found.links)
    for tag, name, value in found.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in ("src", "srcset", "action", "style") or (tag, name) == ("link", "href"), (tag, name)
        if name in ("aria-labelledby", "aria-describedby"):
            assert set(value.split()) <= set(found.ids)
        if name == "href":
            assert value.startswith("#") or value == "data:,"
    assert found.headings[0] == 1
    assert found.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(found.headings, found.headings[1:], strict=False))
    assert all({"thcol", "throw"} <= set(table) and "caption" in table for table in found.tables)
    policy = ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert policy in found.attributes
    assert [tag for tag, _, _ in found.attributes if tag == "main"]
    return found
