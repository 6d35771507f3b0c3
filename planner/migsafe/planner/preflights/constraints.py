"""Questions before constraints and unique indexes: rows that they will not stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from migsafe.planner.actions import ConstraintKind
from migsafe.planner.parse import parse
from migsafe.planner.preflights.compose import Question, Wordless, both, listed, not_null
from migsafe.planner.preflights.exclusion import overlapping
from migsafe.planner.preflights.moment import NOT_COMPOSED, Unspoken
from migsafe.schemas.names import quoted
from migsafe.schemas.preflight import Consequence, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.parse import Statement
    from migsafe.planner.preflights.moment import Moment
    from migsafe.schemas.names import QualifiedName

Asked: TypeAlias = Question | Wordless

FAILS = Consequence.FAILS


def nulls(table: QualifiedName, column: str) -> Question:
    """Rows without a value."""
    words = f"does a row of {table} have no value in {quoted(column)}?"
    return Question(Hazard.NULLS, FAILS, table, words, f"{quoted(column)} IS NULL", (column,))


def before_not_null(table: QualifiedName, column: str, moment: Moment) -> Iterator[Asked]:
    """Before SET NOT NULL; nothing where the column is known to have no NULL."""
    if not moment.state.proven_not_null(table, column) and not moment.known.not_null(moment.full(table), column):
        yield nulls(moment.full(table), column)


def before_constraint(
    table: QualifiedName, constraint: act.Constraint, moment: Moment, author: Statement
) -> Iterator[Asked]:
    """Before a constraint that looks at every row; `author` is the statement that holds its text."""
    full = moment.full(table)
    if constraint.not_valid or not constraint.enforced:
        return
    match constraint.kind:
        case ConstraintKind.CHECK:
            yield _check(full, constraint, moment, author)
        case ConstraintKind.FOREIGN_KEY:
            yield _orphans(full, constraint, moment)
        case ConstraintKind.NOT_NULL:
            yield from before_not_null(full, constraint.columns[0], moment)
        case ConstraintKind.UNIQUE | ConstraintKind.PRIMARY_KEY:
            if constraint.kind is ConstraintKind.PRIMARY_KEY:
                for column in constraint.columns:
                    yield from before_not_null(full, column, moment)
            if constraint.using_index is None:
                shared = tuple(quoted(column) for column in constraint.columns)
                yield duplicates(full, shared, constraint.columns, "", constraint.nulls_not_distinct)
        case ConstraintKind.EXCLUDE:
            yield overlapping(full, constraint, moment, author)
        case _:
            assert_never(constraint.kind)


def before_validation(table: QualifiedName, name: str, moment: Moment) -> Iterator[Asked]:
    """Before VALIDATE CONSTRAINT: the condition as the plan added it, else as the target's catalog has it."""
    full = moment.full(table)
    promise = moment.earlier.promises.get((full, name))
    if promise is not None:
        yield from before_constraint(full, _as_valid(promise.constraint), moment, promise.statement)
        return
    present = moment.known.constraint(full, name)
    if present is None:
        if (told := moment.state.constraint(full, name)) is None or not told.valid:
            yield Wordless(Hazard.CHECK_VIOLATED, full, f"the condition of {quoted(name)} is not known here")
        return
    if present.valid:
        return
    definition = present.definition.removesuffix(" NOT VALID")
    (author,) = parse(f"ALTER TABLE {full} ADD CONSTRAINT {quoted(name)} {definition}".encode(), "the catalog")
    for action in author.actions:
        if constraint := _added(action):
            yield from before_constraint(full, constraint, moment, author)


def _added(action: act.Action) -> act.Constraint | None:
    from migsafe.planner.actions import AddConstraint  # noqa: PLC0415 - the vocabulary is large

    return action.constraint if isinstance(action, AddConstraint) else None


def _as_valid(promised: act.Constraint) -> act.Constraint:
    """The constraint as VALIDATE makes it."""
    from migsafe.planner.actions import Constraint  # noqa: PLC0415 - the vocabulary is large

    values = {field: getattr(promised, field) for field in Constraint.__match_args__}
    return Constraint(**{**values, "not_valid": False})


