"""SQL expressions that give the values of generated rows: the number of the row stands in them as `n`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.schemas.catalog import ConstraintKind
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from migsafe.schemas.catalog import Catalog, Column, Table

_LENGTH = re.compile(r"\((\d+)(?:,(\d+))?\)")
_LITERAL = re.compile(r"'((?:[^']|'')*)'::")

_PLAIN = {
    "smallint": "(n % 30000)::smallint",
    "integer": "n::integer",
    "bigint": "n::bigint",
    "real": "(n + 0.5)::real",
    "double precision": "(n + 0.25)::double precision",
    "numeric": "n::numeric",
    "money": "n::numeric::money",
    "boolean": "(n % 2 = 0)",
    "uuid": "md5('migsafe ' || n)::uuid",
    "text": "'text ' || n",
    "character varying": "'text ' || n",
    "citext": "'text ' || n",
    "name": "('name_' || n)::name",
    "json": "json_build_object('n', n)",
    "jsonb": "jsonb_build_object('n', n)",
    "bytea": "convert_to('bytes ' || n, 'UTF8')",
    "date": "date '2024-01-01' + (n % 3000)::integer",
    "timestamp without time zone": "timestamp '2024-01-01' + n * interval '1 hour'",
    "timestamp with time zone": "timestamptz '2024-01-01 00:00:00+00' + n * interval '1 hour'",
    "time without time zone": "time '00:00' + n * interval '1 minute'",
    "time with time zone": "timetz '00:00+00' + n * interval '1 minute'",
    "interval": "n * interval '1 minute'",
    "inet": "inet '10.0.0.0' + n",
    "cidr": "(host(inet '10.0.0.0' + n) || '/32')::cidr",
    "macaddr": "('08:00:2b:01:02:' || lpad(to_hex(n % 256), 2, '0'))::macaddr",
    "point": "point(n, n)",
    "xml": "xmlelement(name n, n)",
    "tsvector": "to_tsvector('simple', 'text ' || n)",
    "tsquery": "to_tsquery('simple', 'text' || n)",
    "oid": "n::oid",
    "int4range": "int4range(n::integer, n::integer + 1)",
    "int8range": "int8range(n, n + 1)",
    "numrange": "numrange(n, n + 1)",
    "daterange": "daterange(date '2024-01-01' + n::integer, date '2024-01-02' + n::integer)",
    "tsrange": "tsrange(timestamp '2024-01-01' + n * interval '1 h', timestamp '2024-01-02' + n * interval '1 h')",
    "tstzrange": "tstzrange(timestamptz '2024-01-01 00:00Z' + n * interval '1 h',"
    " timestamptz '2024-01-01 00:00Z' + (n + 1) * interval '1 h')",
    "ltree": "('n' || n)",
    "hstore": "('n=>' || n)",
}


@dataclass(frozen=True, slots=True)
class Share:
    """What statistics of the target say of a column."""

    nulls: float
    """The part of the rows that is NULL there, 0 to 1."""
    distinct: int | None
    """How many values there are; None where about each row has its own."""


def expression(catalog: Catalog, table: Table, column: Column, share: Share | None = None) -> str | None:
    """The expression for a column; None where nothing is known of its type, which only NULL fits then."""
    found = _listed(table, column) or _of_type(catalog, column.type)
    if found is None or share is None:
        return found
    if share.distinct and not _unique(table, column):
        found = re.sub(r"\bn\b(?!\()", f"(n % {share.distinct})", found)
    return with_nulls(found, column, share)


def with_nulls(found: str, column: Column, share: Share | None) -> str:
    """The expression, NULL in as large a part of the rows as the share tells, where the column may be."""
    if share is None or not share.nulls or column.not_null:
        return found
    return f"CASE WHEN n * 7919 % 1000 >= {round(share.nulls * 1000)} THEN {found} END"


def _listed(table: Table, column: Column) -> str | None:
    """One of the strings that a CHECK on this column alone names: `status IN ('new', 'paid')`."""
    for check in table.constraints:
        if check.kind is ConstraintKind.CHECK and check.columns == (column.name,) and "ANY" in check.definition:
            values = _LITERAL.findall(check.definition)
            if values:
                listed = ", ".join(f"'{value}'" for value in values)
                return f"((ARRAY[{listed}])[(1 + n % {len(values)})::integer])::{column.type}"
    return None


def _unique(table: Table, column: Column) -> bool:
    return any(each.unique and quoted(column.name) in each.keys for each in table.indexes)


def _of_type(catalog: Catalog, name: str) -> str | None:
    if name.endswith("[]"):
        element = _of_type(catalog, name.removesuffix("[]"))
        return None if element is None else f"ARRAY[{element}]::{name}"
    for enum in catalog.enums:
        if enum.name == name and enum.labels:
            labels = ", ".join("'" + label.replace("'", "''") + "'" for label in enum.labels)
            return f"((ARRAY[{labels}])[(1 + n % {len(enum.labels)})::integer])::{name}"
    for domain in catalog.domains:
        if domain.name == name:
            base = _of_type(catalog, domain.base)
            return None if base is None else f"({base})::{name}"
    if name.rpartition(".")[2].startswith(("vector", "halfvec")):
        length = _LENGTH.search(name)
        return f"('[' || array_to_string(array_fill(n % 10, ARRAY[{length[1] if length else 3}]), ',') || ']')::{name}"
    return _built_in(name)


def _built_in(name: str) -> str | None:
    bare = re.sub(r"\(\d+(,\d+)?\)", "", name).strip()
    length = _LENGTH.search(name)
    if bare in {"character varying", "character"} and length:
        return f"left(lpad(n::text, least(12, {length[1]}), '0'), {length[1]})::{name}"
    if bare == "numeric" and length:
        digits = int(length[1]) - int(length[2] or 0)
        return f"(n % {10 ** min(digits, 9)})::{name}"
    if bare.startswith("bit"):
        return f"(n % 2)::bit({length[1] if length else 1})" if bare == "bit" else "(n % 2)::bit(1)::varbit"
    found = _PLAIN.get(bare) or _PLAIN.get(bare.rpartition(".")[2])
    return None if found is None else f"({found})::{name}"
