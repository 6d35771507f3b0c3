"""A COMMIT in the middle of a file that began no transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnNotes, Rule
from migsafe.planner.transactions import Note, NoteKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator


def _find(note: Note) -> Iterator[Hit]:
    yield Hit("", f"COMMIT ends the transaction of the migration: {note.detail}")


RULE = Rule(
    name="commit-in-mid-file",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=10,
    harm="The migration is no longer done or undone as a whole: if the rest fails, what stands before COMMIT stays.",
    remedy="Make two migrations of it, divided where the COMMIT stands.",
    before="CREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE people (id bigint PRIMARY KEY, mood mood);",
    unsafe="""
ALTER TYPE mood ADD VALUE 'calm';
COMMIT;
UPDATE people SET mood = 'calm' WHERE id = 1;
""",
    safe="""
ALTER TYPE mood ADD VALUE 'calm';
-- next migration
UPDATE people SET mood = 'calm' WHERE id = 1;
""",
    check=OnNotes((NoteKind.COMMIT_WITHOUT_BEGIN,), _find),
)
