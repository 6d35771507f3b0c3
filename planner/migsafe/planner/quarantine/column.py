"""A column renamed out of the way instead of being dropped, and renamed back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.quarantine.table import again, commented, proof_of
from migsafe.planner.quarantine.text import block, granted, literal, proof, revoked
from migsafe.schemas.catalog import ConstraintKind
from migsafe.schemas.names import parsed, quoted
from migsafe.schemas.quarantine import IndexAgain, KeptKind, Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.quarantine.naming import Made, Namer
    from migsafe.schemas.catalog import Column, Constraint, Index, Statistics, Table

_CREATE = re.compile(r"\ACREATE (UNIQUE )?INDEX ")
_BY_INDEX = {ConstraintKind.UNIQUE: "UNIQUE"}


def renamed_away(table: Table, column: Column, namer: Namer, made: Made) -> tuple[tuple[str, ...], Quarantined]:
    """The SQL that moves a column out of the way, and the record of it.

    What DROP COLUMN takes along is dropped and recorded. A default stays, and with it NOT NULL: rows that are written
    meanwhile have the value that they would have had. NOT NULL without a default goes, or nothing could be inserted.
    """
    hidden, taken = quoted(namer.column(column.name)), _taken(table, column)
    # An identity is a default of its own.
    freed = column.not_null and column.default is None and column.identity is None
    filled = _NotNull(table, column, namer) if freed else None
    record = Quarantined(
        kind=KeptKind.COLUMN,
        table=table.name,
        column=column.name,
        place=f"{table.name}.{hidden}",
        migration=made.migration,
        line=made.line,
        position=made.column,
        away="",
        back=_back(table, column, hidden, filled),
        indexes=tuple(_indexes(table, taken)),
        constraints=(*_added(taken.constraints), *_comments(taken.indexes), *_definitions(taken.statistics)),
        proofs=_proofs(taken, filled),
        parts=taken.names,
        purge=f"ALTER TABLE IF EXISTS {table.name} DROP COLUMN IF EXISTS {hidden};",
    )
    return tuple(_away(table, column, hidden, taken)), record


def _back(table: Table, column: Column, hidden: str, filled: _NotNull | None) -> tuple[str, ...]:
    """The SQL that gives the column its name, its grants and its NOT NULL again."""
    return (
        f"ALTER TABLE {table.name} RENAME COLUMN {hidden} TO {quoted(column.name)};",
        *granted(column.grants, table.name, column.name),
        *(filled.asked() if filled else ()),
    )


def _proofs(taken: _Taken, filled: _NotNull | None) -> tuple[str, ...]:
    """The SQL that checks the rows against what was not valid meanwhile."""
    return (
        *(filled.proven() if filled else ()),
        *(proof_of(each) for each in taken.constraints if each.valid and each.kind in _LOOKED_AT),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """What DROP COLUMN takes along."""

    constraints: tuple[Constraint, ...]
    indexes: tuple[Index, ...]
    """Without those behind the constraints."""
    statistics: tuple[Statistics, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Unquoted, without schema."""
        found = (*_bare(self.indexes), *_bare(self.statistics))
        return tuple(dict.fromkeys((*(each.name for each in self.constraints), *found)))


def _taken(table: Table, column: Column) -> _Taken:
    constraints = tuple(each for each in table.constraints if column.name in each.columns)
    behind = {each.index for each in constraints if each.kind is not ConstraintKind.FOREIGN_KEY}
    indexes = tuple(each for each in table.indexes if column.name in each.columns and each.name not in behind)
    statistics = tuple(each for each in table.statistics if _mentions(each.definition, quoted(column.name)))
    return _Taken(constraints, indexes, statistics)


def _away(table: Table, column: Column, hidden: str, taken: _Taken) -> Iterator[str]:
    name = quoted(column.name)
    for constraint in taken.constraints:
        yield f"ALTER TABLE {table.name} DROP CONSTRAINT {quoted(constraint.name)};"
    for index in taken.indexes:
        yield f"DROP INDEX {index.name};"
    for one in taken.statistics:
        yield f"DROP STATISTICS {one.name};"
    if column.not_null and column.default is None and column.identity is None:
        yield f"ALTER TABLE {table.name} ALTER COLUMN {name} DROP NOT NULL;"
    yield from revoked(column.grants, f"ALL ({name})", table.name)
    yield f"ALTER TABLE {table.name} RENAME COLUMN {name} TO {hidden};"


