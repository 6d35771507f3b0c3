"""Takes a catalog apart into its pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.reverse.element import (
    Default,
    Element,
    Marked,
    Ownership,
    TableColumn,
    Thing,
    column_key,
    column_keys,
    default_key,
)
from migsafe.schemas.catalog import (
    CatalogKind,
    ColumnName,
    Constraint,
    ConstraintKind,
    Extension,
    Index,
    ObjectIdentity,
    OtherObject,
    ReplicaIdentity,
    Sequence,
    Table,
    View,
)
from migsafe.schemas.names import parsed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.catalog import Catalog

Elements: TypeAlias = dict[ObjectIdentity, Element]
_Key = ObjectIdentity


def elements(catalog: Catalog) -> Elements:
    """The pieces of a catalog by their keys, in an order in which they could be made, with all that each needs.

    Parts that come from a parent table go with that one's, and are left out.
    """
    pieces = {each.key: each for each in _Pieces(catalog).all()}
    needed: dict[_Key, set[_Key]] = {}
    for pair in catalog.dependencies:
        dependent, on = _piece(pair.dependent, pieces), _piece(pair.on, pieces)
        if dependent is not None and on is not None and dependent != on:
            needed.setdefault(dependent, set()).add(on)
    return {key: _with(each, needed.get(key, set()), pieces) for key, each in pieces.items()}


def _with(each: Element, more: set[_Key], pieces: Elements) -> Element:
    wanted = {found for key in each.needs | more if (found := _piece(key, pieces)) is not None}
    return Element(each.key, each.thing, frozenset(wanted - {each.key}), each.holder, each.made_with)


def _piece(key: _Key, pieces: Elements) -> _Key | None:
    """The piece that a dependency means: of a view's column the view, of an index its constraint."""
    if key in pieces:
        return key
    if key.of is not None:
        key = _Key(kind=CatalogKind.TABLE, name=key.of)
    for kind in _SAME_NAMES:
        found = _Key(kind=kind, name=key.name)
        if found in pieces:
            return found
    return None


_SAME_NAMES = (
    CatalogKind.TABLE,
    CatalogKind.VIEW,
    CatalogKind.PARTITIONED_TABLE,
    CatalogKind.MATERIALIZED_VIEW,
    CatalogKind.FOREIGN_TABLE,
    CatalogKind.SEQUENCE,
    CatalogKind.COMPOSITE,
)


def inherited(catalog: Catalog) -> set[_Key]:
    """The keys of parts that are no pieces of their own, because they come from a parent."""
    found: set[_Key] = set()
    for table in catalog.tables:
        for column in table.columns:
            if column.inherited:
                found |= {column_key(table.name, column.name), default_key(table.name, column.name)}
        found |= {each.identity for each in table.constraints if each.inherited}
        found |= {each.identity for each in table.triggers if each.inherited}
        found |= {each.identity for each in table.indexes if each.parent is not None}
    return found


