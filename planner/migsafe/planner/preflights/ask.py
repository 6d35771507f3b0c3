"""All questions of a plan: for each statement those that its data decides, in the light of what comes before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.carry import walk
from migsafe.planner.preflights.columns import before_domain_change, before_new_column, before_new_type
from migsafe.planner.preflights.compose import Question, Wordless, count_sql, sample_sql
from migsafe.planner.preflights.constraints import before_constraint, before_index, before_not_null, before_validation
from migsafe.planner.preflights.earlier import Earlier
from migsafe.planner.preflights.losses import before_loss
from migsafe.planner.preflights.moment import Moment
from migsafe.planner.preflights.partitions import before_partition
from migsafe.schemas.preflight import Consequence, Hazard, Preflight, Unasked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.preflights.constraints import Asked
    from migsafe.planner.preflights.known import Known
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Division


def questions(divisions: Iterable[Division], known: Known) -> tuple[Preflight | Unasked, ...]:
    """The questions of some migrations that are done in this order, in the order of their statements."""
    state, earlier = known.before.copy(), Earlier()
    found: list[Preflight | Unasked] = []
    for division in divisions:
        for segment, number in walk(division.segments, state):
            statement = segment.statements[number]
            found.extend(preflights(statement, state, known, earlier))
            earlier.note(statement, state)
    return tuple(found)


def preflights(
    statement: Statement, state: SchemaState, known: Known, earlier: Earlier
) -> tuple[Preflight | Unasked, ...]:
    """The questions of one statement; `state` and `earlier` are what stands and what was done before it.

    Nothing is asked of tables and columns that are not in the target as the statement will find them.
    """
    moment = Moment(statement, state, known, earlier)
    asked = (each for action in statement.actions for each in _asked(action, moment))
    return tuple(dict.fromkeys(_written(each, moment) for each in asked if _within_reach(each, moment)))


def _asked(action: Action, moment: Moment) -> Iterator[Asked]:  # noqa: C901 - one short case for each action
    match action:
        case act.SetNotNull(table=table, column=column):
            yield from before_not_null(table, column, moment)
        case act.AddConstraint(table=table, constraint=constraint, only=only):
            if not only:
                yield from before_constraint(table, constraint, moment, moment.statement)
        case act.ValidateConstraint(table=table, name=name):
            yield from before_validation(table, name, moment)
        case act.CreateIndex():
            yield from before_index(action, moment)
        case act.AddColumn():
            yield from before_new_column(action, moment)
        case act.AlterColumnType():
            yield from before_new_type(action, moment)
        case act.AlterDomain():
            yield from before_domain_change(action, moment)
        case act.AttachPartition() | act.CreateTable():
            yield from before_partition(action, moment)
        case act.Drop() | act.DropColumn() | act.Truncate() | act.Delete():
            yield from before_loss(action, moment)
        case _:
            return


def _within_reach(asked: Asked, moment: Moment) -> bool:
    """Whether the target has what is asked about, as the statement will find it."""
    needed = [(asked.table, asked.columns)]
    if isinstance(asked, Question):
        needed += asked.needs
        if any(moment.known.has_column(table, column) is False for table, columns in needed for column in columns):
            return False
    of_domain = isinstance(asked, Wordless) and asked.hazard is Hazard.DOMAIN_VIOLATED
    there = of_domain or all(moment.known.is_there(table) for table, _ in needed)
    return there and not moment.earlier.out_of_reach(asked)


def _written(asked: Asked, moment: Moment) -> Preflight | Unasked:
    statement, place = moment.statement, moment.statement.place
    if isinstance(asked, Wordless):
        return Unasked(
            hazard=asked.hazard,
            object=str(asked.table),
            reason=asked.reason,
            path=place.path,
            line=place.line,
            statement=statement.sha256,
        )
    settled = asked.consequence is Consequence.FAILS and moment.earlier.changes_answer(asked)
    key = moment.known.primary_key(asked.table)
    return Preflight(
        hazard=asked.hazard,
        consequence=Consequence.SETTLED if settled else asked.consequence,
        object=str(asked.table),
        question=asked.words,
        limit=asked.limit,
        count_sql=count_sql(asked),
        sample_sql=sample_sql(asked, key) if asked.limit > 1 else None,
        key=key,
        path=place.path,
        line=place.line,
        column=place.column,
        excerpt=place.excerpt,
        statement=statement.sha256,
    )
