"""ALTER ... SET SCHEMA of an object that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.in_use import RELATIONS, in_use
from migsafe.planner.rules.remedies.safer import view_of
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.SetSchema(kind=kind, name=name, schema=schema) if in_use(context, kind, name):
            full = context.state.qualified(name)
            views = (made.name for made in context.later() if isinstance(made, act.CreateView))
            if schema != full.schema and full not in {context.state.qualified(view) for view in views}:
                moved = f"{this_sql(context)};\n{view_of(name, QualifiedName(name.name, schema), context)}"
                yield Hit(
                    name, f"the {kind} {name} is moved to the schema {schema}", moved if kind in RELATIONS else ""
                )
        case _:
            pass


RULE = Rule(
    name="set-schema",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=40,
    harm=(
        "Queries that name the old schema fail, and so do those without a schema whose search_path does not lead to "
        "the new one. An API that shows only some schemas no longer finds it, or shows what it did not."
    ),
    remedy="Leave a view of the old name behind in the same transaction, and drop it a release later.",
    before="CREATE SCHEMA archive; CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders SET SCHEMA archive;",
    safe="""
ALTER TABLE orders SET SCHEMA archive;
CREATE VIEW orders WITH (security_invoker = true) AS SELECT * FROM archive.orders;
""",
    check=OnActions((act.SetSchema,), _find),
)
