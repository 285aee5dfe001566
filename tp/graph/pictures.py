"""Pictures of graphs, for pages and for notes."""

from __future__ import annotations

from tp.graph.mermaid import to_mermaid
from tp.graph.svg import to_svg

__all__ = ["to_mermaid", "to_svg"]
