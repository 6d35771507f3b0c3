"""The SQL that turns types, extensions and functions into what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.catalog import CatalogKind, Grant
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.catalog import CompositeType, Domain, Extension, Routine

__all__ = ["Grant", "composite", "domain", "extension", "routine"]


def domain(now: Domain, before: Domain) -> tuple[str, ...] | None:
    """None where the type beneath differs."""
    if (now.base, now.collation) != (before.base, before.collation):
        return None
    return tuple(_domain(now, before, f"ALTER DOMAIN {before.name}"))


def _domain(now: Domain, before: Domain, alter: str) -> Iterator[str]:
    if now.default != before.default:
        yield f"{alter} DROP DEFAULT" if before.default is None else f"{alter} SET DEFAULT {before.default}"
    if now.not_null != before.not_null:
        yield f"{alter} {'SET' if before.not_null else 'DROP'} NOT NULL"
    yield from (f"{alter} DROP CONSTRAINT {quoted(c.name)}" for c in now.constraints if c not in before.constraints)
    for check in before.constraints:
        if check not in now.constraints:
            yield f"{alter} ADD CONSTRAINT {quoted(check.name)} {check.definition}"


def composite(now: CompositeType, before: CompositeType) -> tuple[str, ...]:
    """Attributes are added at the end."""
    alter = f"ALTER TYPE {before.name}"
    old, new = {each.name: each for each in now.attributes}, {each.name: each for each in before.attributes}
    gone = [f"{alter} DROP ATTRIBUTE {quoted(name)}" for name in old if name not in new]
    added = [f"{alter} ADD ATTRIBUTE {quoted(name)} {each.type}" for name, each in new.items() if name not in old]
    retyped = [
        f"{alter} ALTER ATTRIBUTE {quoted(name)} TYPE {each.type}"
        for name, each in new.items()
        if name in old and old[name].type != each.type
    ]
    return (*gone, *added, *retyped)


def extension(now: Extension, before: Extension) -> tuple[str, ...]:
    """A version that has no way back makes the server refuse, and the round trip says so."""
    name = quoted(before.name)
    moved = [f"ALTER EXTENSION {name} SET SCHEMA {quoted(before.schema_name)}"]
    updated = [f"ALTER EXTENSION {name} UPDATE TO '{before.version}'"]
    return (
        *(moved if now.schema_name != before.schema_name else ()),
        *(updated if now.version != before.version else ()),
    )


def routine(now: Routine, before: Routine) -> tuple[str, ...] | None:
    """CREATE OR REPLACE, but None where the result, or the names or defaults of arguments differ."""
    if now.definition == before.definition:
        return ()
    if now.returns != before.returns or now.kind is not before.kind or _head(now) != _head(before):
        return None
    return (before.definition.rstrip().removesuffix(";"),)


def _head(routine: Routine) -> str:
    """The arguments with their defaults; of an aggregate all of it."""
    if routine.kind is CatalogKind.AGGREGATE:
        return routine.definition
    return routine.definition.partition("\n")[0]
