"""VALIDATE CONSTRAINT while the transaction holds a lock on another table in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.predict import effects_by_name
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.ValidateConstraint(table=table, name=name) if context.live(table):
            held = _held(context) - {context.state.qualified(table)}
            new = any(
                isinstance(each, act.AddConstraint) and each.constraint.name == name for each in context.earlier()
            )
            if held and not new:
                waiting = ", ".join(sorted(map(str, held)))
                yield Hit(
                    table, f"{waiting} stays locked while {name} is tried on every row of {table}", _safer(context)
                )


def _held(context: Context) -> set[QualifiedName]:
    """The tables in use that the transaction has locked against writes or reads so far."""
    segment = context.segment
    if segment is None or segment.kind is SegmentKind.LONE:
        return set()
    done = segment.statements[: context.number]
    found = (pair for statement in done for pair in effects_by_name(statement, context.state).items())
    return {name for name, effect in found if effect.lock.blocks_writes and context.live(name)}


def _safer(context: Context) -> str:
    sql = this_sql(context)
    return f"-- next migration\n{sql};" if sql else ""


RULE = Rule(
    name="validate-constraint-long",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "VALIDATE by itself lets reads and writes pass, but it takes long, and what the same transaction "
        "has locked before stays locked until it is done."
    ),
    remedy="Validate in a migration of its own.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
""",
    unsafe="""
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    safe="""
ALTER TABLE users ADD COLUMN note text;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    check=OnActions((act.ValidateConstraint,), _find),
)
