"""SET NOT NULL and the drop of its proof in one ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import fellows
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.SetNotNull(table=table, column=column) if context.live(table):
            known = context.state.table(table)
            found = known.columns.get(column) if known is not None else None
            if known is None or (found is not None and found.not_null):
                return
            proofs = {name for name, made in known.constraints.items() if made.valid and made.proves_not_null == column}
            dropped = {each.name for each in fellows(context) if isinstance(each, act.DropConstraint)}
            if proofs and proofs <= dropped:
                detail = f"{', '.join(sorted(proofs))} is gone before {table}.{column} is looked at"
                yield Hit(table, detail, _safer(table, column, proofs, context))


def _safer(table: QualifiedName, column: str, proofs: set[str], context: Context) -> str:
    if len(fellows(context)) > len(proofs) + 1:
        return ""
    drops = (f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)};" for name in sorted(proofs))
    return "\n".join([f"ALTER TABLE {table} ALTER COLUMN {quoted(column)} SET NOT NULL;", *drops])


RULE = Rule(
    name="set-not-null-and-drop-check-combined",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "PostgreSQL drops constraints before it sets NOT NULL, wherever they stand in the statement: the "
        "CHECK proves nothing any more, and the whole table is read while reads and writes wait."
    ),
    remedy="Drop the CHECK in a statement of its own after SET NOT NULL; both may share a transaction.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT email_set CHECK (email IS NOT NULL));",
    unsafe="ALTER TABLE users ALTER COLUMN email SET NOT NULL, DROP CONSTRAINT email_set;",
    safe="""
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT email_set;
""",
    check=OnActions((act.SetNotNull,), _find),
)
