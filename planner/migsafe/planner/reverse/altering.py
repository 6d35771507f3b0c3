"""The SQL that turns a piece of a catalog into what it was, where it need not be dropped for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.reverse import altering_tables as tables
from migsafe.planner.reverse import altering_types as types
from migsafe.planner.reverse.element import Default, Marked, Ownership, TableColumn
from migsafe.planner.reverse.making import made, policy_tail, published
from migsafe.planner.reverse.naming import comment_sql, literal, option_names, options, target
from migsafe.planner.reverse.rights import rights, rights_of_owner, rights_on
from migsafe.schemas.catalog import (
    CatalogKind,
    CompositeType,
    Constraint,
    DefaultPrivileges,
    Domain,
    EnumType,
    EventTrigger,
    Extension,
    Firing,
    Index,
    Policy,
    Publication,
    Routine,
    Rule,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.reverse.element import Element, Thing
    from migsafe.schemas.catalog import ObjectIdentity

Altered: TypeAlias = "tuple[str, ...] | None"
"""Statements, none where nothing differs; None where only DROP and CREATE do it."""

FIRING = {
    Firing.ORIGIN: "ENABLE",
    Firing.DISABLED: "DISABLE",
    Firing.REPLICA: "ENABLE REPLICA",
    Firing.ALWAYS: "ENABLE ALWAYS",
}


def altered(now: Element, before: Element) -> Altered:
    """The statements that turn `now` into `before`."""
    if now.thing == before.thing:
        return ()
    own = _of_itself(now.thing, before.thing)
    return None if own is None else (*own, *_around(before.key, now.thing, before.thing))


def _around(key: ObjectIdentity, now: Thing, before: Thing) -> Iterator[str]:
    """Owner, rights and comment, which most kinds have."""
    old, new = _fields(now), _fields(before)
    owner = new.get("owner")
    follows = isinstance(before, Sequence) and before.owned_by is not None
    if isinstance(owner, str) and old.get("owner") != owner and not follows:
        yield f"ALTER {target(key)} OWNER TO {quoted(owner)}"
    if "grants" in new and not isinstance(before, DefaultPrivileges):
        yield from _grants(key, now, before)
    if old.get("comment") != new.get("comment"):
        text = new.get("comment")
        yield comment_sql(key, text if isinstance(text, str) else None)


def _fields(thing: Thing) -> dict[str, object]:
    if isinstance(thing, TableColumn):
        return dict(iter(thing.column))
    if isinstance(thing, Ownership | Default | Marked):
        return {}
    return {field: value for field, value in thing}  # noqa: C416 - dict() would call `keys`, which Index has as a field


def _grants(key: ObjectIdentity, now: Thing, before: Thing) -> Iterator[str]:
    old, new = _rights(now), _rights(before)
    if key.kind is CatalogKind.COLUMN:
        yield from rights_on(key, old, new)
        return
    yield from rights_of_owner(key, str(_fields(before).get("owner")), old, new)


def _rights(thing: Thing) -> tuple[types.Grant, ...]:
    found = _fields(thing)["grants"]
    return tuple(each for each in found if isinstance(each, types.Grant)) if isinstance(found, tuple) else ()


def _of_itself(now: Thing, before: Thing) -> Altered:  # noqa: PLR0911 - one line a kind
    match now, before:
        case (Table() as old, Table() as new):
            return tables.table(old, new)
        case (TableColumn() as old, TableColumn() as new):
            return tables.column(old, new)
        case (Marked() as old, Marked() as new):
            return tables.marks(old, new)
        case (Default(), Default()) | (Ownership(), Ownership()):
            return (made(before, {}),)
        case (Sequence() as old, Sequence() as new):
            return tables.sequence(old, new)
        case (View() as old, View() as new):
            return _view(old, new)
        case (Constraint() as old, Constraint() as new):
            return _constraint(old, new)
        case (Index() as old, Index() as new):
            return _index(old, new)
        case _:
            return _of_a_type(now, before)


def _of_a_type(now: Thing, before: Thing) -> Altered:
    match now, before:
        case (EnumType() as old, EnumType() as new):
            return () if old.labels == new.labels else None
        case (Domain() as old, Domain() as new):
            return types.domain(old, new)
        case (CompositeType() as old, CompositeType() as new):
            return types.composite(old, new)
        case (Extension() as old, Extension() as new):
            return types.extension(old, new)
        case (Routine() as old, Routine() as new):
            return types.routine(old, new)
        case _:
            return _of_a_rare_kind(now, before)


def _of_a_rare_kind(now: Thing, before: Thing) -> Altered:  # noqa: PLR0911 - one line a kind
    match now, before:
        case (Trigger() as old, Trigger() as new):
            return _fired(old, new, f"ALTER TABLE {new.table}", f"TRIGGER {quoted(new.name)}")
        case (Rule() as old, Rule() as new):
            return _fired(old, new, f"ALTER TABLE {new.table}", f"RULE {quoted(new.name)}")
        case (EventTrigger() as old, EventTrigger() as new):
            return _event_trigger(old, new)
        case (Policy() as old, Policy() as new):
            return _policy(old, new)
        case (Statistics() as old, Statistics() as new):
            return _statistics(old, new)
        case (Publication() as old, Publication() as new):
            return _publication(old, new)
        case (DefaultPrivileges() as old, DefaultPrivileges() as new):
            return default_privileges(old, new)
        case _:
            return () if _fields(now).get("definition") == _fields(before).get("definition") else None


def _view(now: View, before: View) -> Altered:
    if before.kind is CatalogKind.MATERIALIZED_VIEW:
        same = (now.definition, now.populated, now.access_method) == (
            before.definition,
            before.populated,
            before.access_method,
        )
        return _options(f"ALTER MATERIALIZED VIEW {before.name}", now.options, before.options) if same else None
    if now.definition == before.definition:
        return _options(f"ALTER VIEW {before.name}", now.options, before.options)
    shape = [(each.name, each.type, each.collation) for each in now.columns]
    if shape != [(each.name, each.type, each.collation) for each in before.columns[: len(shape)]]:
        return None
    return (made(before, {}).replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1),)


def _options(alter: str, now: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tables.options_changed(alter, now, before))


def _constraint(now: Constraint, before: Constraint) -> Altered:
    if now.definition == before.definition:
        return ()
    if before.valid and now.definition.removesuffix(" NOT VALID") == before.definition:
        return (f"ALTER TABLE {before.table} VALIDATE CONSTRAINT {quoted(before.name)}",)
    return None


def _index(now: Index, before: Index) -> Altered:
    """`valid`, `ready` and the tablespace are left as they are."""
    if now.options == before.options:
        return () if now.definition == before.definition else None
    said = f" WITH ({', '.join(now.options)})", f" WITH ({', '.join(before.options)})"
    if _without(now.definition, said[0]) != _without(before.definition, said[1]):
        return None
    gone = [each for each in now.options if each not in before.options]
    statements = [f"ALTER INDEX {before.name} RESET ({option_names(gone)})"] if gone else []
    statements += [f"ALTER INDEX {before.name} SET ({options(before.options)})"] if before.options else []
    return tuple(statements)


def _without(definition: str, _: str) -> str:
    head, found, tail = definition.partition(" WITH (")
    return head + tail.partition(")")[2] if found else definition


def _fired(now: Trigger | Rule, before: Trigger | Rule, alter: str, what: str) -> Altered:
    if now.definition != before.definition:
        return None
    return () if now.enabled is before.enabled else (f"{alter} {FIRING[before.enabled]} {what}",)


def _event_trigger(now: EventTrigger, before: EventTrigger) -> Altered:
    if (now.event, now.function, now.tags) != (before.event, before.function, before.tags):
        return None
    same = now.enabled is before.enabled
    return () if same else (f"ALTER EVENT TRIGGER {quoted(before.name)} {FIRING[before.enabled]}",)


def _policy(now: Policy, before: Policy) -> Altered:
    """ALTER POLICY cannot take USING or WITH CHECK away."""
    if (now.command, now.permissive) != (before.command, before.permissive):
        return None
    if (now.using is None) != (before.using is None) or (now.with_check is None) != (before.with_check is None):
        return None
    if (now.roles, now.using, now.with_check) == (before.roles, before.using, before.with_check):
        return ()
    return (f"ALTER POLICY {quoted(before.name)} ON {before.table}{policy_tail(before)}",)


def _statistics(now: Statistics, before: Statistics) -> Altered:
    if now.definition != before.definition:
        return None
    target_now = -1 if before.target is None else before.target
    same = now.target == before.target
    return () if same else (f"ALTER STATISTICS {before.name} SET STATISTICS {target_now}",)


def _publication(now: Publication, before: Publication) -> Altered:
    if now.all_tables != before.all_tables:
        return None
    name = quoted(before.name)
    statements = []
    old = [published(each) for each in now.tables] + [f"TABLES IN SCHEMA {quoted(each)}" for each in now.schemas]
    new = [published(each) for each in before.tables]
    new += [f"TABLES IN SCHEMA {quoted(each)}" for each in before.schemas]
    statements += [f"ALTER PUBLICATION {name} DROP {_bare(each)}" for each in old if each not in new]
    statements += [f"ALTER PUBLICATION {name} ADD {each}" for each in new if each not in old]
    if (now.operations, now.via_root) != (before.operations, before.via_root):
        root = "true" if before.via_root else "false"
        given = f"publish = {literal(', '.join(before.operations))}, publish_via_partition_root = {root}"
        statements.append(f"ALTER PUBLICATION {name} SET ({given})")
    return tuple(statements)


def _bare(published_table: str) -> str:
    """The table alone, which is all that DROP takes."""
    return published_table.partition(" (")[0].partition(" WHERE ")[0]


def default_privileges(now: DefaultPrivileges, before: DefaultPrivileges) -> tuple[str, ...]:
    """ALTER DEFAULT PRIVILEGES, for pieces that are there or not: an empty list of grants is one that is not."""
    where = "" if before.schema_name is None else f" IN SCHEMA {quoted(before.schema_name)}"
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(before.role)}{where}"
    return tuple(f"{head} {each}" for each in rights(f"ON {before.objects.upper()}", now.grants, before.grants))
