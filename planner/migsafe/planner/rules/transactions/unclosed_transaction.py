"""A BEGIN after the last COMMIT of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnNotes, Rule
from migsafe.planner.transactions import NoteKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.transactions import Note


def _find(note: Note) -> Iterator[Hit]:
    yield Hit("", f"BEGIN has no COMMIT: {note.detail}")


RULE = Rule(
    name="unclosed-transaction",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=5,
    harm="What follows it is committed here, but psql rolls it back without a word at the end of the file.",
    remedy=(
        "Write the COMMIT that belongs to it, or leave out BEGIN and COMMIT: a migration is one transaction anyway."
    ),
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
COMMIT;
BEGIN;
ALTER TABLE notes ADD COLUMN body text;
""",
    safe="ALTER TABLE notes ADD COLUMN body text;",
    check=OnNotes((NoteKind.BEGIN_WITHOUT_COMMIT,), _find),
)
