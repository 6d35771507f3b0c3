"""DROP CONSTRAINT on a table in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import after, before, fellows
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import ConstraintState
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DropConstraint(table=table, name=name) if context.live(table):
            known = context.state.constraint(table, name)
            if not _needless(table, known, context) and not _replaced(table, known, name, context):
                kind = known.kind if known is not None else "constraint"
                other = known.referenced if known is not None else None
                locked = f", and reads and writes of {other} wait too" if other is not None and other != table else ""
                yield Hit(table, f"nothing keeps the {kind} {name} of {table} from then on{locked}")


def _needless(table: QualifiedName, known: ConstraintState | None, context: Context) -> bool:
    """Whether the column itself says what the constraint says, or the constraint never held."""
    if known is None or not known.enforced:
        return known is not None
    column = context.state.column(table, known.proves_not_null) if known.proves_not_null is not None else None
    return column is not None and column.not_null


def _replaced(table: QualifiedName, known: ConstraintState | None, name: str, context: Context) -> bool:
    """Whether the migration adds one of that name or kind, or drops the table or a column of the constraint."""
    for each in (*before(context), *fellows(context), *after(context)):
        match each:
            case act.AddConstraint(table=other, constraint=made):
                gone = made.name == name or (known is not None and made.kind is known.kind)
            case act.DropColumn(table=other, column=column):
                gone = known is not None and column in known.columns
            case act.Drop(kind=ObjectKind.TABLE, name=other):
                gone = True
            case _:
                continue
        if gone and context.state.qualified(other) == context.state.qualified(table):
            return True
    return False


RULE = Rule(
    name="drop-constraint",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=10,
    harm=(
        "Wrong rows can get in unnoticed from then on; to take the step back, every row has to be "
        "checked again. Dropping a foreign key locks both of its tables against reads and writes."
    ),
    remedy=(
        "See that nothing relies on it (ON CONFLICT, the planner, code that waits for the error), and "
        "set a lock_timeout."
    ),
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users;
""",
    unsafe="ALTER TABLE orders DROP CONSTRAINT of_user;",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders DROP CONSTRAINT of_user;
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users ON DELETE RESTRICT NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT of_user;
""",
    check=OnActions((act.DropConstraint,), _find),
)
