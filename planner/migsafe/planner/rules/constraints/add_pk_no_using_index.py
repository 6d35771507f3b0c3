"""A primary key that builds its index under lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.remedies.rewritten import made_up, not_null_later, plain_key, unique_later
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(table=table, constraint=made) if context.live(table):
            if made.kind is ConstraintKind.PRIMARY_KEY and made.using_index is None:
                loose = [column for column in made.columns if not context.state.proven_not_null(table, column)]
                read = ", and its rows are read for NULLs" if loose else ""
                detail = f"the index of the primary key of {table} is built while reads and writes wait{read}"
                yield Hit(table, detail, _safer(table, made, loose) if plain_key(context, table) else "")


def _safer(table: QualifiedName, made: Constraint, loose: list[str]) -> str:
    name = made.name or made_up(table, (), "pkey")
    return parted(*(not_null_later(table, column) for column in loose), unique_later(table, made, name))


RULE = Rule(
    name="add-pk-no-using-index",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm=("The table is read and the index built while reads and writes wait; duplicates and NULLs make it fail."),
    remedy=(
        "Set the columns NOT NULL by way of a CHECK, build a unique index CONCURRENTLY, then ADD PRIMARY "
        "KEY USING INDEX in a later migration."
    ),
    before="CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY, email text);",
    unsafe="ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id);",
    safe="""
CREATE UNIQUE INDEX CONCURRENTLY users_pkey ON users (id);
-- next migration
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_pkey;
""",
    check=OnActions((act.AddConstraint,), _find),
)
