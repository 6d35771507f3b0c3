"""A BEGIN inside a transaction."""

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
    yield Hit("", f"BEGIN begins nothing: {note.detail}")


RULE = Rule(
    name="transaction-nesting",
    severity=Severity.NOTICE,
    dimension=Dimension.RECOVERY,
    points=0,
    harm=(
        "PostgreSQL has no transactions within transactions: the inner BEGIN does nothing, and the first "
        "COMMIT ends the outer one, so that less is undone together than the text says."
    ),
    remedy="Leave out the inner BEGIN and its COMMIT.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
BEGIN;
BEGIN;
ALTER TABLE notes ADD COLUMN body text;
COMMIT;
""",
    safe="""
BEGIN;
ALTER TABLE notes ADD COLUMN body text;
COMMIT;
""",
    check=OnNotes((NoteKind.BEGIN_INSIDE_BLOCK,), _find),
)
