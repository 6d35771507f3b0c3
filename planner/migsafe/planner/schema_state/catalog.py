"""The state as the catalog of the target tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.schema_state import spelled
from migsafe.planner.schema_state.state import SchemaState
from migsafe.planner.state_objects import (
    ColumnState,
    ConstraintState,
    FunctionState,
    IndexState,
    PolicyState,
    PublicationState,
    SequenceState,
    TableState,
    TriggerState,
    TypeState,
)
from migsafe.schemas.catalog import CatalogKind
from migsafe.schemas.catalog import ConstraintKind as CatalogConstraintKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.actions.typename import TypeName
    from migsafe.schemas.catalog import (
        Catalog,
        Column,
        Constraint,
        Domain,
        Grant,
        Index,
        Policy,
        Routine,
        Table,
        Trigger,
        View,
    )
    from migsafe.schemas.names import QualifiedName

_KINDS = {
    CatalogConstraintKind.PRIMARY_KEY: ConstraintKind.PRIMARY_KEY,
    CatalogConstraintKind.UNIQUE: ConstraintKind.UNIQUE,
    CatalogConstraintKind.FOREIGN_KEY: ConstraintKind.FOREIGN_KEY,
    CatalogConstraintKind.CHECK: ConstraintKind.CHECK,
    CatalogConstraintKind.EXCLUSION: ConstraintKind.EXCLUDE,
    CatalogConstraintKind.NOT_NULL: ConstraintKind.NOT_NULL,
}


def of_catalog(catalog: Catalog) -> SchemaState:
    """The state of a database of which this is the catalog, without sizes.

    Types are parsed once for each spelling, expressions when somebody asks for their tree.
    """
    state = SchemaState()
    for table in catalog.tables:
        _put(state, table.name, _table(table), table.indexes)
    for view in catalog.views:
        _put(state, view.name, _view(view), view.indexes)
    for name, known in state.tables.items():
        for parent in (*known.inherits, *([known.partition_of] if known.partition_of is not None else [])):
            state.heirs[parent] = (*state.heirs.get(parent, ()), name)
    for sequence in catalog.sequences:
        owned = sequence.owned_by
        state.sequences[spelled.name(sequence.name)] = (
            SequenceState() if owned is None else SequenceState(spelled.name(owned.relation), owned.column)
        )
    _elsewhere(state, catalog)
    _types(state, catalog)
    _programs(state, catalog)
    return state


def _put(state: SchemaState, text: str, table: TableState, indexes: Iterable[Index]) -> None:
    name = spelled.name(text)
    state.put(name, table)
    for index in indexes:
        state.indexes[spelled.name(index.name)] = _index(index, name)


def _table(table: Table) -> TableState:
    parents = tuple(spelled.name(parent) for parent in table.parents)
    partition = table.partition_bound is not None
    strategy, columns = spelled.partition_key(table.partition_key)
    return TableState(
        table.kind.value,
        told=True,
        owner=table.owner,
        row_security=table.row_security,
        row_security_forced=table.force_row_security,
        replica_identity=table.replica_identity.value,
        partition_of=parents[0] if partition and parents else None,
        partition_bound_default=table.partition_bound == "DEFAULT",
        partitioned_by=strategy,
        partition_columns=columns,
        of_type=spelled.type_of(table.of_type) if table.of_type is not None else None,
        unlogged=table.persistence.value == "unlogged",
        inherits=() if partition else parents,
        columns={column.name: _column(column) for column in table.columns},
        constraints={each.name: _constraint(each) for each in table.constraints},
        policies={policy.name: _policy(policy) for policy in table.policies},
        triggers={trigger.name: _trigger(trigger) for trigger in table.triggers},
        granted=granted(table.grants),
    )


def _view(view: View) -> TableState:
    return TableState(
        view.kind.value,
        told=True,
        owner=view.owner,
        sources=tuple(spelled.name(read.relation) for read in view.reads),
        source_columns=frozenset(column for read in view.reads for column in read.columns),
        security_invoker=spelled.setting(view.options, "security_invoker") in {"true", "on", "yes", "1"},
        columns={column.name: _column(column) for column in view.columns},
        triggers={trigger.name: _trigger(trigger) for trigger in view.triggers},
        granted=granted(view.grants),
    )


def _column(column: Column) -> ColumnState:
    return ColumnState(
        spelled.type_of(column.type),
        column.not_null,
        spelled.expression(column.expression if column.generated is not None else column.default),
        column.generated.value if column.generated is not None else "",
        column.identity.value if column.identity is not None else "",
        spelled.name(column.collation) if column.collation is not None else None,
    )


def _constraint(each: Constraint) -> ConstraintState:
    return ConstraintState(
        _KINDS[each.kind],
        each.columns,
        spelled.name(each.referenced) if each.referenced is not None else None,
        each.valid,
        expression=spelled.expression(spelled.condition(each.definition)),
        referenced_columns=each.referenced_columns,
        on_delete=spelled.on_delete(each.definition) if each.referenced is not None else "",
        deferrable=each.deferrable,
        enforced=each.enforced,
        no_inherit="NO INHERIT" in each.definition,
    )


def _index(index: Index, table: QualifiedName) -> IndexState:
    return IndexState(
        table,
        tuple(spelled.column(key) for key in index.keys),
        index.unique,
        index.valid,
        index.method,
        spelled.expression(index.predicate),
        index.constraint,
        needs=frozenset((*index.columns, *index.include)),
    )


def _policy(policy: Policy) -> PolicyState:
    using, check = spelled.expression(policy.using), spelled.expression(policy.with_check)
    return PolicyState(policy.command, policy.permissive, policy.roles, using, check)


def _trigger(trigger: Trigger) -> TriggerState:
    enabled = trigger.enabled.value != "disabled"
    return TriggerState(spelled.name(trigger.function), trigger.row_level, trigger.columns, enabled)


def granted(grants: Iterable[Grant]) -> dict[str, frozenset[str]]:
    """Privileges in lower case by role."""
    found: dict[str, frozenset[str]] = {}
    for grant in grants:
        privileges = frozenset(privilege.lower() for privilege in grant.privileges)
        found[grant.grantee] = found.get(grant.grantee, frozenset()) | privileges
    return found


def _elsewhere(state: SchemaState, catalog: Catalog) -> None:
    """Triggers and policies on tables of schemas that others manage."""
    for trigger in catalog.triggers:
        known = state.tables.setdefault(spelled.name(trigger.table), TableState())
        known.triggers[trigger.name] = _trigger(trigger)
    for policy in catalog.policies:
        known = state.tables.setdefault(spelled.name(policy.table), TableState())
        known.policies[policy.name] = _policy(policy)


def _types(state: SchemaState, catalog: Catalog) -> None:
    for enum in catalog.enums:
        state.types[spelled.name(enum.name)] = TypeState("enum", enum.labels)
    for domain in catalog.domains:
        state.types[spelled.name(domain.name)] = _domain(domain)
    for composite in catalog.composites:
        attributes = tuple((each.name, spelled.type_of(each.type)) for each in composite.attributes)
        state.types[spelled.name(composite.name)] = TypeState("composite", attributes=attributes)
    for found in catalog.ranges:
        state.types[spelled.name(found.name)] = TypeState("range")


def _domain(domain: Domain) -> TypeState:
    checks = tuple(each.name for each in domain.constraints)
    base = spelled.type_of(domain.base)
    return TypeState("domain", (), base, domain.not_null or bool(checks), not_null=domain.not_null, checks=checks)


def _programs(state: SchemaState, catalog: Catalog) -> None:
    by_default = {schema.name: _granted_by_default(catalog, schema.name) for schema in catalog.schemas}
    for routine in catalog.routines:
        if routine.kind is not CatalogKind.AGGREGATE:
            name = spelled.name(routine.name)
            made = _function(routine, by_default.get(name.schema or "", set()))
            state.functions[name] = (*state.functions.get(name, ()), made)
    for extension in catalog.extensions:
        state.extensions[extension.name] = extension.schema_name
    for each in catalog.publications:
        tables = frozenset(spelled.name(table.table) for table in each.tables)
        state.publications[each.name] = PublicationState(each.all_tables, tables, frozenset(each.schemas))
    for default in catalog.default_privileges:
        told = granted(default.grants)
        if default.objects == "tables":
            state.default_granted[default.schema_name] = {**state.default_granted.get(default.schema_name, {}), **told}
        elif default.objects == "functions" and default.schema_name is None and "public" not in told:
            state.default_revoked |= {"public"}


def _returned(text: str | None) -> TypeName | None:
    """Of RETURNS TABLE the rows that it stands for."""
    if text is None or text.startswith("TABLE("):
        return None if text is None else spelled.type_of("SETOF record")
    return spelled.type_of(text)


def _granted_by_default(catalog: Catalog, schema: str | None) -> set[str]:
    """The roles that functions made in a schema come with a grant for."""
    return {
        grant.grantee
        for default in catalog.default_privileges
        if default.objects == "functions" and default.schema_name in {None, schema}
        for grant in default.grants
    }


def _function(routine: Routine, by_default: set[str]) -> FunctionState:
    given = [each for each in spelled.arguments(routine.arguments) if each.mode in {"in", "inout", "variadic"}]
    defaults = spelled.defaults(routine.definition)
    may = {grant.grantee for grant in routine.grants}
    taken = ({"public"} | by_default) - may - {routine.owner}
    return FunctionState(
        tuple(each.type for each in given),
        routine.language,
        routine.body,
        routine.security_definer,
        spelled.setting(routine.settings, "search_path"),
        routine.volatility,
        _returned(routine.returns),
        revoked=frozenset(taken),
        names=tuple(each.name for each in given),
        optional=len(defaults),
        defaults=defaults,
    )
