"""docs/json holds the schemas that this code has."""

from __future__ import annotations

from pathlib import Path

import pytest

from migsafe.cli.flows.schemas import NAMES, schema_text

FOLDER = Path(__file__).parents[2] / "docs" / "json"


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_what_the_code_says(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text() == schema_text(name), "run `make schemas`"


def test_nothing_else_is_published() -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == {f"{name}.schema.json" for name in NAMES}