def _check(table: QualifiedName, constraint: act.Constraint, moment: Moment, author: Statement) -> Asked:
    expression = constraint.expression
    if expression is None:
        return Wordless(Hazard.CHECK_VIOLATED, table, NOT_COMPOSED)
    condition, columns = moment.text(expression, author), moment.columns(expression, table)
    if isinstance(condition, Unspoken):
        return condition.about(Hazard.CHECK_VIOLATED, table, columns)
    words = f"does a row of {table} violate CHECK ({' '.join(condition.split())})?"
    source = f"ONLY {table}" if constraint.no_inherit else ""
    return Question(Hazard.CHECK_VIOLATED, FAILS, table, words, f"NOT (\n{condition}\n)", columns, source=source)


def _orphans(table: QualifiedName, constraint: act.Constraint, moment: Moment) -> Asked:
    """Rows that refer to nothing. With MATCH SIMPLE one NULL excuses a row; with FULL only if all are NULL."""
    assert constraint.referenced is not None  # noqa: S101 - a foreign key refers to a table
    other = moment.full(constraint.referenced)
    referenced = constraint.referenced_columns or moment.known.primary_key(other)
    if len(referenced) != len(constraint.columns):
        return Wordless(Hazard.ORPHANS, table, f"the primary key of {other} is not known", constraint.columns)
    mine = [f"referring.{quoted(column)}" for column in constraint.columns]
    theirs = [f"referred.{quoted(column)}" for column in referenced]
    matches = both(f"{one} = {two}" for one, two in zip(theirs, mine, strict=True))
    absent = both([*not_null(mine), f"NOT EXISTS (SELECT 1 FROM {other} AS referred WHERE {matches})"])
    if constraint.match_full and len(mine) > 1:
        mixed = f"num_nulls({', '.join(mine)}) BETWEEN 1 AND {len(mine) - 1}"
        absent = f"({absent}) OR ({mixed})"
    return Question(
        Hazard.ORPHANS,
        FAILS,
        table,
        f"does a row of {table} ({listed(constraint.columns)}) refer to a row that {other} does not have?",
        absent,
        constraint.columns,
        alias="referring",
        needs=((other, tuple(referenced)),),
    )


def before_index(index: act.CreateIndex, moment: Moment) -> Iterator[Asked]:
    """Before a unique index."""
    table = moment.full(index.table)
    if not index.unique or index.only or _is_there(index, moment):
        return
    shared, columns = [], []
    for key in index.columns:
        operators = key.operator_class
        if operators is not None and not operators.name.endswith("_pattern_ops"):
            yield Wordless(Hazard.DUPLICATES, table, f"{NOT_COMPOSED}: equality by {operators}")
            return
        text = _key(key, moment)
        if isinstance(text, Unspoken):
            yield text.about(Hazard.DUPLICATES, table)
            return
        shared.append(f"{text} COLLATE {key.collation}" if key.collation is not None else text)
        columns += (
            [key.name]
            if key.name is not None
            else list(moment.columns(key.expression, table) if key.expression else ())
        )
    condition = "" if index.where is None else moment.text(index.where, moment.statement)
    if isinstance(condition, Unspoken):
        yield condition.about(Hazard.DUPLICATES, table)
        return
    columns += moment.columns(index.where, table) if index.where is not None else ()
    yield duplicates(table, tuple(shared), tuple(dict.fromkeys(columns)), condition, index.nulls_not_distinct)


def _is_there(index: act.CreateIndex, moment: Moment) -> bool:
    """Whether IF NOT EXISTS finds an index of that name, and nothing is built."""
    if not index.if_not_exists or index.name is None:
        return False
    schema = moment.full(index.table).schema
    return any((name.schema, name.name) == (schema, index.name) for name in moment.state.indexes)


def _key(key: act.IndexColumn, moment: Moment) -> str | Unspoken:
    if key.name is not None:
        return quoted(key.name)
    if key.expression is None:
        return Unspoken(NOT_COMPOSED)
    text = moment.text(key.expression, moment.statement)
    return text if isinstance(text, Unspoken) else f"(\n{text}\n)"


def duplicates(
    table: QualifiedName,
    shared: tuple[str, ...],
    columns: tuple[str, ...],
    condition: str,
    nulls_equal: bool,  # noqa: FBT001 - the field of the constraint
) -> Question:
    """Groups of rows that share what is to be unique; NULLs differ from each other unless they are said not to."""
    told = [" ".join(one.removeprefix("(\n").removesuffix("\n)").split()) for one in shared]
    where = both([f"\n{condition}\n" if condition else "", *([] if nulls_equal else not_null(shared))])
    words = f"do several rows of {table} share ({', '.join(told)})?"
    return Question(Hazard.DUPLICATES, FAILS, table, words, where, columns, groups=shared)
