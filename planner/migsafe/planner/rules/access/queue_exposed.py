"""A queue of pgmq without row level security where the API reaches queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState

_MAKING = frozenset({"create", "create_unlogged", "create_non_partitioned", "create_partitioned"})


def _find(migrations: tuple[Judged, ...], after: SchemaState, context: Context) -> Iterator[tuple[Statement, Hit]]:
    if context.surroundings.exposed.isdisjoint({"pgmq", "pgmq_public"}):
        return
    for deed in deeds(migrations, act.Select):
        for call in deed.action.calls if isinstance(deed.action, act.Select) else ():
            if call.function.schema != "pgmq" or call.function.name not in _MAKING or not call.arguments:
                continue
            queue = QualifiedName(f"q_{(call.arguments[0] or '').lower()}", "pgmq")
            known = after.table(queue)
            if call.arguments[0] and not (known is not None and known.row_security):
                safer = f"{deed.statement.sql};\nALTER TABLE {queue} ENABLE ROW LEVEL SECURITY;"
                yield deed.statement, Hit(queue, f"the messages of {queue} are open to the roles of the API", safer)


RULE = Rule(
    name="queue-exposed",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=45,
    harm="Whoever may call the queue functions of the API reads, adds and deletes messages of the queue.",
    remedy="ALTER TABLE pgmq.q_NAME ENABLE ROW LEVEL SECURITY, with policies for the roles that use the queue.",
    before="""
CREATE SCHEMA pgmq;
CREATE FUNCTION pgmq.create(queue text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS pgmq.%I (message jsonb)', 'q_' || queue);
END $$;
""",
    unsafe="SELECT pgmq.create('mails');",
    safe="SELECT pgmq.create('mails');\nALTER TABLE pgmq.q_mails ENABLE ROW LEVEL SECURITY;",
    check=OnSet(_find),
)