class _Pieces:
    """Walks over a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._identities = {each.owned_by: each for each in catalog.sequences if each.of_identity}
        self._schemas = {each.name for each in catalog.schemas}
        self._behind = {
            each.index: each.identity
            for table in catalog.tables
            for each in table.constraints
            if each.index is not None and each.kind is not ConstraintKind.FOREIGN_KEY
        }

    def all(self) -> Iterator[Element]:
        for each in self._catalog.objects():
            match each:
                case Table():
                    yield from self._of_table(each)
                case View():
                    yield self._top(each.identity, each, frozenset(_relation(read.relation) for read in each.reads))
                    yield from self._of_relation(each)
                case Sequence():
                    yield from self._of_sequence(each)
                case Extension(schema_name=schema):
                    home = _Key(kind=CatalogKind.SCHEMA, name=quoted(schema))
                    yield self._top(each.identity, each, frozenset({home}))
                case OtherObject():
                    yield self._top(each.identity, each, frozenset(self._named_by(each)))
                case _:
                    yield self._top(each.identity, each)

    def _named_by(self, other: OtherObject) -> Iterator[_Key]:
        """The types and functions that a cast or operator names; the catalog has no dependencies of these kinds."""
        said = f"{other.name} {other.definition}"
        for kind in (self._catalog.enums, self._catalog.domains, self._catalog.composites, self._catalog.routines):
            yield from (each.identity for each in kind if each.name in said)

    def _top(self, key: _Key, thing: Thing, needs: frozenset[_Key] = frozenset()) -> Element:
        schema = parsed(key.of or key.name.partition("(")[0]).schema
        if schema is not None and schema in self._schemas:
            needs |= {_Key(kind=CatalogKind.SCHEMA, name=quoted(schema))}
        return Element(key, thing, needs)

    def _of_sequence(self, sequence: Sequence) -> Iterator[Element]:
        owner = sequence.owned_by
        holder = None if owner is None else column_key(owner.relation, owner.column)
        made_with = holder if sequence.of_identity else None
        top = self._top(sequence.identity, sequence)
        yield Element(top.key, sequence, top.needs, holder, made_with)
        if owner is not None and holder is not None and not sequence.of_identity:
            key = _Key(kind=CatalogKind.SEQUENCE, name=sequence.name, of=owner.relation)
            owned = Ownership(sequence.name, f"{owner.relation}.{quoted(owner.column)}")
            yield Element(key, owned, frozenset({sequence.identity, holder}), sequence.identity)

    def _of_table(self, table: Table) -> Iterator[Element]:
        yield self._top(table.identity, table, frozenset(_relation(parent) for parent in table.parents))
        for column in table.columns:
            if column.inherited:
                continue
            key = column_key(table.name, column.name)
            sequence = self._identities.get(ColumnName(relation=table.name, column=column.name))
            bare = TableColumn(table.name, column.model_copy(update={"default": None}), sequence)
            yield Element(key, bare, frozenset({table.identity}), table.identity, table.identity)
            if column.default is not None:
                default = Default(table.name, column.name, column.default)
                yield Element(default_key(table.name, column.name), default, frozenset({key}), key, key)
        for constraint in table.constraints:
            if not constraint.inherited:
                yield self._constraint(constraint)
        for policy in table.policies:
            yield Element(policy.identity, policy, frozenset({table.identity}), table.identity)
        yield from self._of_relation(table)
        yield _marks(table)

    def _of_relation(self, relation: Table | View) -> Iterator[Element]:
        for index in relation.indexes:
            if index.constraint is None and index.parent is None:
                needs = column_keys(relation.name, index.columns) | {relation.identity}
                yield Element(index.identity, index, needs, relation.identity)
        on = relation.identity
        for trigger in relation.triggers:
            if not trigger.inherited:
                yield Element(trigger.identity, trigger, frozenset({on}), on)
        yield from (Element(rule.identity, rule, frozenset({on}), on) for rule in relation.rules)
        yield from (Element(each.identity, each, frozenset({on}), on) for each in relation.statistics)

    def _constraint(self, constraint: Constraint) -> Element:
        table = _relation(constraint.table)
        needs = column_keys(constraint.table, constraint.columns) | {table}
        if constraint.referenced is not None:
            needs |= column_keys(constraint.referenced, constraint.referenced_columns)
            needs |= {_relation(constraint.referenced)}
            index = constraint.index or ""
            needs |= {self._behind.get(index, _Key(kind=CatalogKind.INDEX, name=index))}
        return Element(constraint.identity, constraint, needs, table)


def _relation(name: str) -> _Key:
    """A relation whose kind is not said; found by its name."""
    return _Key(kind=CatalogKind.TABLE, name=name)


def _marks(table: Table) -> Element:
    clustered = next((each for each in table.indexes if each.clustered), None)
    identifying = next((each for each in table.indexes if each.replica_identity), None)
    replica = table.replica_identity.value.upper()
    if table.replica_identity is ReplicaIdentity.INDEX and identifying is not None:
        replica = f"USING INDEX {_own_name(identifying)}"
    marked = Marked(table.name, None if clustered is None else _own_name(clustered), replica)
    key = _Key(kind=CatalogKind.INDEX, name="", of=table.name)
    needs = {table.identity} | {_index_or_constraint(each) for each in (clustered, identifying) if each is not None}
    return Element(key, marked, frozenset(needs), table.identity)


def _index_or_constraint(index: Index) -> _Key:
    if index.constraint is None:
        return index.identity
    return _Key(kind=CatalogKind.CONSTRAINT, name=quoted(index.constraint), of=index.table)


def _own_name(index: Index) -> str:
    return quoted(parsed(index.name).name)
