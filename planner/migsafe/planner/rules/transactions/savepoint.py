"""Savepoints in a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.RollbackToSavepoint(name=name):
            yield Hit("", f"what stands between SAVEPOINT {name} and ROLLBACK TO is done and undone again")
        case _:
            pass


RULE = Rule(
    name="savepoint",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=5,
    harm=("Locks are taken for work that is thrown away, and the plan tells of objects that are not there in the end."),
    remedy="Delete the statements between SAVEPOINT and ROLLBACK TO.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
SAVEPOINT try;
ALTER TABLE notes ADD COLUMN body text;
ROLLBACK TO SAVEPOINT try;
""",
    safe="ALTER TABLE notes ADD COLUMN body text;",
    check=OnActions((act.RollbackToSavepoint,), _find),
)
