"""A setting that holds for other sessions too, and stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.durations import milliseconds
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context

_FELT = frozenset({"search_path", "timezone", "datestyle", "row_security", "session_replication_role", "role"}) | {
    *("default_transaction_read_only", "default_transaction_isolation", "synchronous_commit", "bytea_output"),
}
"""Settings that change what queries find, or whether they write at all."""

_TIMEOUTS = frozenset({"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"})


def _felt(setting: str | None, value: str | None) -> bool:
    """Whether other sessions feel it. To bound a timeout is what everybody should; to take the bound away is not."""
    name = (setting or "").lower()
    return not name or name in _FELT or (name in _TIMEOUTS and (value is None or milliseconds(value) == 0))


def _find(action: act.Action, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - the signature of a check
    match action:
        case act.AlterSystem(setting=setting):
            yield Hit("", f"{setting or 'every setting'} changes for all databases of the server at its next reload")
        case act.AlterDatabaseSetting(name=name, setting=setting, value=value) if _felt(setting, value):
            yield Hit("", f"{setting or 'every setting'} changes for new sessions of the database {name}")
        case act.AlterRoleSetting(role=role, setting=setting, value=value) if _felt(setting, value):
            yield Hit("", f"{setting or 'every setting'} changes for new sessions of {role or 'every role'}")
        case _:
            pass


RULE = Rule(
    name="setting-for-all",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=5,
    harm=(
        "Sessions that are open keep the old value and new ones get the new one: pools mix both for hours. A search "
        "path or a time zone changes what the same query finds."
    ),
    remedy="Set it in the configuration of the service, or in the function that needs it; restart pools afterwards.",
    before="DO $$ BEGIN CREATE ROLE example_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    unsafe="ALTER ROLE example_reader SET search_path = reports, public;",
    safe="""
CREATE FUNCTION seen() RETURNS bigint LANGUAGE sql SET search_path = reports, public AS 'SELECT 1::bigint';
""",
    check=OnActions((act.AlterSystem, act.AlterDatabaseSetting, act.AlterRoleSetting), _find),
)
