"""Formulas as MathML, made when the pages are built, so that they need no script, font or network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

_STYLED = re.compile(r'<(m[ion]) mathvariant="([a-z-]+)">([^<]*)</\1>')
_SPELLINGS = [
    # Absolute values and norms: browsers take a bar for a relation between what stands beside it.
    (r'<mo(?: stretchy="false")?>(&#x0(?:007C|2016);)</mo>', r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>'),
    (r"<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">&#x0002F;</mo>'),
    # A sign after a relation, a comma or an opening bracket belongs to what follows.
    (
        r"(<mo[^>]*>&#x0(?:003D|2264|2265|002C|0028|223C);</mo>)<mo>(&#x0(?:2212|002B|00B1);)</mo>",
        r'\1<mo form="prefix">\2</mo>',
    ),
    (r"<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>"),
    (r"<mi>:</mi>", "<mo>:</mo>"),
]
"""What the converter writes, as patterns, and what browsers show better."""
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_LONG = 40
"""Characters of a formula in a line of text that may be wider than a phone."""
_STYLES = {"bold": (0x1D400, 0x1D41A), "script": (0x1D49C, 0x1D4B6), "fraktur": (0x1D504, 0x1D51E),
           "double-struck": (0x1D538, 0x1D552)}  # fmt: skip
"""The first capital and the first small letter of each style in Unicode."""
_ELSEWHERE = {
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}
"""Letters that Unicode has at other places than their neighbours."""


def mathml(latex: str, display: str = "inline") -> str:
    """The formula as a ``<math>`` element. Raises ValueError for an unknown command and an unclosed brace."""
    bare = re.sub(r"\\[{}]", "", latex)
    if bare.count("{") != bare.count("}"):
        raise ValueError(f"braces do not match in {latex}")
    found = convert(latex, display=display)
    unknown = _COMMAND.search(found)
    if unknown:
        raise ValueError(f"no MathML for {unknown[0]} in {latex}")
    for pattern, spelling in _SPELLINGS:
        found = re.sub(pattern, spelling, found)
    return _STYLED.sub(_lettered, found)


def _lettered(match: re.Match[str]) -> str:
    """Letters of the style in place of the attribute, which browsers ignore (MathML Core)."""
    tag, style, text = match.groups()
    if style not in _STYLES:
        return match[0]
    return f"<{tag}>{''.join(_letter(style, character) for character in text)}</{tag}>"


def _letter(style: str, character: str) -> str:
    capital, small = _STYLES[style]
    if "A" <= character <= "Z":
        return _ELSEWHERE.get(style, {}).get(character) or chr(capital + ord(character) - ord("A"))
    if "a" <= character <= "z":
        return _ELSEWHERE.get(style, {}).get(character) or chr(small + ord(character) - ord("a"))
    return character


def _visit_inline(translator: HTML5Translator, node: nodes.Element) -> None:
    long = " long" if len(node.astext()) > _LONG else ""
    # No line breaks between a formula and the bracket before it or the full stop after it (word joiners).
    translator.body.append(f'&#8288;<span class="math{long}">{_checked(node, "inline")}</span>&#8288;')
    raise nodes.SkipNode


def _visit_block(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append(f'<div class="math">{_checked(node, "block")}</div>')
    raise nodes.SkipNode


def _checked(node: nodes.Element, display: str) -> str:
    """A formula that cannot be typeset is a warning, which the option -W of the build makes an error."""
    try:
        return mathml(node.astext(), display)
    except Exception as problem:
        logging.getLogger(__name__).warning("formula: %s", problem, location=node)
        return f"<code>{translated(node.astext())}</code>"


def translated(text: str) -> str:
    """Text with the characters escaped that HTML would interpret."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", inline_renderers=(_visit_inline, None), block_renderers=(_visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
