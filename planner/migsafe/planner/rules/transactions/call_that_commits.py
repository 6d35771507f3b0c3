"""CALL of a procedure that ends transactions, inside a transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


# Quoted text and comments are no statements; EXCEPTION blocks roll back without the word.
_QUOTED = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ENDS = re.compile(
    r"(?:;|\bbegin\b|\bthen\b|\belse\b|\bloop\b)\s*(commit|rollback)\s*(?:and\s+(?:no\s+)?chain\s*)?;", re.IGNORECASE
)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CallProcedure(call=call) if context.segment is not None:
            known = context.state.functions.get(context.state.function_name(call.function), ())
            bodies = (_QUOTED.sub("''", each.body) for each in known if each.body is not None)
            found = next(filter(None, map(_ENDS.search, bodies)), None)
            if found is not None and context.segment.kind is SegmentKind.TRANSACTION:
                yield Hit("", f"{call.function}() has {found.group(1).upper()} in it, and runs in a transaction")
        case _:
            pass


RULE = Rule(
    name="call-that-commits",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm=(
        "PostgreSQL refuses to end a transaction that somebody else began (error 2D000, invalid transaction "
        "termination): the migration fails when it gets there."
    ),
    remedy="Mark the migration as non-transactional, so that CALL stands alone, or take COMMIT out of the procedure.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
CREATE PROCEDURE settle() LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET total = 0 WHERE id < 9; COMMIT; END $$;
CREATE PROCEDURE clear() LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET total = 0 WHERE id < 9; END $$;
""",
    unsafe="ALTER TABLE orders ADD COLUMN note text;\nCALL settle();",
    safe="CALL clear();",
    check=OnActions((act.CallProcedure,), _find),
)
