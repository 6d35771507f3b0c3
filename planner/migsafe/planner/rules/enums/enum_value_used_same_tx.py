"""A new enum value used in the transaction that adds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnNotes, Rule
from migsafe.planner.transactions import Note, NoteKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(note: Note) -> Iterator[Hit]:
    yield Hit("", note.detail)


RULE = Rule(
    name="enum-value-used-same-tx",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm="PostgreSQL refuses to use an enum value before the transaction that adds it has committed (error 55P04).",
    remedy="Add the value in a migration of its own, and use it in the next one.",
    before="CREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE people (id bigint PRIMARY KEY, mood mood);",
    unsafe="ALTER TYPE mood ADD VALUE 'calm';\nUPDATE people SET mood = 'calm' WHERE id = 1;",
    safe="""
ALTER TYPE mood ADD VALUE 'calm';
-- next migration
UPDATE people SET mood = 'calm' WHERE id = 1;
""",
    check=OnNotes((NoteKind.NEW_ENUM_VALUE_USED,), _find),
)
