"""Pictures of graphs, for pages and for notes."""

from tp.pictures.mermaid import to_mermaid
from tp.pictures.svg import to_svg

__all__ = ["to_mermaid", "to_svg"]
