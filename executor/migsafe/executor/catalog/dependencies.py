"""Which objects need which."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from migsafe.schemas.catalog import CatalogKind, Dependency, ObjectIdentity
from migsafe.schemas.names import parsed, quoted

if TYPE_CHECKING:
    from migsafe.executor.catalog.gather import Gathered, Row

_Address: TypeAlias = tuple[object, object]
"""The catalog and the number of an object."""


class _Part(NamedTuple):
    """A part of a relation; without kind and name the rule that is a view itself."""

    relation: _Address
    kind: str | None
    name: str | None


def dependencies(gathered: Gathered) -> tuple[Dependency, ...]:
    """Every pair in which something of the managed schemas is needed, sorted.

    Joined here, because the server cannot estimate joins over several catalogs and takes seconds for them.
    """
    members = {(row["class"], row["oid"]): row for row in gathered.rows("members.sql")}
    parts = {(row["class"], row["oid"]): _part(row) for row in gathered.rows("member_parts.sql")}
    schemas = set(gathered.schemas)
    found = set()
    for row in gathered.rows("needs.sql"):
        address, target = (row["class"], row["oid"]), (row["on_class"], row["on_oid"])
        part = parts.get(address, _Part(address, None, None))
        needed, dependent = members.get(target), members.get(part.relation)
        if needed is None or dependent is None or _of_itself(part, row, target):
            continue
        if needed["kind"] != "index" and parsed(str(needed["name"])).schema in schemas:
            found.add((_dependent(dependent, part, row["part"]), _identity(needed, "column", row["on_part"])))
    pairs = (Dependency(dependent=dependent, on=on) for dependent, on in found)
    return tuple(sorted(pairs, key=lambda pair: (str(pair.dependent), str(pair.on))))


def _part(row: Row) -> _Part:
    kind, name = row["kind"], row["name"]
    return _Part(
        ("pg_class", row["relation"]), None if kind is None else str(kind), None if name is None else str(name)
    )


def _of_itself(part: _Part, row: Row, target: _Address) -> bool:
    """Whether a part only needs the relation that it stands on, which goes without saying.

    Columns that a policy, trigger or generated column reads there are worth saying.
    """
    if part.relation != target:
        return False
    if row["class"] in {"pg_rewrite", "pg_constraint"}:
        return True
    return row["on_part"] is None or row["on_part"] == part.name


def _dependent(member: Row, part: _Part, column: object) -> ObjectIdentity:
    return _identity(member, part.kind or "column", part.name or column)


def _identity(member: Row, kind: str, part: object) -> ObjectIdentity:
    """The member, or its part of this kind where `part` names one."""
    name = str(member["name"])
    if member["arguments"] is not None:
        name += f"({member['arguments']})"
    if part is None:
        return ObjectIdentity(kind=CatalogKind(str(member["kind"])), name=name)
    return ObjectIdentity(kind=CatalogKind(kind), name=quoted(str(part)), of=name)
