"""Pages in a real browser: quiet, readable in both schemes, and no wider than a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import CHROMIUM, DESK, PHONE, Seen, look, run

from tp.cli import main

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
ROOT = Path(__file__).parents[2] / "programs"
FEW = ["--widths", "16,32,64,128", "--seeds", "4"]
BROKEN = "<!DOCTYPE html><html lang=en><body style='margin:0'>{}</body></html>"


def page(folder: Path, name: str, *words: str) -> Path:
    """The page of a command about programs, which are named by ``.tp`` words."""
    file = folder / f"{name}.html"
    main([str(ROOT / w) if w.endswith(".tp") else w for w in words] + ["--html", str(file), "--no-store", "-q"])
    return file


def quiet(seen: Seen, width: int) -> None:
    assert seen.words > 1000
    assert seen.width <= width
    assert seen.wide == []
    assert seen.faint == []


def test_a_page_fits_a_phone_and_says_nothing_on_the_console(tmp_path: Path) -> None:
    file = page(tmp_path, "orders", "orders", "false_claim.tp", "--quantities", "F")
    (seen,) = look([file], tmp_path)
    quiet(seen, PHONE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A page of each command, of several programs, and of a run that is stored."""
    folder = tmp_path_factory.mktemp("pages")
    store = str(folder / "store")
    main(["orders", str(ROOT / "mlp.tp"), "--store", store])
    main(["report", "mlp", "--store", store, "--html", str(folder / "report.html")])
    return [
        folder / "report.html",
        page(folder, "several", "orders", "attention_sqrt.tp", "transformer_block.tp", "false_claim.tp"),
        page(folder, "verify", "verify", "false_claim.tp", *FEW, "--quantities", "F,kernel,C[0,2]"),
        page(folder, "transfer", "transfer", "mean_field.tp", *FEW, "--steps", "2"),
        page(folder, "linearize", "linearize", "mean_field.tp", *FEW, "--steps", "2", "--no-second"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (PHONE, True), (DESK, False)])
def test_every_page_fits_and_can_be_read(pages: list[Path], tmp_path: Path, dark: bool, width: int) -> None:
    for seen in look(pages, tmp_path, width=width, dark=dark):
        quiet(seen, width)


@pytest.mark.slow
def test_a_page_alone_says_nothing_on_the_console(pages: list[Path], tmp_path: Path) -> None:
    found, console = run(pages[1], tmp_path)
    assert console == []
    assert "<h1>3 programs</h1>" in found


@pytest.mark.slow
def test_what_is_wrong_with_a_page_is_seen(tmp_path: Path) -> None:
    wide, faint = tmp_path / "wide.html", tmp_path / "faint.html"
    wide.write_text(BROKEN.format("<div style='width:500px'>too wide</div>"))
    faint.write_text(BROKEN.format("<p style='color:#999;background:#fff'>too faint</p>"))
    one, two = look([wide, faint], tmp_path)
    loud = tmp_path / "loud.html"
    policy = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\"><script>1</script>"
    loud.write_text(BROKEN.format(policy))
    assert run(loud, tmp_path)[1]
    assert one.width == 500
    assert one.wide == ["DIV."]
    assert two.faint[0][1] == "too faint"
    assert two.wide == []
