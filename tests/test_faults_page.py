"""docs/faults.md says of every situation what is done and how that is known."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
"""The rows of all tables, their headings among them."""


def test_every_situation_has_a_proof_or_says_that_there_is_none() -> None:
    assert len(ROWS) > 110
    unproven = [
        row for row in ROWS if "::test_" not in row[-1] and "No test" not in row[-1] and row[-1].strip() != "proof"
    ]
    assert unproven == []


def test_what_is_written_as_a_test_is_read_as_one() -> None:
    assert PAGE.count("::test_") == len(re.findall(r"`tests/[\w/]+\.py::test_\w+`", PAGE))
