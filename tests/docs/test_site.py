"""The built site: no warnings, every link and anchor exists, and nothing of it comes from a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS
from tests.docs.site_parts import Parts, parts

pytestmark = pytest.mark.slow
pytest.importorskip("sphinx")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site: that in ``TP_SITE``, where one has been built already, or a new one."""
    if "TP_SITE" in os.environ:
        return Path(os.environ["TP_SITE"])
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def found(site: Path) -> dict[Path, Parts]:
    """The parts of every page by its resolved path."""
    return {path.resolve(): parts(path) for path in sorted(site.rglob("*.html"))}


def test_every_link_leads_to_a_page_and_a_place_in_it(found: dict[Path, Parts]) -> None:
    assert len(found) > 300
    broken: list[str] = []
    for path, page in found.items():
        for link in {*page.links, *page.loads}:
            address = urlsplit(link)
            if address.scheme or link == "#":
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            there = found[target].anchors if target in found else {address.fragment}
            if not target.exists() or (address.fragment and unquote(address.fragment) not in there):
                broken.append(f"{path.name}: {link}")
    assert not broken


def test_nothing_is_loaded_from_a_network(site: Path, found: dict[Path, Parts]) -> None:
    for path, page in found.items():
        assert [load for load in page.loads if urlsplit(load).scheme not in ("", "data")] == [], path
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", text), style


def test_formulas_need_no_script(site: Path) -> None:
    """All of them are MathML: no dollar of one that was not recognised is left."""
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "MathJax" not in text
        assert "$" not in re.sub(r"<(script|code|pre)\b.*?</\1>", "", text, flags=re.DOTALL), path
    assert (site / "calculus.html").read_text(encoding="utf-8").count("<math ") > 500
