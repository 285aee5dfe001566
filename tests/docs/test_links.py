"""Links of pages lead somewhere: to files, to headings and targets in them, and to addresses that could exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import GENERATED, ROOT, names, read


def prose(name: str) -> str:
    """A page without code."""
    text = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "code", text)


def links(name: str) -> Iterator[str]:
    yield from re.findall(r"\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)", prose(name))


@cache
def anchors(name: str) -> set[str]:
    """Targets in a page, and its headings as GitHub and MyST spell them."""
    text = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r"^\(([\w-]+)\)=$", text, flags=re.MULTILINE))


@cache
def every_target() -> set[str]:
    return {found for name in names() for found in re.findall(r"^\(([\w-]+)\)=$", read(name), flags=re.MULTILINE)}


@pytest.mark.parametrize("name", names())
def test_links_between_pages(name: str) -> None:
    for link in links(name):
        if urlsplit(link).scheme:
            continue
        file, _, anchor = link.partition("#")
        path = ((ROOT / name).parent / file).resolve() if file else ROOT / name
        shown = str(path.relative_to(ROOT))
        if shown.startswith(tuple(f"docs/{folder}/" for folder in GENERATED)):
            continue  # the built site is checked for these
        assert path.exists(), f"{name}: {link}"
        if anchor:
            known = anchors(shown) | (every_target() if not file else set())
            assert anchor in known, f"{name}: {link}"


@pytest.mark.parametrize("name", names())
def test_links_to_the_world(name: str) -> None:
    """They are not followed: a test needs no network."""
    for link in links(name):
        found = urlsplit(link)
        if found.scheme:
            assert found.scheme == "https", f"{name}: {link}"
            assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", found.netloc), f"{name}: {link}"
