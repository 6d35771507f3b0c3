"""docs/rules is what the rules say, and docs/dangers.md names them all."""

from __future__ import annotations

import re
from pathlib import Path

from migsafe.planner.explain import BESIDE, dangers_page, pages, rule_page
from migsafe.planner.rules import FAMILIES, RULES

DANGERS = Path(__file__).resolve().parent.parent.parent / "docs" / "dangers.md"
FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "rules"


def test_the_pages_in_docs_are_the_ones_that_the_rules_make() -> None:
    """`make docs` mends this."""
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(FAMILIES)


def test_a_page_shows_the_lock_of_the_unsafe_example() -> None:
    (rule,) = [rule for rule in RULES if rule.name == "create-index-blocking"]
    assert "| public.orders | SHARE | writes | reads every row |" in rule_page(rule)


def test_every_danger_has_rules_or_a_reason_for_none() -> None:
    """The names are those of rules; `make docs` adds the rules of which no danger speaks."""
    text = DANGERS.read_text(encoding="utf-8")
    assert text == dangers_page(text, FAMILIES)
    rows = [line.strip("| ").split(" | ") for line in text.partition(BESIDE)[0].splitlines()]
    told = [cells for cells in rows if len(cells) == 2 and cells[0] != "danger"]
    assert len(told) == 216
    assert [cells for cells in told if not cells[1].startswith(("[", "no rule: "))] == []
    named = {name for _, rules in told for name in re.findall(r"\[([a-z0-9-]+)\]\(rules/\1\.md\)", rules)}
    assert named <= {rule.name for rule in RULES}
