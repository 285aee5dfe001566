"""The look of charts in a page: classes, with colours for light and for dark pages."""

from __future__ import annotations

SHADES = 12
"""The number of classes ``s0`` to ``s11`` that stand for the scale of colours."""
_LIGHT = "93a320 6fa534 4ba64c 2fa063 1f9a7c 1f8f88 27818e 2f6d8d 38598c 414287 48246f 440154"
_DARK = "6f5fb5 6a70c2 6280cb 5590cc 479fca 3daec2 3dbcb4 4cc9a0 6bd487 92dd6c b9e355 dfe84b"
"""Colours of the shades from 0 to 1: far from the background everywhere, and the farther the larger the shade."""
_CLASSES = "\n".join(f".tp-chart .s{k} {{ --tp-at: var(--tp-s{k}); }}" for k in range(SHADES))


def _variables(colours: str) -> str:
    return " ".join(f"--tp-s{k}: #{colour};" for k, colour in enumerate(colours.split()))


STYLE = f"""
.tp-chart {{ display: block; width: 100%; height: auto; overflow: visible; font: 10.5px system-ui, sans-serif;
  color: inherit; --tp-mark: #0969da; {_variables(_LIGHT)} }}
@media (prefers-color-scheme: dark) {{ .tp-chart {{ --tp-mark: #58a6ff; {_variables(_DARK)} }} }}
.tp-chart text {{ fill: currentColor; }}
.tp-chart path {{ fill: none; stroke: currentColor; stroke-linecap: round; stroke-linejoin: round; }}
.tp-chart .frame {{ stroke-opacity: 0.45; stroke-width: 0.8; }}
.tp-chart .grid {{ stroke-opacity: 0.13; stroke-width: 0.8; }}
.tp-chart g {{ color: var(--tp-at, currentColor); }}
.tp-chart .draws path {{ stroke-width: 3; stroke-opacity: 0.28; }}
.tp-chart .median path {{ stroke-width: 5.5; stroke: var(--tp-at, var(--tp-mark)); }}
.tp-chart .interval path {{ stroke-width: 1.6; stroke: var(--tp-at, var(--tp-mark)); }}
.tp-chart .predicted path {{ stroke-width: 1.3; stroke-dasharray: 5 4; stroke-linecap: butt; }}
.tp-chart .curve path {{ stroke-width: 1.5; }}
.tp-chart path.dots {{ stroke-width: 4; }}
.tp-chart .band path {{ stroke: none; fill: currentColor; fill-opacity: 0.15; }}
.tp-chart .best path {{ stroke-width: 1.6; }}
.tp-chart .best path.dots {{ stroke-width: 6.5; }}
{_CLASSES}
"""
