"""The state of the schema carried forward: what each statement makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.bodies import unfolded
from migsafe.planner.schema_state import FEW_ROWS, ColumnState, ConstraintState, IndexState, PolicyState, TableState
from migsafe.planner.tree import inner, items, texts
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment


def walk(segments: Iterable[Segment], state: SchemaState) -> Iterator[tuple[Segment, int]]:
    """Each statement of a migration, as its segment and its number there, while `state` is what stands before it.

    At the end `state` is what the migration leaves. Without a target, each migration may be deployed on its own, so
    that what it made counts as in use afterwards.
    """
    state.search_path = "public"
    for segment in segments:
        for number, statement in enumerate(segment.statements):
            yield segment, number
            advance(state, statement)
        state.commit()
    if not state.complete:
        state.settle()


def advance(state: SchemaState, statement: Statement) -> None:
    """Change `state` as the statement does, with what it runs inside."""
    for each in unfolded(statement, state):
        take(state, each)


def take(state: SchemaState, statement: Statement) -> None:
    """Change `state` as the statement itself does, without what it runs inside."""
    for action in statement.actions:
        _take(state, action)


_RELATIONS = {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE}


def _take(state: SchemaState, action: Action) -> None:
    match action:
        case act.CreateTable() | act.CreateTableAs() | act.CreateView() | act.CreateSchema() | act.CreateIndex():
            _create(state, action)
        case act.Drop() | act.Rename() | act.SetSchema():
            _whole(state, action)
        case act.Insert(table=name, rows=rows) if rows is None or rows > FEW_ROWS:
            _fill(state, name)
        case act.Copy(table=QualifiedName() as name, is_from=True):
            _fill(state, name)
        case act.SetVariable(name="search_path", value=str(path)):
            state.search_path = next(iter(_schemas(path)), state.search_path)
        case act.DoBlock(body=body):
            state.row_security_unread |= "row level security" in " ".join(body.lower().split())
        case _:
            _part(state, action)


def _schemas(path: str) -> list[str]:
    return [part.strip() for part in path.split(",") if part.strip() not in {"", "$user"}]


def _fill(state: SchemaState, name: QualifiedName) -> None:
    if (known := state.table(name)) is not None:
        known.filled = True


_Create = act.CreateTable | act.CreateTableAs | act.CreateView | act.CreateSchema | act.CreateIndex


def _create(state: SchemaState, action: _Create) -> None:
    match action:
        case act.CreateSchema(name=schema):
            state.created_schemas.add(schema)
        case act.CreateIndex(table=table):
            name = action.qualified or QualifiedName(_index_name(action), table.schema)
            full = state.qualified(table)
            state.indexes.setdefault(QualifiedName(name.name, full.schema), _index(action, full))
        case _ if state.exists(action.name):
            pass  # IF NOT EXISTS or OR REPLACE: what was there stays
        case act.CreateTable():
            _create_table(state, action)
        case act.CreateTableAs(materialized_view=view, with_data=with_data):
            kind = "materialized view" if view else "table"
            state.put(action.name, TableState(kind, True, False, with_data, row_security=False))
        case act.CreateView():
            state.put(action.name, TableState("view", True, False))


def _index_name(index: act.CreateIndex) -> str:
    """The name that PostgreSQL makes up (indexcmds.c, ChooseIndexName)."""
    return "_".join([index.table.name, *(column.name or "expr" for column in index.columns), "idx"])


def _index(action: act.CreateIndex, table: QualifiedName) -> IndexState:
    columns = tuple(column.name for column in action.columns)
    return IndexState(table, columns, action.unique, method=action.method, predicate=action.where, created=True)


def _create_table(state: SchemaState, action: act.CreateTable) -> None:
    kind = "partitioned table" if action.partitioned_by else "table"
    made = TableState(kind, True, False, row_security=False)
    state.put(action.name, made)
    for column in action.columns:
        made.columns[column.name] = _column_state(column)
    for constraint in action.all_constraints:
        _add_constraint(state, action.name, constraint)


def _column_state(column: Column) -> ColumnState:
    generated = "" if column.generated is None else "stored" if column.stored else "virtual"
    default = column.generated if column.generated is not None else column.default
    return ColumnState(column.type, column.not_null, default, generated, column.identity or "", column.collation)


def _add_column(state: SchemaState, table: QualifiedName, column: Column) -> None:
    known = state.table(table)
    if known is None:
        return
    known.columns.setdefault(column.name, _column_state(column))
    for constraint in column.constraints:
        _add_constraint(state, table, constraint)


def _suffix(kind: ConstraintKind) -> str:
    return {ConstraintKind.PRIMARY_KEY: "pkey", ConstraintKind.FOREIGN_KEY: "fkey", ConstraintKind.UNIQUE: "key"}.get(
        kind, "check"
    )


def constraint_name(table: QualifiedName, constraint: Constraint) -> str:
    """Its name, or the one that PostgreSQL makes up where nothing else is in the way."""
    if constraint.name is not None:
        return constraint.name
    columns = () if constraint.kind is ConstraintKind.PRIMARY_KEY else constraint.columns
    return "_".join([table.name, *columns, _suffix(constraint.kind)])


def _add_constraint(state: SchemaState, table: QualifiedName, constraint: Constraint) -> None:
    known = state.table(table)
    if known is None:
        return
    name = constraint_name(table, constraint)
    referenced = state.qualified(constraint.referenced) if constraint.referenced is not None else None
    checked = constraint.expression if constraint.kind is ConstraintKind.CHECK else None
    known.constraints[name] = ConstraintState(
        constraint.kind,
        checked.columns if checked is not None else constraint.columns,
        referenced,
        not constraint.not_valid,
        _not_null_column(constraint),
        checked,
        constraint.referenced_columns,
        constraint.on_delete,
        constraint.deferrable,
        constraint.enforced,
    )
    if constraint.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE}:
        full = state.qualified(table)
        unique = constraint.kind is not ConstraintKind.EXCLUDE
        state.indexes[QualifiedName(name, full.schema)] = IndexState(full, constraint.columns, unique, constraint=name)
    if constraint.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL}:
        for column in constraint.columns:
            if column in known.columns:
                known.columns[column] = replace(known.columns[column], not_null=True)


def _not_null_column(constraint: Constraint) -> str | None:
    """The column of `CHECK (column IS NOT NULL)`."""
    if constraint.kind is not ConstraintKind.CHECK or constraint.expression is None:
        return None
    test = inner(constraint.expression.node, "NullTest")
    parts = texts(items(inner(inner(test, "arg"), "ColumnRef"), "fields"))
    return parts[-1] if parts and test.get("nulltesttype") == "IS_NOT_NULL" else None


def _whole(state: SchemaState, action: act.Drop | act.Rename | act.SetSchema) -> None:  # noqa: C901 - one short case for each action
    match action:
        case act.Drop(kind=ObjectKind.SCHEMA, name=schema):
            for name in [name for name in state.tables if name.schema == schema.name]:
                _forget(state, name)
        case act.Drop(kind=ObjectKind.INDEX, name=name):
            state.indexes.pop(state.qualified(name), None)
        case act.Drop(kind=ObjectKind.POLICY, name=policy, table=QualifiedName() as table):
            if (known := state.table(table)) is not None:
                known.policies.pop(policy.name, None)
        case act.Drop(kind=kind, name=name) if kind in _RELATIONS:
            _forget(state, state.qualified(name))
        case act.Rename(kind=ObjectKind.INDEX, name=name, new_name=new):
            full = state.qualified(name)
            if full in state.indexes:
                state.indexes[QualifiedName(new, full.schema)] = state.indexes.pop(full)
        case act.Rename(kind=kind, name=name, new_name=new) if kind in _RELATIONS:
            full = state.qualified(name)
            _move(state, full, QualifiedName(new, full.schema))
        case act.SetSchema(kind=kind, name=name, schema=plain) if kind in _RELATIONS:
            _move(state, state.qualified(name), QualifiedName(name.name, plain))
        case _:
            pass


def _forget(state: SchemaState, name: QualifiedName) -> None:
    state.tables.pop(name, None)
    state.gone.add(name)


def _move(state: SchemaState, old: QualifiedName, new: QualifiedName) -> None:
    known = state.tables.pop(old, None) or TableState()
    known.moved = True
    state.made.append(known)
    state.put(new, known)
    state.gone.add(old)
    for name, index in state.indexes_of(old).items():
        state.indexes[name] = replace(index, table=new)


_Change = (
    act.AddColumn,
    act.DropColumn,
    act.RenameColumn,
    act.AlterColumnType,
    act.SetNotNull,
    act.DropNotNull,
    act.AddConstraint,
    act.DropConstraint,
    act.ValidateConstraint,
    act.EnableRowSecurity,
    act.DisableRowSecurity,
    act.CreatePolicy,
)


def _part(state: SchemaState, action: Action) -> None:
    if not isinstance(action, _Change):
        return
    if (known := state.table(action.table)) is None:
        known = _heard_of(state, action.table)
    match action:
        case act.AddColumn(table=table, column=column):
            _add_column(state, table, column)
        case act.AddConstraint(table=table, constraint=constraint):
            _add_constraint(state, table, constraint)
        case act.DropConstraint(name=name):
            known.constraints.pop(name, None)
        case act.ValidateConstraint(name=name):
            if name in known.constraints:
                known.constraints[name] = replace(known.constraints[name], valid=True)
        case act.EnableRowSecurity() | act.DisableRowSecurity():
            known.row_security = isinstance(action, act.EnableRowSecurity)
        case act.CreatePolicy(name=name):
            known.policies[name] = PolicyState(
                action.command, action.permissive, action.roles, action.using, action.with_check
            )
        case _:
            _column(known, action)


def _heard_of(state: SchemaState, name: QualifiedName) -> TableState:
    """A table that is there although no statement made it."""
    known = TableState()
    state.put(name, known)
    return known


_ColumnChange = act.DropColumn | act.RenameColumn | act.AlterColumnType | act.SetNotNull | act.DropNotNull


def _column(table: TableState, action: _ColumnChange) -> None:
    if isinstance(action, act.DropColumn):
        table.columns.pop(action.column, None)
        gone = [name for name, each in table.constraints.items() if action.column in each.columns]
        for name in gone:
            del table.constraints[name]
        return
    known = table.columns.setdefault(action.column, ColumnState(None, False))
    match action:
        case act.RenameColumn(column=column, new_name=new):
            table.columns[new] = table.columns.pop(column)
        case act.AlterColumnType(type=kind):
            table.columns[action.column] = replace(known, type=kind)
        case act.SetNotNull() | act.DropNotNull():
            table.columns[action.column] = replace(known, not_null=isinstance(action, act.SetNotNull))
