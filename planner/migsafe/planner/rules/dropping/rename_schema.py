"""ALTER SCHEMA ... RENAME TO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.in_use import in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Rename(kind=ObjectKind.SCHEMA, name=name, new_name=new) if in_use(context, ObjectKind.SCHEMA, name):
            yield Hit(str(name), f"the schema {name} is called {new} from now on")
        case _:
            pass


RULE = Rule(
    name="rename-schema",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=60,
    harm=(
        "Every query, function body and search_path that names the schema fails until it is changed; PostgreSQL "
        "follows the rename only in views and constraints."
    ),
    remedy=(
        "Make a schema of the new name with views of the tables, move the application to it, and move the tables a "
        "release later."
    ),
    before="CREATE SCHEMA billing; CREATE TABLE billing.invoices (id bigint PRIMARY KEY);",
    unsafe="ALTER SCHEMA billing RENAME TO finance;",
    safe="""
CREATE SCHEMA finance;
CREATE VIEW finance.invoices WITH (security_invoker = true) AS SELECT * FROM billing.invoices;
""",
    check=OnActions((act.Rename,), _find),
)
