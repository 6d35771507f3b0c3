"""How SQL names the pieces of a catalog, and quotes values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.catalog import CatalogKind, ObjectIdentity
from migsafe.schemas.names import parsed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = {
    CatalogKind.ENUM: "TYPE",
    CatalogKind.COMPOSITE: "TYPE",
    CatalogKind.RANGE: "TYPE",
    CatalogKind.PARTITIONED_TABLE: "TABLE",
}


def word(kind: CatalogKind) -> str:
    """The kind as DROP, ALTER and COMMENT spell it."""
    return _WORDS.get(kind, kind.value.upper())


def target(key: ObjectIdentity) -> str:
    """The object as DROP and COMMENT want it: `TABLE public.orders`, `POLICY mine ON public.orders`."""
    if key.kind is CatalogKind.COLUMN:
        return f"COLUMN {key.of}.{key.name}"
    place = "" if key.of is None else f" ON {key.of}"
    return f"{word(key.kind)} {key.name}{place}"


def literal(text: str) -> str:
    """The text as a string constant."""
    doubled = text.replace("'", "''")
    return f"E'{doubled.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{doubled}'"


def names(identifiers: Iterable[str]) -> str:
    """Identifiers in SQL, with commas."""
    return ", ".join(quoted(each) for each in identifiers)


def role(name: str) -> str:
    """A role in SQL; `public` is everybody."""
    return "PUBLIC" if name == "public" else quoted(name)


def options(given: Iterable[str]) -> str:
    """`fillfactor=70` as `fillfactor = '70'`, with commas."""
    return ", ".join(_option(each) for each in given)


def _option(given: str) -> str:
    key, equals, value = given.partition("=")
    return f"{key} = {literal(value)}" if equals else key


def option_names(given: Iterable[str]) -> str:
    """The names of options alone, with commas."""
    return ", ".join(each.partition("=")[0] for each in given)


def schema_of(name: str) -> str | None:
    """The schema of a qualified name, unquoted."""
    return parsed(name).schema


def own_name(name: str) -> str:
    """A qualified name without its schema, quoted."""
    return quoted(parsed(name).name)


def comment_sql(key: ObjectIdentity, text: str | None) -> str:
    """COMMENT ON."""
    return f"COMMENT ON {target(key)} IS {'NULL' if text is None else literal(text)}"
