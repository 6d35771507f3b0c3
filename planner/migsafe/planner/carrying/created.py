"""Tables, views, indexes, sequences and schemas carried forward from their CREATE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.carrying.columns import add_column
from migsafe.planner.carrying.constraints import add_constraint
from migsafe.planner.carrying.copied import by_like, copy_indexes, from_parent
from migsafe.planner.carrying.index_names import index_name, index_words
from migsafe.planner.schema_state import IndexState, SchemaState, SequenceState, TableState
from migsafe.planner.tree import inner, items, texts, walk, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.tree import Node

Handled: TypeAlias = (
    act.CreateTable
    | act.CreateTableAs
    | act.CreateView
    | act.CreateSchema
    | act.CreateIndex
    | act.CreateSequence
    | act.AlterSequence
    | act.AttachPartition
    | act.DetachPartition
    | act.Inherit
)


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does."""
    match action:
        case act.CreateSchema(name=schema):
            state.created_schemas.add(schema)
        case act.CreateIndex():
            _index(state, action)
        case act.CreateSequence(name=name, owned_by=table):
            owner = state.qualified(table) if table is not None else None
            state.sequences.setdefault(_new_name(state, name, action.temporary), SequenceState(owner))
        case act.AlterSequence(name=name, owned_by=QualifiedName() as table):
            state.sequences[state.qualified(name)] = SequenceState(state.qualified(table))
        case act.AttachPartition(parent=parent, partition=partition, index=False, default=default):
            _attach(state, parent, partition, default=default)
        case act.DetachPartition(parent=parent, partition=partition):
            _detach(state, parent, partition)
        case act.Inherit(table=table, parent=parent, inherit=inherit):
            _inherit(state, table, parent, inherit=inherit)
        case act.CreateTable() | act.CreateTableAs() | act.CreateView():
            _relation(state, action)
        case _:
            pass


def _relation(state: SchemaState, action: act.CreateTable | act.CreateTableAs | act.CreateView) -> None:
    name = _new_name(state, action.name, action.temporary)
    if name in state.tables:
        if isinstance(action, act.CreateView) and (known := state.change(name)) is not None:
            _reads(state, known, action)
        return  # IF NOT EXISTS or OR REPLACE: what was there stays
    made = TableState("view", True, False, told=True, row_security=False, temporary=action.temporary)
    match action:
        case act.CreateTable():
            _table(state, name, made, action)
        case act.CreateTableAs(materialized_view=materialized, with_data=with_data):
            made.kind, made.filled = "materialized view" if materialized else "table", with_data
            state.put(name, made)
            if materialized:
                _reads(state, made, action)
        case act.CreateView():
            state.put(name, made)
            _reads(state, made, action)
    _grant_defaults(state, name, made)


def _new_name(state: SchemaState, name: QualifiedName, temporary: bool) -> QualifiedName:  # noqa: FBT001 - a field of the action
    if temporary or name.schema == "pg_temp":
        return QualifiedName(name.name, "pg_temp")
    return name if name.schema is not None else QualifiedName(name.name, state.path[0])


def _grant_defaults(state: SchemaState, name: QualifiedName, made: TableState) -> None:
    for schema in (None, name.schema):
        for role, privileges in state.default_granted.get(schema, {}).items():
            made.granted[role] = made.granted.get(role, frozenset()) | privileges


def _reads(state: SchemaState, view: TableState, action: act.CreateView | act.CreateTableAs) -> None:
    view.sources = tuple(state.qualified(source) for source in action.sources)
    view.source_columns = named_columns(action.query) if action.query is not None else None
    if isinstance(action, act.CreateView):
        view.security_invoker = action.security_invoker


def named_columns(query: Expression) -> frozenset[str] | None:
    """The columns that a query names, without their table; None where it reads whole rows.

    A name alone may be a row of a table (`to_jsonb(orders)`), which shows in that it is also one of its relations.
    """
    found: set[str] = set()
    relations: set[str] = set()
    for kind, node in walk(query.node):
        if kind == "A_Star" or (kind == "JoinExpr" and node.get("isNatural")):
            return None
        if kind == "ColumnRef":
            fields = items(node, "fields")
            if any("A_Star" in field for field in fields):
                return None
            found.update(texts(fields))
        elif kind == "JoinExpr":
            found.update(texts(items(node, "usingClause")))
        elif kind == "RangeVar":
            relations.update(str(name) for name in (node.get("relname"), _alias(node)) if name)
        elif kind == "RangeSubselect":
            relations.add(_alias(node))
    whole_rows = any(
        kind == "ColumnRef" and len(parts := texts(items(node, "fields"))) == 1 and parts[0] in relations
        for kind, node in walk(query.node)
    )
    return None if whole_rows else frozenset(found)


