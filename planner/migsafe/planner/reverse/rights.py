"""GRANT and REVOKE that turn one list of rights into another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.reverse.naming import role, word
from migsafe.schemas.catalog import CatalogKind, Grant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.catalog import Catalog, ObjectIdentity

_CLASSES = {
    CatalogKind.TABLE: "tables",
    CatalogKind.PARTITIONED_TABLE: "tables",
    CatalogKind.FOREIGN_TABLE: "tables",
    CatalogKind.VIEW: "tables",
    CatalogKind.MATERIALIZED_VIEW: "tables",
    CatalogKind.SEQUENCE: "sequences",
    CatalogKind.FUNCTION: "functions",
    CatalogKind.PROCEDURE: "functions",
    CatalogKind.AGGREGATE: "functions",
    CatalogKind.ENUM: "types",
    CatalogKind.DOMAIN: "types",
    CatalogKind.COMPOSITE: "types",
    CatalogKind.RANGE: "types",
    CatalogKind.SCHEMA: "schemas",
}
"""The word of ALTER DEFAULT PRIVILEGES for each kind."""

_GRANT_WORDS = {
    "tables": "TABLE",
    "sequences": "SEQUENCE",
    "functions": "ROUTINE",
    "types": "TYPE",
    "schemas": "SCHEMA",
}


def rights_on(key: ObjectIdentity, now: tuple[Grant, ...], before: tuple[Grant, ...]) -> Iterator[str]:
    """The statements on an object or column."""
    if key.kind is CatalogKind.COLUMN:
        yield from rights(f"ON TABLE {key.of}", now, before, f" ({key.name})")
        return
    yield from rights(f"ON {_on(key)}", now, before)


def _on(key: ObjectIdentity) -> str:
    kind = _GRANT_WORDS.get(_CLASSES.get(key.kind, ""), "")
    if key.kind is CatalogKind.SERVER:
        kind = "FOREIGN SERVER"
    return f"{kind or word(key.kind)} {key.name}"


def rights(on: str, now: tuple[Grant, ...], before: tuple[Grant, ...], column: str = "") -> Iterator[str]:
    """The statements for what `on` names; `column` follows each privilege. The role that runs them gives the rights."""
    was, has = _flat(before), _flat(now)
    for grantee in sorted({who for who, _ in (*was, *has)}):
        lost = [privilege for who, privilege in has if who == grantee and (who, privilege) not in was]
        passing = [
            privilege
            for (who, privilege), grantable in has.items()
            if who == grantee and grantable and was.get((who, privilege)) is False
        ]
        if lost:
            yield f"REVOKE {_listed(lost, column)} {on} FROM {role(grantee)}"
        if passing:
            yield f"REVOKE GRANT OPTION FOR {_listed(passing, column)} {on} FROM {role(grantee)}"
        for grantable in (False, True):
            gained = [
                privilege
                for (who, privilege), wanted in was.items()
                if who == grantee and wanted is grantable and _short_of(has.get((who, privilege)), grantable)
            ]
            if gained:
                tail = " WITH GRANT OPTION" if grantable else ""
                yield f"GRANT {_listed(gained, column)} {on} TO {role(grantee)}{tail}"


def _short_of(held: bool | None, grantable: bool) -> bool:  # noqa: FBT001 - whether a right is held, and how, or not at all
    return held is None or (grantable and not held)


def _flat(grants: tuple[Grant, ...]) -> dict[tuple[str, str], bool]:
    """Whether each right of each role can be passed on."""
    return {(each.grantee, right): right in each.grantable for each in grants for right in each.privileges}


def _listed(privileges: list[str], column: str) -> str:
    return ", ".join(f"{each}{column}" for each in privileges)


def rights_of_owner(
    key: ObjectIdentity, owner: str, now: tuple[Grant, ...], before: tuple[Grant, ...]
) -> Iterator[str]:
    """The statements on an object, with what its owner may do: all where no grant names him."""
    own_now, own_before = (tuple(each for each in grants if each.grantee == owner) for grants in (now, before))
    if own_now and not own_before:
        yield f"GRANT ALL ON {_on(key)} TO {role(owner)}"
    elif own_before and own_before != own_now:
        yield f"REVOKE ALL ON {_on(key)} FROM {role(owner)}"
        yield from rights(f"ON {_on(key)}", (), own_before)
    others = (tuple(each for each in grants if each.grantee != owner) for grants in (now, before))
    yield from rights_on(key, *others)


_ROUTINES_AND_TYPES = {"functions": "EXECUTE", "types": "USAGE"}


def at_birth(key: ObjectIdentity, owner: str, catalog: Catalog) -> tuple[Grant, ...]:
    """The rights that the server gives on a new object of this owner: the built-in ones and default privileges."""
    objects = _CLASSES.get(key.kind)
    schema = key.name.partition(".")[0].strip('"') if objects != "schemas" else None
    found = [
        each
        for each in catalog.default_privileges
        if each.role == owner and each.objects == objects and each.schema_name in {None, schema}
    ]
    everywhere = [grant for each in found if each.schema_name is None for grant in each.grants]
    local = [grant for each in found if each.schema_name is not None for grant in each.grants]
    if not any(each.schema_name is None for each in found) and objects in _ROUTINES_AND_TYPES:
        right = _ROUTINES_AND_TYPES[objects]
        everywhere = [Grant(grantee="public", grantor=owner, privileges=(right,), grantable=())]
    return tuple(grant for grant in (*everywhere, *local) if grant.grantee != owner)
