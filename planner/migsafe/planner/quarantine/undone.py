"""How a migration is undone that keeps what it drops."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from migsafe.planner.prepared import Script
from migsafe.planner.quarantine.instead import spot
from migsafe.planner.quarantine.returning import returned
from migsafe.planner.steps import steps_of
from migsafe.planner.undo import undo_by, undo_class
from migsafe.schemas.plan import Undo, UndoClass
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from migsafe.planner.prepared import Prepared
    from migsafe.planner.quarantine.keeping import Keeping
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment
    from migsafe.schemas.quarantine import Quarantined
    from migsafe.schemas.step import Step


def undo_of_kept(
    prepared: Prepared, after: SchemaState, keeping: Keeping, kept: tuple[Quarantined, ...]
) -> Undo | None:
    """How it is undone with what it keeps; None where its rollback cannot be used, or is missing and would be needed.

    Without a rollback it can be undone where it does nothing but drop what is kept.
    """
    down, file = prepared.down, prepared.migration.down
    names = ", ".join(each.name for each in kept)
    rest = tuple(each for each in prepared.up.statements if spot(each) not in keeping.instead)
    if isinstance(down, Script) and file is not None:
        grade, reason = undo_class(rest, down.statements) if rest else (UndoClass.LOSSLESS, "")
        if grade is UndoClass.LOSSLESS:
            reason = f"{names} comes back from quarantine with what it holds"
        try:
            steps = steps_back(down.division.segments, kept, after)
        except Refusal:
            return None
        return undo_by(file, down.text, steps, grade, reason)
    if down is not None or not only_keeps(prepared, keeping):
        return None
    text = f"-- Brings back from quarantine: {names}.\n"
    return Undo(
        undo_class=UndoClass.LOSSLESS,
        reason=f"{names} comes back from quarantine with what it holds",
        file=None,
        sql=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        steps=steps_back((), kept, after),
    )


def only_keeps(prepared: Prepared, keeping: Keeping) -> bool:
    """Whether the migration drops what is kept and does nothing else."""
    return all(
        (instead := keeping.instead.get(spot(each))) is not None and len(instead.quarantines) == len(each.actions)
        for each in prepared.up.statements
        if each.actions
    )


def steps_back(segments: tuple[Segment, ...], kept: tuple[Quarantined, ...], after: SchemaState) -> tuple[Step, ...]:
    """The steps of a rollback with which the objects come back. Raises Refusal where one has no place any more."""
    state = after.copy()
    back = returned(segments, kept, state)
    return (*back.first, *steps_of(segments, state, back.instead), *back.afterwards)
