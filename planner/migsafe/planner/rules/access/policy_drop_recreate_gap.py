"""A policy dropped in one transaction and created again in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.policy_changes import made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _in_later_transactions(context: Context) -> Iterator[act.Action]:
    if context.migration is None or context.segment is None:
        return
    segments = context.migration.division.segments
    place = next(number for number, each in enumerate(segments) if each is context.segment)
    yield from (action for each in segments[place + 1 :] for one in each.statements for action in one.actions)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.POLICY, name=name, table=table) if table is not None and context.live(table):
            again = made(_in_later_transactions(context), context, table)
            at_once = any(each.name == name.name for each in made(context.later(), context, table))
            if not at_once and any(each.name == name.name for each in again):
                yield Hit(table, f"policy {name} of {table} is gone until a later transaction creates it again")


RULE = Rule(
    name="policy-drop-recreate-gap",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=30,
    harm="Between the two transactions, and for good if the second one fails, rows are hidden from their readers, or "
    "open to all where the policy was a restrictive one.",
    remedy="Drop and create it in one transaction, or use ALTER POLICY.",
    before="""
CREATE TABLE notes (id bigint PRIMARY KEY, owner name, shared boolean);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY notes_read ON notes FOR SELECT USING (owner = current_user);
""",
    unsafe="""
BEGIN;
DROP POLICY notes_read ON notes;
COMMIT;
BEGIN;
CREATE POLICY notes_read ON notes FOR SELECT USING (owner = current_user OR shared);
COMMIT;
""",
    safe="""
DROP POLICY notes_read ON notes;
CREATE POLICY notes_read ON notes FOR SELECT USING (owner = current_user OR shared);
""",
    check=OnActions((act.Drop,), _find),
)
