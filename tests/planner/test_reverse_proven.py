"""What was measured decides which rollback stands in a plan, and what undoing costs."""

from __future__ import annotations

import pytest

from migsafe.planner.reverse.proven import Tried, undo_after
from migsafe.schemas.evidence import RoundTrip, RoundTripOutcome
from migsafe.schemas.plan import Undo, UndoClass

NONE = Undo(
    undo_class=UndoClass.IRREVERSIBLE, reason="no rollback is declared", file=None, sql=None, sha256=None, steps=()
)
DECLARED = NONE.model_copy(update={"undo_class": UndoClass.LOSSLESS, "reason": "fine", "file": "d.sql", "sql": "x"})
GENERATED = DECLARED.model_copy(update={"file": None, "sql": "y", "generated": True})


def trip(outcome: RoundTripOutcome) -> RoundTrip:
    return RoundTrip(outcome=outcome, detail="it happened", differences=(), lost=(), again=())


@pytest.mark.parametrize(
    ("outcome", "grade"),
    [
        (RoundTripOutcome.PROVEN, UndoClass.LOSSLESS),
        (RoundTripOutcome.DIFFERS, UndoClass.LOSSLESS),
        (RoundTripOutcome.LOSES_DATA, UndoClass.IRREVERSIBLE),
        (RoundTripOutcome.FAILS, UndoClass.IRREVERSIBLE),
    ],
)
def test_the_class_of_a_declared_rollback_is_the_measured_one(outcome: RoundTripOutcome, grade: UndoClass) -> None:
    found = undo_after(DECLARED, Tried(trip(outcome), trip(RoundTripOutcome.PROVEN), GENERATED))
    assert (found.undo_class, found.sql) == (grade, "x")
    assert ("it happened" in found.reason) == (outcome is not RoundTripOutcome.PROVEN)


def test_a_generated_rollback_stands_where_none_is_declared_and_it_runs() -> None:
    assert undo_after(NONE, Tried(None, trip(RoundTripOutcome.PROVEN), GENERATED)) == GENERATED
    failed = undo_after(NONE, Tried(None, trip(RoundTripOutcome.FAILS), GENERATED))
    assert (failed.sql, failed.reason) == (None, "no rollback is declared, and it happened")
