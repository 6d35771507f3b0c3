"""A sequence in use that begins anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import before
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterSequence(name=name, options=options) if "restart" in dict(options):
            known = context.state.sequences.get(context.state.qualified(name))
            made = any(
                isinstance(each, act.CreateSequence) and _same(each.name, name, context) for each in before(context)
            )
            emptied = known is not None and known.table is not None and _emptied(known.table, context)
            if not made and not emptied and not (known is not None and known.table and not context.live(known.table)):
                at = dict(options)["restart"]
                yield Hit(str(name), f"{name} gives out {f'{at} and what follows' if at else 'its first values'} again")
        case _:
            pass


def _same(one: QualifiedName, two: QualifiedName, context: Context) -> bool:
    return context.state.qualified(one) == context.state.qualified(two)


def _emptied(table: QualifiedName, context: Context) -> bool:
    """Whether the migration has emptied the table before, so that no value is there twice."""
    for each in before(context):
        match each:
            case act.Truncate(tables=others) if any(_same(other, table, context) for other in others):
                return True
            case act.Delete(table=other, every_row=True) if _same(other, table, context):
                return True
            case _:
                pass
    return False


RULE = Rule(
    name="sequence-restarted",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=15,
    harm=(
        "Values that rows have already are given out once more: inserts fail on the unique key (error 23505), one "
        "after the other; without a key two rows get one number."
    ),
    remedy="Set it behind the largest value that is there: SELECT setval('name', (SELECT max(id) FROM the_table)).",
    before="""
CREATE SEQUENCE invoice_number;
CREATE TABLE invoices (number bigint PRIMARY KEY DEFAULT nextval('invoice_number'));
""",
    unsafe="ALTER SEQUENCE invoice_number RESTART;",
    safe="SELECT setval('invoice_number', (SELECT coalesce(max(number), 1) FROM invoices));",
    check=OnActions((act.AlterSequence,), _find),
)
