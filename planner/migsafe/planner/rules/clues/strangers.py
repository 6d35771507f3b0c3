"""Who strangers are, which schemas are the platform's, and what rights are left to strangers at the end of a set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.deeds import Deed, deeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.rules.context import Context, Judged
    from migsafe.schemas.names import QualifiedName

STRANGERS = frozenset({"public", "anon", "authenticated"})
"""Roles that whoever has the public key, or signs up, acts as."""

MANAGED = frozenset({"auth", "storage", "realtime", "vault", "supabase_functions", "graphql", "graphql_public"}) | {
    "pgsodium",
    "pgsodium_masks",
    "_realtime",
    "_analytics",
}
"""Schemas that belong to Supabase: its services make and change what is in them."""


def to_strangers(roles: Iterable[str]) -> bool:
    """Whether one of the roles is a stranger's; no role means everybody."""
    named = frozenset(roles)
    return not named or not named.isdisjoint(STRANGERS)


def reached(context: Context, name: QualifiedName) -> bool:
    """Whether the object, with its schema, lies where strangers come: an exposed schema, or a service's tables."""
    return context.exposed(name) or (context.supabase and name.schema in {"storage", "realtime"})


_ROUTINES = frozenset({ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE})
_TAKING = frozenset({"all", "select", "execute"})
"""Privileges without which nothing can be read or called."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One thing that was said about the rights of a role."""

    number: int
    routine: bool
    name: QualifiedName | None
    schema: str | None
    role: str
    given: bool
    for_later: bool
    """ALTER DEFAULT PRIVILEGES: holds for what is made afterwards."""


@dataclass(slots=True)
class Rights:
    """What the GRANTs and REVOKEs of a set say, the last word counting."""

    words: list[_Word] = field(default_factory=list)
    born: dict[tuple[bool, QualifiedName], int] = field(default_factory=dict)

    def closed(self, name: QualifiedName) -> bool:
        """Whether strangers' rights to a relation were taken from them."""
        return self.taken(name, "anon") and self.taken(name, "authenticated")

    def taken(self, name: QualifiedName, role: str) -> bool:
        """Whether the role's right to read the relation was taken, and not given back."""
        return self._last(routine=False, name=name, role=role) is False

    def taken_from_call(self, name: QualifiedName, role: str) -> bool:
        """Whether the role's right to call the function was taken, and not given back."""
        return self._last(routine=True, name=name, role=role) is False

    def _last(self, *, routine: bool, name: QualifiedName, role: str) -> bool | None:
        born = self.born.get((routine, name), -1)
        said = None
        for word in self.words:
            about = word.name == name or (word.name is None and word.schema in {None, name.schema})
            if about and word.routine is routine and word.role == role and word.for_later is (word.number < born):
                said = word.given
        return said


def rights(migrations: tuple[Judged, ...]) -> Rights:
    """The rights that the set speaks of."""
    found = Rights()
    kinds = (act.Grant, act.Revoke, act.AlterDefaultPrivileges)
    for deed in deeds(migrations, *kinds, act.CreateTable, act.CreateTableAs, act.CreateView, act.CreateFunction):
        match deed.action:
            case act.CreateFunction(name=name):
                found.born.setdefault((True, deed.full(name)), deed.number)
            case act.CreateTable(name=name) | act.CreateTableAs(name=name) | act.CreateView(name=name):
                found.born.setdefault((False, deed.full(name)), deed.number)
            case act.Grant() | act.Revoke() as change:
                found.words.extend(_words(deed, change, ()))
            case act.AlterDefaultPrivileges(change=change, schemas=schemas):
                found.words.extend(_words(deed, change, schemas or (None,)))
            case _:
                pass
    return found


_Schemas = tuple[str | None, ...]


def _words(deed: Deed, change: act.Grant | act.Revoke, later: _Schemas) -> Iterator[_Word]:
    told = isinstance(change, act.Grant)
    routine = change.kind in _ROUTINES
    if change.kind is not ObjectKind.TABLE and not routine:
        return
    if all(each.columns or each.name not in _TAKING for each in change.privileges) or (
        isinstance(change, act.Revoke) and change.grant_option
    ):
        return
    for role in change.roles:
        # In one schema the right of PUBLIC to call cannot be taken back (ALTER DEFAULT PRIVILEGES, Notes).
        for schema in () if routine and role == "public" and not told and None not in later else later:
            yield _Word(deed.number, routine, None, schema, role, told, for_later=True)
        for name in change.objects:
            of_schema = change.all_in_schema
            full, schema = (None, name.name) if of_schema else (deed.full(name), None)
            yield _Word(deed.number, routine, full, schema, role, told, for_later=False)
