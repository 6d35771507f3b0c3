"""A table moved out of reach instead of being dropped, and moved back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.quarantine.text import granted, literal, proof, revoked
from migsafe.schemas.catalog import ConstraintKind
from migsafe.schemas.names import QualifiedName, parsed, quoted
from migsafe.schemas.quarantine import QUARANTINE, KeptKind, Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.quarantine.naming import Made, Namer
    from migsafe.schemas.catalog import Catalog, Constraint, PublishedTable, Table

    _Renamed: TypeAlias = tuple[str, str, str]  # kind, name, name in quarantine
    _Published: TypeAlias = tuple[str, PublishedTable]  # the publication, and what it says of the table


def moved_away(table: Table, catalog: Catalog, namer: Namer, made: Made) -> tuple[tuple[str, ...], Quarantined]:
    """The SQL that moves a table into quarantine, and the record of it.

    Its foreign keys to other tables are dropped, since they would hold on to live rows, and recorded; so is its place
    in publications. Triggers, policies, owned sequences and indexes move along; what has a name in a schema is renamed,
    so that it can never be in the way of what is kept later.
    """
    place = QualifiedName(namer.name("table", table.name), QUARANTINE)
    keys, renames = foreign_keys(table), tuple(_renames(table, catalog, namer))
    published = tuple(_published(table, catalog))
    record = Quarantined(
        kind=KeptKind.TABLE,
        table=table.name,
        column=None,
        place=str(place),
        migration=made.migration,
        line=made.line,
        position=made.column,
        away="",
        back=tuple(_back(table, place, renames, published)),
        indexes=(),
        constraints=tuple(sql for key in keys for sql in again(key)),
        proofs=tuple(proof_of(key) for key in keys if key.valid),
        parts=_parts(table, renames),
        purge=f"DROP TABLE IF EXISTS {place};",
    )
    return tuple(_away(table, place, renames, published)), record


def _away(
    table: Table, place: QualifiedName, renames: tuple[_Renamed, ...], published: tuple[_Published, ...]
) -> Iterator[str]:
    for key in foreign_keys(table):
        yield f"ALTER TABLE {table.name} DROP CONSTRAINT {quoted(key.name)};"
    for publication, _ in published:
        yield f"ALTER PUBLICATION {quoted(publication)} DROP TABLE {table.name};"
    yield from revoked(table.grants, "ALL", table.name)
    yield f"ALTER TABLE {table.name} SET SCHEMA {QUARANTINE};"
    for one in table.statistics:
        yield f"ALTER STATISTICS {one.name} SET SCHEMA {QUARANTINE};"
    yield f"ALTER TABLE {QUARANTINE}.{quoted(parsed(table.name).name)} RENAME TO {quoted(place.name)};"
    for kind, was, now in renames:
        yield f"ALTER {kind} {QUARANTINE}.{quoted(was)} RENAME TO {quoted(now)};"


def _back(
    table: Table, place: QualifiedName, renames: tuple[_Renamed, ...], published: tuple[_Published, ...]
) -> Iterator[str]:
    old = parsed(table.name)
    yield f"ALTER TABLE {place} RENAME TO {quoted(old.name)};"
    for kind, was, now in renames:
        yield f"ALTER {kind} {QUARANTINE}.{quoted(now)} RENAME TO {quoted(was)};"
    yield f"ALTER TABLE {QUARANTINE}.{quoted(old.name)} SET SCHEMA {quoted(old.schema or '')};"
    for one in table.statistics:
        name = parsed(one.name)
        yield f"ALTER STATISTICS {QUARANTINE}.{quoted(name.name)} SET SCHEMA {quoted(name.schema or '')};"
    yield from granted(table.grants, table.name)
    for publication, each in published:
        yield f"ALTER PUBLICATION {quoted(publication)} ADD TABLE {_as_published(each)};"


def foreign_keys(table: Table) -> tuple[Constraint, ...]:
    """Those to other tables."""
    found = (each for each in table.constraints if each.kind is ConstraintKind.FOREIGN_KEY)
    return tuple(each for each in found if each.referenced != table.name)


def again(constraint: Constraint) -> Iterator[str]:
    """Adds a constraint as it was, old rows not looked at, with its comment."""
    name = quoted(constraint.name)
    late = constraint.kind in {ConstraintKind.FOREIGN_KEY, ConstraintKind.CHECK} and constraint.valid
    unlooked = " NOT VALID" if late else ""
    yield f"ALTER TABLE {constraint.table} ADD CONSTRAINT {name} {constraint.definition}{unlooked};"
    yield from commented(constraint)


def commented(constraint: Constraint) -> Iterator[str]:
    """Gives a constraint its comment again."""
    if constraint.comment is not None:
        told = literal(constraint.comment)
        yield f"COMMENT ON CONSTRAINT {quoted(constraint.name)} ON {constraint.table} IS {told};"


def proof_of(constraint: Constraint) -> str:
    """Looks at the old rows."""
    name = quoted(constraint.name)
    return proof(
        f"ALTER TABLE {constraint.table} VALIDATE CONSTRAINT {name};",
        f"constraint {name} of {constraint.table} is back, but rows that came or went meanwhile do not fit: it stays "
        "NOT VALID until they are mended and it is validated",
    )


def _renames(table: Table, catalog: Catalog, namer: Namer) -> Iterator[_Renamed]:
    """What has a name in the schema of the table."""
    for index in table.indexes:
        name = parsed(index.name).name
        yield "INDEX", name, namer.name("index", index.name)
    for sequence in catalog.sequences:
        if sequence.owned_by is not None and sequence.owned_by.relation == table.name:
            yield "SEQUENCE", parsed(sequence.name).name, namer.name("sequence", sequence.name)
    for one in table.statistics:
        yield "STATISTICS", parsed(one.name).name, namer.name("statistics", one.name)


def _published(table: Table, catalog: Catalog) -> Iterator[_Published]:
    for publication in catalog.publications:
        for each in publication.tables:
            if each.table == table.name:
                yield publication.name, each


def _as_published(table: PublishedTable) -> str:
    columns = "" if table.columns is None else f" ({', '.join(map(quoted, table.columns))})"
    where = "" if table.where is None else f" WHERE ({table.where})"
    return f"{table.table}{columns}{where}"


def _parts(table: Table, renames: tuple[_Renamed, ...]) -> tuple[str, ...]:
    names = [each.name for each in table.constraints] + [each.name for each in table.triggers]
    names += [each.name for each in table.policies] + [each.name for each in table.rules]
    return tuple(dict.fromkeys((*names, *(was for _, was, _ in renames))))
