"""A UNIQUE constraint that builds its index under lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.remedies.rewritten import made_up, plain_key, unique_later
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(table=table, constraint=made) if context.live(table):
            if made.kind is ConstraintKind.UNIQUE and made.using_index is None:
                name = made.name or made_up(table, made.columns, "key")
                safer = unique_later(table, made, name) if plain_key(context, table) else ""
                detail = f"the index of {', '.join(made.columns)} of {table} is built while reads and writes wait"
                yield Hit(table, detail, safer)


RULE = Rule(
    name="add-unique-constraint",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=40,
    scaled=True,
    harm="Its index is built while reads and writes wait; duplicates make it fail.",
    remedy="Build a unique index CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX in a later migration.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text);",
    unsafe="ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);",
    safe="""
DELETE FROM users WHERE id IN (17, 42);  -- the second rows of two addresses, as counted
-- next migration
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
-- next migration
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
""",
    check=OnActions((act.AddConstraint,), _find),
)
