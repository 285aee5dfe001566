"""All kinds of entries, and the writing of their pages, only where they change: Sphinx then reads no others again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reference import activations, api, claims, commands, diagnostics, laws, optimizers, primitives, rules
from reference.entry import Kind

KINDS: tuple[Kind, ...] = (
    commands.KIND, diagnostics.KIND, activations.KIND, laws.KIND, optimizers.KIND, claims.KIND, primitives.KIND,
    rules.KIND, api.KIND,
)  # fmt: skip

_ABOUT = "A page for every entry of every registry of `tp`, written from the registries when the pages are built."


def pages() -> dict[str, str]:
    """The text of every page by its path in the folder of the reference."""
    found: dict[str, str] = {}
    rows: list[str] = []
    for kind in KINDS:
        entries = list(kind.entries())
        found[f"{kind.folder}/index.md"] = kind.index(entries)
        found |= {f"{kind.folder}/{entry.file}.md": entry.page(kind) for entry in entries}
        rows.append(f"| [{kind.title}]({kind.folder}/index.md) | {len(entries)} | {kind.about} |")
    listed = "\n".join(f"{kind.folder}/index" for kind in KINDS)
    found["index.md"] = (
        f"# All entries\n\n{_ABOUT}\n\n| | entries | |\n|---|---|---|\n" + "\n".join(rows) + "\n\n"
        f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    )
    return found


def write(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """Write the pages ``wanted`` into ``folder``, remove others, and return the paths of those that changed."""
    for path in sorted(folder.rglob("*.md")):
        if str(path.relative_to(folder)) not in wanted:
            path.unlink()
    changed: list[str] = []
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed
