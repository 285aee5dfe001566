"""Pages in Chromium: what is too wide, what is hard to read, and what the console says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHONE, DESK = 360, 1100
"""Widths in pixels."""
# The frame is another document of the same origin: its policy keeps scripts out of it, and this one looks at it.
_SCRIPT = """
const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const numbers = text => text.match(/[\\d.]+/g).map(Number);
function behind(element) {
  for (; element; element = element.parentElement) {
    const found = numbers(getComputedStyle(element).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return [255, 255, 255];
}
function paint(element) {
  const group = element.closest("svg g");
  const box = group && group.querySelector("rect");
  return box ? numbers(getComputedStyle(box).fill) : behind(element);
}
function measured(frame) {
  const page = frame.contentDocument, view = frame.contentWindow;
  for (const folded of page.querySelectorAll("details")) folded.open = true;
  const wide = [], faint = [];
  for (const element of page.body.querySelectorAll("*")) {
    const style = view.getComputedStyle(element);
    const clipped = element.closest(".unseen, .skip") || element.parentElement.closest(".scroll, svg");
    if (!clipped && element.getBoundingClientRect().right > frame.clientWidth + 0.5)
      wide.push(element.tagName + "." + element.className);
    const words = [...element.childNodes].filter(n => n.nodeType === 3 && n.data.trim());
    if (!words.length || ["title", "desc", "style"].includes(element.tagName.toLowerCase())) continue;
    const drawn = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
    const [one, two] = [light(numbers(drawn)), light(paint(element))].sort((a, b) => a - b);
    const ratio = (two + 0.05) / (one + 0.05);
    if (ratio < 4.5) faint.push([element.tagName, words[0].data.trim().slice(0, 30), ratio]);
  }
  return {width: page.documentElement.scrollWidth, wide, faint, words: page.body.innerText.length};
}
onload = () => {
  const found = [...document.querySelectorAll("iframe")].map(measured);
  document.querySelector("pre").textContent = JSON.stringify(found);
};
"""


@dataclass(frozen=True)
class Seen:
    """A page in a frame of some width, with everything unfolded.

    ``width`` is that of its content, ``wide`` are elements that stick out of it without a box of their own that
    scrolls, ``faint`` texts with a contrast below 4.5, and ``words`` the number of characters that are shown.
    """

    width: int
    wide: list[str]
    faint: list[Any]
    words: int


def run(page: Path, folder: Path, *options: str) -> tuple[str, list[str]]:
    """The document that ``page`` becomes, and what the console says."""
    assert CHROMIUM is not None
    words = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom",
        "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", *options, page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, timeout=90)
    return done.stdout, re.findall(r"CONSOLE.*", done.stderr)


def look(pages: Sequence[Path], folder: Path, *, width: int = PHONE, dark: bool = False) -> list[Seen]:
    """All ``pages`` in frames of this ``width``, in light or dark colours. ``folder`` is for files of the browser."""
    frames = "".join(f'<iframe src="{escape(p.as_uri())}" width="{width}" height="800"></iframe>' for p in pages)
    wrapper = folder / "frames.html"
    style = "<style>iframe { border: 0 }</style>"
    wrapper.write_text(f"<!DOCTYPE html>{style}<script>{_SCRIPT}</script><pre></pre>{frames}", encoding="utf-8")
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    found, console = run(wrapper, folder, *scheme)
    assert console == []
    (measured,) = re.findall(r"<pre>(.*?)</pre>", found, re.DOTALL)
    return [Seen(**one) for one in json.loads(unescape(measured))]
