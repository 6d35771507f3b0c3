"""The SQL that turns tables, columns and sequences into what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.reverse.making import identity_sql
from migsafe.planner.reverse.naming import literal, option_names, options
from migsafe.schemas.catalog import CatalogKind, IdentityKind, Persistence
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.reverse.element import Marked, TableColumn
    from migsafe.schemas.catalog import Column, Sequence, Table


def table(now: Table, before: Table) -> tuple[str, ...] | None:
    """None where the kind or the partition key differs: such a table has to be made anew."""
    if (now.kind, now.partition_key, now.server) != (before.kind, before.partition_key, before.server):
        return None
    alter = f"ALTER {'FOREIGN ' if before.kind is CatalogKind.FOREIGN_TABLE else ''}TABLE {before.name}"
    return (
        *_parents(now, before, alter),
        *_flags(now, before, alter),
        *options_changed(alter, now.options, before.options),
        *_foreign_options(now, before, alter),
    )


def _foreign_options(now: Table, before: Table, alter: str) -> Iterator[str]:
    """Options whose values may be secret are not known, and stay."""
    old, new = (dict(each.split("=", 1) for each in of.server_options if "=" in each) for of in (now, before))
    acts = [f"DROP {key}" for key in old if key not in new]
    acts += [f"{'SET' if key in old else 'ADD'} {key} {literal(new[key])}" for key in new if old.get(key) != new[key]]
    if acts:
        yield f"{alter} OPTIONS ({', '.join(acts)})"


def _parents(now: Table, before: Table, alter: str) -> Iterator[str]:
    if now.partition_bound == before.partition_bound and now.parents == before.parents:
        return
    if now.partition_bound is not None:
        yield f"ALTER TABLE {now.parents[0]} DETACH PARTITION {before.name}"
    else:
        yield from (f"{alter} NO INHERIT {parent}" for parent in now.parents if parent not in before.parents)
    if before.partition_bound is not None:
        yield f"ALTER TABLE {before.parents[0]} ATTACH PARTITION {before.name} {before.partition_bound}"
    else:
        had = () if now.partition_bound is not None else now.parents
        yield from (f"{alter} INHERIT {parent}" for parent in before.parents if parent not in had)


def _flags(now: Table, before: Table, alter: str) -> Iterator[str]:
    if now.row_security != before.row_security:
        yield f"{alter} {'ENABLE' if before.row_security else 'DISABLE'} ROW LEVEL SECURITY"
    if now.force_row_security != before.force_row_security:
        yield f"{alter} {'FORCE' if before.force_row_security else 'NO FORCE'} ROW LEVEL SECURITY"
    if now.persistence is not before.persistence:
        yield f"{alter} SET {'UNLOGGED' if before.persistence is Persistence.UNLOGGED else 'LOGGED'}"
    if now.access_method != before.access_method and before.access_method is not None:
        yield f"{alter} SET ACCESS METHOD {quoted(before.access_method)}"
    if now.tablespace != before.tablespace:
        yield f"{alter} SET TABLESPACE {quoted(before.tablespace or 'pg_default')}"


def options_changed(alter: str, now: tuple[str, ...], before: tuple[str, ...]) -> Iterator[str]:
    """SET and RESET of storage parameters or view options."""
    kept = {each.partition("=")[0] for each in before}
    gone = [each for each in now if each.partition("=")[0] not in kept]
    if gone:
        yield f"{alter} RESET ({option_names(gone)})"
    new = [each for each in before if each not in now]
    if new:
        yield f"{alter} SET ({options(new)})"


def marks(now: Marked, before: Marked) -> tuple[str, ...]:
    """What a table says of its indexes."""
    statements = []
    if now.clustered != before.clustered:
        by = "SET WITHOUT CLUSTER" if before.clustered is None else f"CLUSTER ON {before.clustered}"
        statements.append(f"ALTER TABLE {before.table} {by}")
    if now.replica != before.replica:
        statements.append(f"ALTER TABLE {before.table} REPLICA IDENTITY {before.replica}")
    return tuple(statements)


def column(now: TableColumn, before: TableColumn) -> tuple[str, ...] | None:
    """None where a generated column has to be made anew."""
    old, new = now.column, before.column
    if old.generated != new.generated or old.expression != new.expression:
        return None
    alter = f"ALTER TABLE {before.table} ALTER COLUMN {quoted(new.name)}"
    return (
        *_identity_gone(old, new, alter),
        *_type(old, new, alter),
        *_not_null(old, new, alter),
        *_identity(old, before, alter),
        *_storage(old, new, alter),
    )


def _identity_gone(old: Column, new: Column, alter: str) -> Iterator[str]:
    if old.identity is not None and new.identity is None:
        yield f"{alter} DROP IDENTITY"


def _type(old: Column, new: Column, alter: str) -> Iterator[str]:
    if (old.type, old.collation) == (new.type, new.collation):
        return
    collation = "" if new.collation is None else f" COLLATE {new.collation}"
    yield f"{alter} TYPE {new.type}{collation} USING {cast(quoted(new.name), old.type, new.type)}"


def cast(value: str, old: str, new: str) -> str:
    """The value as the other type; through text where no cast is there, as between enums."""
    through_text = "user" in {family(old), family(new)} and family(old) != "text" and old != new
    return f"{value}::text::{new}" if through_text else f"{value}::{new}"


_FAMILIES = {
    "text": ("text", "character varying", "character", "citext", "name"),
    "number": ("smallint", "integer", "bigint", "numeric", "real", "double precision"),
    "time": ("timestamp", "date", "time ", "time without", "time with"),
    "json": ("json", "jsonb"),
    "other": ("uuid", "boolean", "bytea", "interval", "inet", "cidr", "bit"),
}


def family(name: str) -> str:
    """Types of a family can be cast to each other: `text`, `number`, ...; `user` for all others."""
    bare = name.partition("(")[0].removesuffix("[]")
    for found, starts in _FAMILIES.items():
        if bare in starts or any(bare.startswith(each) for each in starts if found == "time"):
            return found + ("[]" if name.endswith("[]") else "")
    return "user"


def _not_null(old: Column, new: Column, alter: str) -> Iterator[str]:
    if old.not_null != new.not_null:
        yield f"{alter} {'SET' if new.not_null else 'DROP'} NOT NULL"


def _identity(old: Column, before: TableColumn, alter: str) -> Iterator[str]:
    new = before.column.identity
    if new is None or old.identity is new:
        return
    if old.identity is None:
        yield f"{alter} ADD {identity_sql(new, before.sequence)}"
    else:
        yield f"{alter} SET GENERATED {'ALWAYS' if new is IdentityKind.ALWAYS else 'BY DEFAULT'}"


def _storage(old: Column, new: Column, alter: str) -> Iterator[str]:
    if old.storage != new.storage:
        yield f"{alter} SET STORAGE {new.storage.upper()}"
    if old.compression != new.compression:
        yield f"{alter} SET COMPRESSION {new.compression or 'default'}"
    if old.statistics != new.statistics:
        yield f"{alter} SET STATISTICS {-1 if new.statistics is None else new.statistics}"
    yield from options_changed(alter, old.options, new.options)


def sequence(now: Sequence, before: Sequence) -> tuple[str, ...]:
    """Where the sequence stands is left as it is."""
    if before.of_identity and not now.of_identity:
        return ()
    parts = []
    if now.type != before.type:
        parts.append(f"AS {before.type}")
    if now.start != before.start:
        parts.append(f"START WITH {before.start}")
    if now.increment != before.increment:
        parts.append(f"INCREMENT BY {before.increment}")
    if (now.minimum, now.maximum, now.type) != (before.minimum, before.maximum, before.type):
        parts.append(f"MINVALUE {before.minimum} MAXVALUE {before.maximum}")
    if now.cache != before.cache:
        parts.append(f"CACHE {before.cache}")
    if now.cycle != before.cycle:
        parts.append("CYCLE" if before.cycle else "NO CYCLE")
    statements = [f"ALTER SEQUENCE {before.name} {' '.join(parts)}"] if parts else []
    if now.persistence is not before.persistence:
        statements.append(f"ALTER SEQUENCE {before.name} SET {before.persistence.value.upper()}")
    return tuple(statements)
