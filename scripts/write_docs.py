# ruff: noqa: INP001 - a script, not a package
"""Writes the generated pages of docs/ anew: one for each rule, their list, and those that no known danger names."""

from __future__ import annotations

from pathlib import Path

from migsafe.planner.explain import dangers_page, pages
from migsafe.planner.rules import FAMILIES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"


def main() -> None:
    """Write every page, and delete those of rules that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages(FAMILIES)
    for stale in {path.name for path in FOLDER.glob("*.md")} - made.keys():
        (FOLDER / stale).unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    dangers = FOLDER.parent / "dangers.md"
    dangers.write_text(dangers_page(dangers.read_text(encoding="utf-8"), FAMILIES), encoding="utf-8")


if __name__ == "__main__":
    main()
