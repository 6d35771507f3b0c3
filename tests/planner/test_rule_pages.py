"""docs/rules is what the rules say."""

from __future__ import annotations

from pathlib import Path

from migsafe.planner.explain import pages, rule_page
from migsafe.planner.rules import FAMILIES, RULES

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "rules"


def test_the_pages_in_docs_are_the_ones_that_the_rules_make() -> None:
    """`make docs` mends this."""
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(FAMILIES)


def test_a_page_shows_the_lock_of_the_unsafe_example() -> None:
    (rule,) = [rule for rule in RULES if rule.name == "create-index-blocking"]
    assert "| public.orders | SHARE | writes | reads every row |" in rule_page(rule)
