"""What no rule could look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.volatility import is_steady
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName

# Functions of PostgreSQL that are volatile and change no table: what they do is known.
_KNOWN = frozenset(
    """
    clock_timestamp currval gen_random_uuid lastval nextval pg_advisory_xact_lock pg_advisory_lock pg_advisory_unlock
    pg_notify pg_reload_conf pg_sleep pg_try_advisory_lock pg_try_advisory_xact_lock random set_config setval timeofday
    """.split()
)


def _unknown(function: QualifiedName) -> bool:
    if function.schema in {None, "pg_catalog"} and function.name in _KNOWN:
        return False
    return not is_steady(function)


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.DoBlock(language=language):
            yield Hit("", f"the body of this {language} block was not analysed")
        case act.CallProcedure(call=call):
            yield Hit(str(call.function), f"what {call.function} does was not analysed")
        case act.Select(calls=calls):
            for call in calls:
                if _unknown(call.function):
                    yield Hit(str(call.function), f"what {call.function}() does was not analysed")
        case act.SessionCommand(command="EXECUTE" as command):
            yield Hit("", f"what {command} runs was not analysed")
        case act.Unread(kind=kind):
            yield Hit("", f"{kind} was not analysed")
        case _:
            pass


RULE = Rule(
    name="statement-not-analysed",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="Locks, rewrites and losses inside it are not foretold, and no rule has looked at it.",
    remedy="Read it yourself, or write what it does as plain statements.",
    before="",
    unsafe="DO $$ BEGIN PERFORM 1; END $$;",
    safe="SELECT set_config('search_path', 'public', true);",
    check=OnActions((act.DoBlock, act.CallProcedure, act.Select, act.SessionCommand, act.Unread), _find),
)
