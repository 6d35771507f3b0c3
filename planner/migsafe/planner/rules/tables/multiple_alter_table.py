"""Two ALTER TABLE of one table that each read or rewrite it whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.effects.predict import effects_by_name
from migsafe.planner.rules.clues.around import fellows
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table) | act.SetNotNull(table=table) | act.AddConstraint(table=table):
            if context.segment is None or fellows(context)[0] is not action or not context.live(table):
                return
            this = context.segment.statements[context.number]
            if not _mergeable(this) or not _reads_whole(this, table, context):
                return
            for other in context.segment.statements[context.number + 1 :]:
                if table.name in other.sql and _mergeable(other) and _reads_whole(other, table, context):
                    yield Hit(
                        table, f"{table} is gone through here, and in line {other.line} again", _joined(this, other)
                    )
                    return
        case _:
            pass


def _mergeable(statement: Statement) -> bool:
    """Whether it is an ALTER TABLE of nothing but changes that can share one pass over the table.

    DROP CONSTRAINT is not among them: beside SET NOT NULL it would take away the CHECK that spares the reading.
    """
    return statement.kind == "AlterTableStmt" and all(isinstance(each, _SHARED) for each in statement.actions)


_SHARED = (act.AlterColumnType, act.SetNotNull, act.AddConstraint)


def _reads_whole(statement: Statement, table: QualifiedName, context: Context) -> bool:
    """A pass over all rows that another one could share: not that of a foreign key or of an index."""
    for each in statement.actions:
        if isinstance(each, act.AddConstraint) and each.constraint.kind is not ConstraintKind.CHECK:
            return False
    effect = effects_by_name(statement, context.state).get(context.state.qualified(table))
    return effect is not None and (effect.rewrite or effect.scan)


_HEAD = re.compile(r'\A(ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?[\w."$]+)\s+', re.IGNORECASE)


def _joined(one: Statement, two: Statement) -> str:
    """Both as one; the second is to be taken out."""
    first, second = _HEAD.match(one.sql), _HEAD.match(two.sql)
    if first is None or second is None or "--" in one.sql + two.sql:
        return ""
    return f"{first.group(1)}\n    {one.sql[first.end() :]},\n    {two.sql[second.end() :]};"


RULE = Rule(
    name="multiple-alter-table",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=10,
    scaled=True,
    harm="Each of them reads the whole table or writes it anew under ACCESS EXCLUSIVE: it is locked twice as long.",
    remedy="Give both changes to one ALTER TABLE: PostgreSQL then goes through the table once.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int);",
    unsafe="""
ALTER TABLE orders ALTER COLUMN a TYPE bigint;
ALTER TABLE orders ALTER COLUMN b TYPE bigint;
""",
    safe="ALTER TABLE orders ADD COLUMN c bigint, ADD COLUMN d bigint;",
    check=OnActions(_SHARED, _find),
)
