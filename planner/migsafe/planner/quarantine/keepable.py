"""What of a statement's drops is kept, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.quarantine.refusing import CannotKeep, a_few
from migsafe.schemas.catalog import CatalogKind, ConstraintKind
from migsafe.schemas.names import parsed, quoted

if TYPE_CHECKING:
    from migsafe.planner.parse import Statement
    from migsafe.planner.quarantine.known import Known
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.catalog import Column, Table
    from migsafe.schemas.quarantine import Quarantined

_LATER = "Apply what stands before it first (migsafe up --to LABEL), then plan again."
_PROGRAMS = {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE}
_TYPES = {ObjectKind.TYPE, ObjectKind.DOMAIN}


@dataclass(frozen=True, slots=True)
class Drops:
    """What of a statement's drops is kept."""

    kept: tuple[str, ...]
    """Tables, qualified and quoted; or columns of `table`, unquoted."""
    plain: tuple[str, ...]
    """Tables that the plan itself made, and that are dropped as they are."""
    table: str = ""


def table_drops(statement: Statement, known: Known, state: SchemaState) -> Drops:
    """The tables of a DROP TABLE that were there before the plan. Raises CannotKeep for one that cannot be kept."""
    kept, plain = dict[str, None](), dict[str, None]()
    for action in statement.actions:
        if not isinstance(action, act.Drop):
            continue
        name = str(state.qualified(action.name))
        if state.exists(action.name) is False:
            continue
        if state.is_new(action.name):
            plain[name] = None
            continue
        table = known.tables.get(name)
        if table is not None and table.kind is CatalogKind.FOREIGN_TABLE:
            continue
        _require_movable(f"table {name}", name, table, known, state)
        if action.cascade and (
            users := tuple(each for each in known.users(name) if not _goes_too(each, statement, state))
        ):
            raise CannotKeep(
                f"table {name}",
                f"CASCADE would take along {a_few(users)}, which nothing brings back",
                "Drop these by statements of their own before it, then drop the table without CASCADE.",
            )
        kept[name] = None
    return Drops(tuple(kept), tuple(plain))


def _goes_too(user: str, statement: Statement, state: SchemaState) -> bool:
    """Whether the user is a foreign key of another table that the same statement drops."""
    names = (state.qualified(each.name) for each in statement.actions if isinstance(each, act.Drop))
    return any(user.endswith(f" on {name}") for name in names)


def column_drops(statement: Statement, known: Known, state: SchemaState) -> Drops:
    """The columns of an ALTER TABLE that were there before the plan. Raises CannotKeep for one that cannot be kept."""
    drops = [each for each in statement.actions if isinstance(each, act.DropColumn)]
    name = str(state.qualified(drops[0].table))
    if state.exists(drops[0].table) is False or state.is_new(drops[0].table):
        return Drops((), (), name)
    kept = dict[str, None]()
    for drop in drops:
        what = f"column {name}.{quoted(drop.column)}"
        table = known.tables.get(name)
        _require_known(what, name, table)
        column = next((each for each in table.columns if each.name == drop.column), None) if table else None
        # Of a column that the plan added nothing is lost; a generated one has only what others say.
        if table is None or column is None or column.generated is not None:
            continue
        _require_movable(what, name, table, known, state, drop.column)
        _require_free(what, table, column)
        if drop.cascade and (users := known.users(name, drop.column)):
            raise CannotKeep(
                what,
                f"CASCADE would take along {a_few(users)}, which nothing brings back",
                "Drop these by statements of their own before it, then drop the column without CASCADE.",
            )
        kept[drop.column] = None
    return Drops(tuple(kept), (), name)


def _require_known(what: str, name: str, table: Table | None) -> None:
    if table is None:
        schema = parsed(name).schema or ""
        raise CannotKeep(
            what,
            f"its shape is not known: the manifest does not name the schema {schema} (database.schemas), or {name} is "
            "no table that was there before the plan by this name",
            f"Add the schema to database.schemas, or apply what comes before it first. {_LATER}",
        )


def _require_movable(
    what: str, name: str, table: Table | None, known: Known, state: SchemaState, column: str = ""
) -> None:
    _require_known(what, name, table)
    if table is None:
        return
    if table.kind is not CatalogKind.TABLE or table.partition_bound is not None:
        which = "a partition" if table.partition_bound is not None else "a partitioned table"
        raise CannotKeep(
            what,
            f"{name} is {which}" if column else f"it is {which}",
            "Detach a partition in a migration of its own, which keeps it as a table, and drop that one; with "
            "policies.destructive: allow for this environment, or --force, it is dropped with its rows.",
        )
    if table.parents or state.heirs.get(parsed(name)):
        raise CannotKeep(
            what, f"{name} inherits, or is inherited from", "End that first: ALTER TABLE ... NO INHERIT ...;"
        )
    if known.changed(name, column):
        raise CannotKeep(what, "the plan changes it before it drops it, so its record would not hold", _LATER)


def _require_free(what: str, table: Table, column: Column) -> None:
    if column.inherited:
        raise CannotKeep(what, "it is inherited", "Drop it from the parent, after NO INHERIT.")
    for each in table.constraints:
        if each.kind is ConstraintKind.PRIMARY_KEY and column.name in each.columns:
            raise CannotKeep(
                what,
                f"it is part of the primary key {each.name}, which rows that are written meanwhile could not keep",
                "Drop or replace the primary key by a statement of its own before it.",
            )
    if any(each.replica_identity and column.name in each.columns for each in table.indexes):
        raise CannotKeep(
            what,
            "an index on it is the replica identity of the table",
            f"Give the table another one before it: ALTER TABLE {table.name} REPLICA IDENTITY ...;",
        )


def require_unneeded(statement: Statement, kept: tuple[Quarantined, ...], known: Known, state: SchemaState) -> None:
    """Raise CannotKeep where a statement drops what something needs that the plan keeps, or a whole schema."""
    for action in statement.actions:
        if not isinstance(action, act.Drop):
            continue
        if action.kind is ObjectKind.SCHEMA and action.cascade:
            _require_empty(action.name.name, known)
        if kept and (user := _user_of(action, kept, known, state)) is not None:
            raise CannotKeep(
                f"{action.kind} {action.name}",
                f"{user} needs it, and is kept",
                "Drop it in a later migration, when migsafe purge has dropped what is kept.",
            )


def _require_empty(schema: str, known: Known) -> None:
    tables = tuple(name for name in known.tables if parsed(name).schema == schema)
    if tables:
        raise CannotKeep(
            f"schema {schema}",
            f"it holds {a_few(tables)}",
            "Drop its tables by statements of their own before it, then the schema without CASCADE.",
        )


def _user_of(action: act.Drop, kept: tuple[Quarantined, ...], known: Known, state: SchemaState) -> str | None:
    """What of the kept objects needs the thing that is dropped; None where nothing does."""
    if action.kind in _PROGRAMS:
        wanted = str(state.function_name(action.name))
    elif action.kind in _TYPES:
        wanted = str(state.type_name(action.name))
    else:
        return None
    for each in known.catalog.dependencies:
        if each.on.name.partition("(")[0] != wanted:
            continue
        for one in kept:
            if one.table not in {each.dependent.of, each.dependent.name}:
                continue
            if one.column is None or parsed(each.dependent.name).name == one.column:
                return str(each.dependent)
    return None