def _alias(node: Node) -> str:
    return word(inner(node, "alias"), "aliasname")


def _index(state: SchemaState, action: act.CreateIndex) -> None:
    table = state.qualified(action.table)
    name = QualifiedName(action.name or index_name(action, table.name), table.schema)
    if name in state.indexes:
        if action.name is not None:
            return  # IF NOT EXISTS: what was there stays
        name = _free(state, name)
    columns = tuple(column.name for column in action.columns)
    expressions = [each.expression for each in action.columns if each.expression is not None]
    needs = {*columns, *action.include, *(found for each in expressions for found in each.columns)}
    if action.where is not None:
        needs.update(action.where.columns)
    made = IndexState(
        table,
        columns,
        action.unique,
        not (action.only and state.heirs.get(table)),
        action.method or "btree",
        action.where,
        created=True,
        needs=frozenset(column for column in needs if column is not None),
        words=index_words(action),
        collations=any(column.collation is not None for column in action.columns),
    )
    state.indexes[name] = made
    if not action.only:
        _in_partitions(state, made, action)


def _in_partitions(state: SchemaState, made: IndexState, action: act.CreateIndex) -> None:
    known = state.tables.get(made.table)
    for partition in state.below(made.table) if known is not None and known.kind == "partitioned table" else ():
        name = QualifiedName(index_name(action, partition.name), partition.schema)
        state.indexes[_free(state, name) if name in state.indexes else name] = replace(made, table=partition)


def _free(state: SchemaState, name: QualifiedName) -> QualifiedName:
    numbered = (QualifiedName(f"{name.name}{number}", name.schema) for number in range(1, 1000))
    return next(each for each in numbered if each not in state.indexes)


def _table(state: SchemaState, name: QualifiedName, made: TableState, action: act.CreateTable) -> None:
    made.kind = "partitioned table" if action.partitioned_by else "foreign table" if action.server else "table"
    made.unlogged, made.of_type = action.unlogged, action.of_type
    made.partitioned_by, made.partition_columns = action.partitioned_by, action.partition_columns
    state.put(name, made)
    parents = (*action.inherits, *([action.partition_of] if action.partition_of is not None else []))
    for source in parents:
        from_parent(state, made, source)
    for source, including in zip(action.like, action.like_including, strict=True):
        by_like(state, name, source, including)
    for parent in action.inherits:
        _inherit(state, name, parent, inherit=True)
    if action.partition_of is not None:
        _attach(state, action.partition_of, name, default=action.default_partition)
    for column in action.columns:
        add_column(state, name, column)
    for constraint in action.constraints:
        add_constraint(state, name, constraint)
    if action.partition_of is not None:
        copy_indexes(state, state.qualified(action.partition_of), name)


def _attach(state: SchemaState, parent: QualifiedName, partition: QualifiedName, *, default: bool) -> None:
    above, below = state.qualified(parent), state.qualified(partition)
    if (known := state.change(below)) is None:
        known = TableState()
        state.put(below, known)
    known.partition_of, known.partition_bound_default = above, default
    state.heirs[above] = tuple(dict.fromkeys((*state.heirs.get(above, ()), below)))


def _detach(state: SchemaState, parent: QualifiedName, partition: QualifiedName) -> None:
    above, below = state.qualified(parent), state.qualified(partition)
    if (known := state.change(below)) is not None:
        known.partition_of, known.partition_bound_default = None, False
    state.heirs[above] = tuple(name for name in state.heirs.get(above, ()) if name != below)


def _inherit(state: SchemaState, table: QualifiedName, parent: QualifiedName, *, inherit: bool) -> None:
    above, below = state.qualified(parent), state.qualified(table)
    known = state.change(below)
    if inherit:
        state.heirs[above] = tuple(dict.fromkeys((*state.heirs.get(above, ()), below)))
    else:
        state.heirs[above] = tuple(name for name in state.heirs.get(above, ()) if name != below)
    if known is not None:
        others = tuple(name for name in known.inherits if name != above)
        known.inherits = (*others, above) if inherit else others
