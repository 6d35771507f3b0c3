"""CREATE OR REPLACE VIEW that forgets security_invoker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateView(or_replace=True, name=name) if not action.security_invoker:
            known = context.state.table(name)
            if known is not None and known.security_invoker:
                sql = this_sql(context)
                yield Hit(name, f"{name} reads with its owner's rights from now on", _with_option(sql))
        case _:
            pass


def _with_option(sql: str) -> str:
    """The statement with the option put before AS; empty where it has other options or column names."""
    return _PLAIN.sub(r"\1 WITH (security_invoker = true)\2", sql, count=1) + ";" if _PLAIN.match(sql) else ""


_PLAIN = re.compile(r'\A(CREATE\s+OR\s+REPLACE\s+VIEW\s+[\w."$]+)(\s+AS\b)', re.IGNORECASE)

RULE = Rule(
    name="view-security-invoker-lost",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=50,
    harm=(
        "CREATE OR REPLACE VIEW sets the view's options anew: without security_invoker it reads with its owner's "
        "rights, past the row level security of whoever asks."
    ),
    remedy="Write WITH (security_invoker = true) again.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
CREATE VIEW recent_orders WITH (security_invoker = true) AS SELECT id FROM orders;
""",
    unsafe="CREATE OR REPLACE VIEW recent_orders AS SELECT id, note FROM orders;",
    safe="CREATE OR REPLACE VIEW recent_orders WITH (security_invoker = true) AS SELECT id, note FROM orders;",
    check=OnActions((act.CreateView,), _find),
    since=15,
)
