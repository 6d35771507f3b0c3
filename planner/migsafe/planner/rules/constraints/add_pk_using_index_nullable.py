"""A primary key on an index whose columns may still be NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.rewritten import not_null_later
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(table=table, constraint=made) if made.using_index is not None and context.live(table):
            if made.kind is not ConstraintKind.PRIMARY_KEY:
                return
            schema = context.state.qualified(table).schema
            index = context.state.indexes.get(QualifiedName(made.using_index, schema))
            for column in index.columns if index is not None else ():
                if column is not None and not context.state.proven_not_null(table, column):
                    detail = f"every row of {table} is read to see that {column} has no NULL"
                    yield Hit(table, detail, _safer(table, column, context))


def _safer(table: QualifiedName, column: str, context: Context) -> str:
    sql = this_sql(context)
    return parted(not_null_later(table, column), f"{sql};") if sql else ""


RULE = Rule(
    name="add-pk-using-index-nullable",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "PRIMARY KEY makes the columns NOT NULL: the whole table is read for that while reads and writes "
        "wait, although the index is there; a single NULL makes it fail."
    ),
    remedy="Set the columns NOT NULL first, by way of a CHECK that is validated in its own transaction.",
    before="""
CREATE TABLE users (id bigint, email text);
CREATE UNIQUE INDEX users_pkey ON users (id);
""",
    unsafe="ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;",
    safe="""
ALTER TABLE users ADD CONSTRAINT users_id_not_null CHECK (id IS NOT NULL) NOT VALID;
-- next migration
ALTER TABLE users VALIDATE CONSTRAINT users_id_not_null;
-- next migration
ALTER TABLE users ALTER COLUMN id SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_id_not_null;
-- next migration
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;
""",
    check=OnActions((act.AddConstraint,), _find),
)
