"""Names of database objects, quoted as PostgreSQL quotes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")

# Words that PostgreSQL 18 reserves (src/include/parser/kwlist.h, RESERVED_KEYWORD and TYPE_FUNC_NAME_KEYWORD): an
# identifier that equals one of them must be quoted. Quoting more than necessary is harmless, less is not.
_RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
    returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
    unique user using variadic verbose when where window with
    """.split()
)


def quoted(identifier: str) -> str:
    """The identifier as it must stand in SQL: bare where that is safe, else in double quotes."""
    if _PLAIN.match(identifier) and identifier not in _RESERVED:
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True, order=True)
class QualifiedName:
    """A name with or without its schema, unquoted parts."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        """The name as SQL: `public.orders`, `"Odd name"`."""
        return quoted(self.name) if self.schema is None else f"{quoted(self.schema)}.{quoted(self.name)}"

    def within(self, schema: str) -> QualifiedName:
        """The same name, with `schema` where it has none of its own."""
        return self if self.schema is not None else QualifiedName(self.name, schema)


_PART = re.compile(r'"((?:[^"]|"")*)"|([^".]+)')


def parsed(sql: str) -> QualifiedName:
    """The name that `schema.name` or `name` spells in SQL, each part bare or in double quotes."""
    parts = [inside.replace('""', '"') if inside else bare for inside, bare in _PART.findall(sql)]
    return QualifiedName(parts[-1] if parts else "", parts[-2] if len(parts) > 1 else None)
