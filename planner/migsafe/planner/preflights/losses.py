"""Questions before what takes data away: how much is there to lose?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.preflights.compose import Question
from migsafe.schemas.names import quoted
from migsafe.schemas.preflight import Consequence, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.preflights.moment import Moment
    from migsafe.schemas.names import QualifiedName

MOST_TABLES = 20
"""Tables of a dropped schema that are asked about."""


def before_loss(action: act.Drop | act.DropColumn | act.Truncate | act.Delete, moment: Moment) -> Iterator[Question]:
    """Before DROP TABLE, DROP SCHEMA, DROP COLUMN, TRUNCATE and a DELETE of every row."""
    match action:
        case act.DropColumn(table=table, column=column):
            full = moment.full(table)
            words = f"how many rows of {full} have a value in {quoted(column)}?"
            if moment.known.has_column(full, column) is not False:
                held = f"{quoted(column)} IS NOT NULL"
                yield Question(Hazard.LOST_VALUES, Consequence.LOSES, full, words, held, (column,))
        case act.Truncate(tables=tables):
            yield from (_rows(moment.full(table)) for table in tables)
        case act.Delete(table=table, every_row=True):
            yield _rows(moment.full(table))
        case act.Drop(kind=act.ObjectKind.TABLE, name=table):
            yield _rows(moment.full(table))
        case act.Drop(kind=act.ObjectKind.SCHEMA, name=schema):
            inside = [name for name in moment.known.before.tables if name.schema == schema.name]
            yield from (_rows(name) for name in inside[:MOST_TABLES])
        case _:
            return


def _rows(table: QualifiedName) -> Question:
    return Question(Hazard.LOST_ROWS, Consequence.LOSES, table, f"how many rows has {table}?")
