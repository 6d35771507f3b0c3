"""The SQL that makes a piece of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from migsafe.planner.reverse.element import Default, Marked, Ownership, TableColumn
from migsafe.planner.reverse.naming import literal, names, options, role
from migsafe.schemas.catalog import (
    CatalogKind,
    CompositeType,
    Constraint,
    DefaultPrivileges,
    Domain,
    EnumType,
    EventTrigger,
    Extension,
    IdentityKind,
    Index,
    OtherObject,
    Persistence,
    Policy,
    Publication,
    PublishedTable,
    RangeType,
    Routine,
    Rule,
    Schema,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.planner.reverse.element import Thing
    from migsafe.schemas.catalog import Column, ColumnName


def made(thing: Thing, sequences: Mapping[ColumnName, Sequence]) -> str:
    """The CREATE of a piece, bare: flags, rights, owner and comment are altered afterwards.

    `sequences` are those behind identity columns. Empty where there is nothing to make.
    """
    match thing:
        case Table():
            return _table(thing, sequences)
        case RangeType() | Routine() | Index() | Trigger() | Rule() | Statistics() | OtherObject():
            return thing.definition.rstrip().removesuffix(";")
        case TableColumn() | Default() | Ownership() | Constraint() | Policy() | DefaultPrivileges() | Marked():
            return _part(thing)
        case _:
            return _whole(thing)


_Part: TypeAlias = TableColumn | Default | Ownership | Constraint | Policy | DefaultPrivileges | Marked
_Whole: TypeAlias = (
    Schema | Extension | EnumType | Domain | CompositeType | Sequence | View | Publication | EventTrigger
)


def _part(thing: _Part) -> str:
    match thing:
        case Ownership(sequence=sequence, column=column):
            return f"ALTER SEQUENCE {sequence} OWNED BY {column}"
        case TableColumn():
            return f"ALTER TABLE {thing.table} ADD COLUMN {column_sql(thing.column, thing.sequence)}"
        case Default(table=table, column=column, expression=expression):
            return f"ALTER TABLE {table} ALTER COLUMN {quoted(column)} SET DEFAULT {expression}"
        case Constraint(table=table, name=name, definition=definition):
            return f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}"
        case Policy():
            return _policy(thing)
        case DefaultPrivileges() | Marked():
            return ""
        case _:
            assert_never(thing)


def _whole(thing: _Whole) -> str:  # noqa: PLR0911 - one line a kind
    match thing:
        case Schema(name=name):
            return f"CREATE SCHEMA {quoted(name)}"
        case Extension(name=name, schema_name=schema):
            return f"CREATE EXTENSION {quoted(name)} WITH SCHEMA {quoted(schema)}"
        case EnumType(name=name, labels=labels):
            return f"CREATE TYPE {name} AS ENUM ({', '.join(literal(each) for each in labels)})"
        case Domain():
            return _domain(thing)
        case CompositeType():
            return _composite(thing)
        case Sequence():
            return f"CREATE {_unlogged(thing)}SEQUENCE {thing.name} AS {thing.type}{sequence_options(thing)}"
        case View():
            return _view(thing)
        case Publication():
            return _publication(thing)
        case EventTrigger():
            return _event_trigger(thing)
        case _:
            assert_never(thing)


def column_sql(column: Column, sequence: Sequence | None) -> str:
    """The column as CREATE TABLE and ADD COLUMN want it."""
    parts = [quoted(column.name), column.type]
    if column.collation is not None:
        parts.append(f"COLLATE {column.collation}")
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({column.expression}) {column.generated.value.upper()}")
    if column.identity is not None:
        parts.append(identity_sql(column.identity, sequence))
    if column.not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def identity_sql(kind: IdentityKind, sequence: Sequence | None) -> str:
    """GENERATED ... AS IDENTITY, with the sequence behind it."""
    behind = "" if sequence is None else f" (SEQUENCE NAME {sequence.name}{sequence_options(sequence)})"
    return f"GENERATED {kind.value.upper()} AS IDENTITY{behind}"


def sequence_options(sequence: Sequence) -> str:
    """What follows the type of a sequence; each begins with a space."""
    return (
        f" START WITH {sequence.start} INCREMENT BY {sequence.increment} MINVALUE {sequence.minimum}"
        f" MAXVALUE {sequence.maximum} CACHE {sequence.cache}{' CYCLE' if sequence.cycle else ' NO CYCLE'}"
    )


def _unlogged(thing: Table | Sequence) -> str:
    return "UNLOGGED " if thing.persistence is Persistence.UNLOGGED else ""


def _domain(domain: Domain) -> str:
    parts = [f"CREATE DOMAIN {domain.name} AS {domain.base}"]
    if domain.collation is not None:
        parts.append(f"COLLATE {domain.collation}")
    if domain.default is not None:
        parts.append(f"DEFAULT {domain.default}")
    if domain.not_null:
        parts.append("NOT NULL")
    parts += [f"CONSTRAINT {quoted(each.name)} {each.definition}" for each in domain.constraints if each.valid]
    return " ".join(parts)


def _composite(composite: CompositeType) -> str:
    fields = (
        f"{quoted(each.name)} {each.type}" + ("" if each.collation is None else f" COLLATE {each.collation}")
        for each in composite.attributes
    )
    return f"CREATE TYPE {composite.name} AS ({', '.join(fields)})"


def _table(table: Table, sequences: Mapping[ColumnName, Sequence]) -> str:
    foreign = "FOREIGN " if table.kind is CatalogKind.FOREIGN_TABLE else ""
    head = f"CREATE {_unlogged(table)}{foreign}TABLE {table.name}"
    parents = ", ".join(table.parents)
    if table.partition_bound is not None:
        text = f"{head} PARTITION OF {parents} {table.partition_bound}"
    else:
        behind = {each.column: sequence for each, sequence in sequences.items() if each.relation == table.name}
        columns = [column_sql(each, behind.get(each.name)) for each in table.columns if not each.inherited]
        text = f"{head} (\n    {f',{chr(10)}    '.join(columns)}\n)" if columns else f"{head} ()"
        text += f" INHERITS ({parents})" if parents else ""
    text += f" PARTITION BY {table.partition_key}" if table.partition_key is not None else ""
    if table.server is not None:
        text += f" SERVER {quoted(table.server)}"
        given = ", ".join(f"{key} {literal(value)}" for key, _, value in _split(table.server_options))
        return text + (f" OPTIONS ({given})" if given else "")
    text += f" USING {quoted(table.access_method)}" if table.access_method not in {None, "heap"} else ""
    text += f" WITH ({options(table.options)})" if table.options else ""
    return text + (f" TABLESPACE {quoted(table.tablespace)}" if table.tablespace is not None else "")


def _split(given: tuple[str, ...]) -> list[tuple[str, str, str]]:
    return [each.partition("=") for each in given if "=" in each]


def _view(view: View) -> str:
    given = f" WITH ({options(view.options)})" if view.options else ""
    query = view.definition.rstrip().removesuffix(";")
    if view.kind is CatalogKind.VIEW:
        return f"CREATE VIEW {view.name}{given} AS\n{query}"
    method = f" USING {quoted(view.access_method)}" if view.access_method not in {None, "heap"} else ""
    space = f" TABLESPACE {quoted(view.tablespace)}" if view.tablespace is not None else ""
    data = "" if view.populated else "\nWITH NO DATA"
    return f"CREATE MATERIALIZED VIEW {view.name}{method}{given}{space} AS\n{query}{data}"


def _policy(policy: Policy) -> str:
    kind = "" if policy.permissive else " AS RESTRICTIVE"
    text = f"CREATE POLICY {quoted(policy.name)} ON {policy.table}{kind} FOR {policy.command.upper()}"
    return text + policy_tail(policy)


def policy_tail(policy: Policy) -> str:
    """TO, USING and WITH CHECK, as CREATE and ALTER POLICY want them."""
    text = f" TO {', '.join(role(each) for each in policy.roles)}"
    text += f" USING ({policy.using})" if policy.using is not None else ""
    return text + (f" WITH CHECK ({policy.with_check})" if policy.with_check is not None else "")


def published(table: PublishedTable) -> str:
    """A table as a publication names it."""
    columns = "" if table.columns is None else f" ({names(table.columns)})"
    where = "" if table.where is None else f" WHERE ({table.where})"
    return f"TABLE {table.table}{columns}{where}"


def _publication(publication: Publication) -> str:
    listed = [published(each) for each in publication.tables]
    listed += [f"TABLES IN SCHEMA {quoted(each)}" for each in publication.schemas]
    scope = " FOR ALL TABLES" if publication.all_tables else (f" FOR {', '.join(listed)}" if listed else "")
    operations = ", ".join(publication.operations)
    root = ", publish_via_partition_root = true" if publication.via_root else ""
    return f"CREATE PUBLICATION {quoted(publication.name)}{scope} WITH (publish = '{operations}'{root})"


def _event_trigger(trigger: EventTrigger) -> str:
    tags = f" WHEN TAG IN ({', '.join(literal(each) for each in trigger.tags)})" if trigger.tags else ""
    name = quoted(trigger.name)
    return f"CREATE EVENT TRIGGER {name} ON {trigger.event}{tags} EXECUTE FUNCTION {trigger.function}()"
