"""Documents that name tests name ones that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


def test_every_test_that_a_document_names_exists() -> None:
    named = [(page.name, *found) for page in ROOT.glob("docs/*.md") for found in NAMED.findall(page.read_text("utf-8"))]
    assert len(named) > 30
    for page, file, test in named:
        text = (ROOT / file).read_text("utf-8")
        assert not test or f"def {test}(" in text, f"{page} names {file}::{test}"