_LOOKED_AT = {ConstraintKind.FOREIGN_KEY, ConstraintKind.CHECK}


class _NotNull:
    """NOT NULL again, without reading the table under a lock that stops anybody; new rows are checked at once."""

    def __init__(self, table: Table, column: Column, namer: Namer) -> None:
        self._table, self._column = table.name, quoted(column.name)
        self._check = quoted(namer.name("not null", f"{table.name}.{column.name}"))

    def asked(self) -> tuple[str, ...]:
        """A check that holds for rows to come."""
        return (
            f"ALTER TABLE {self._table} ADD CONSTRAINT {self._check} CHECK ({self._column} IS NOT NULL) NOT VALID;",
        )

    def proven(self) -> tuple[str, ...]:
        """The check validated, then NOT NULL instead of it, where no row stands against that."""
        said = (
            f"{self._table}.{self._column} was NOT NULL, and rows that were written meanwhile have no value: the check "
            f"{self._check} asks for one in new rows; fill the old ones, then SET NOT NULL and drop the check"
        )
        constraint = f"conrelid = {literal(self._table)}::pg_catalog.regclass AND conname = "
        bare = parsed(self._check).name
        settle = block(
            f"    IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE {constraint}{literal(bare)} AND convalidated) THEN\n"  # noqa: E501 - one line of SQL
            f"        ALTER TABLE {self._table} ALTER COLUMN {self._column} SET NOT NULL;\n"
            f"        ALTER TABLE {self._table} DROP CONSTRAINT {self._check};\n"
            "    END IF;\n"
        )
        return proof(f"ALTER TABLE {self._table} VALIDATE CONSTRAINT {self._check};", said), settle


def _bare(named: tuple[Index, ...] | tuple[Statistics, ...]) -> Iterator[str]:
    return (parsed(each.name).name for each in named)


def _mentions(definition: str, name: str) -> bool:
    """Whether extended statistics are on this column; in doubt they are, and are made anew like others."""
    return re.search(rf"(?<![\w\"]){re.escape(name)}(?![\w\"])", definition.partition(" ON ")[2]) is not None


def _indexes(table: Table, taken: _Taken) -> Iterator[IndexAgain]:
    wanted = {each.index for each in taken.constraints if each.kind in _BY_INDEX}
    for index in table.indexes:
        if index in taken.indexes or index.name in wanted:
            sql = _CREATE.sub(r"CREATE \1INDEX CONCURRENTLY ", index.definition)
            yield IndexAgain(index=index.name, table=table.name, sql=f"{sql};")


def _added(constraints: tuple[Constraint, ...]) -> Iterator[str]:
    for each in constraints:
        if each.kind not in _BY_INDEX or each.index is None:
            yield from again(each)
            continue
        index = quoted(parsed(each.index).name)
        later = " DEFERRABLE" if each.deferrable else ""
        later += " INITIALLY DEFERRED" if each.initially_deferred else ""
        name = quoted(each.name)
        yield f"ALTER TABLE {each.table} ADD CONSTRAINT {name} {_BY_INDEX[each.kind]} USING INDEX {index}{later};"
        yield from commented(each)


def _comments(indexes: tuple[Index, ...]) -> Iterator[str]:
    for each in indexes:
        if each.comment is not None:
            yield f"COMMENT ON INDEX {each.name} IS {literal(each.comment)};"


def _definitions(statistics: tuple[Statistics, ...]) -> Iterator[str]:
    for each in statistics:
        yield f"{each.definition};"
        if each.target is not None:
            yield f"ALTER STATISTICS {each.name} SET STATISTICS {each.target};"
        if each.comment is not None:
            yield f"COMMENT ON STATISTICS {each.name} IS {literal(each.comment)};"
