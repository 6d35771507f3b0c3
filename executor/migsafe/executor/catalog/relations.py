"""Tables, views and sequences, put together from their parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.catalog.documents import in_order, sorted_documents
from migsafe.executor.catalog.gather import grouped
from migsafe.schemas.catalog import Column, Constraint, Index, Policy, Rule, Sequence, Statistics, Table, Trigger, View

if TYPE_CHECKING:
    from migsafe.executor.catalog.gather import Gathered, Row


class Relations:
    """The relations of a scope."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._columns = grouped(self._described_columns(), "relation")
        self._constraints = grouped(gathered.commented("constraints.sql", "pg_constraint"), "relation")
        self._indexes = grouped(gathered.commented("indexes.sql", "pg_class"), "relation")
        self._triggers = grouped(gathered.commented("triggers.sql", "pg_trigger"), "relation")
        self._policies = grouped(gathered.commented("policies.sql", "pg_policy"), "relation")
        self._rules = grouped(gathered.commented("rules.sql", "pg_rewrite"), "relation")
        self._statistics = grouped(gathered.commented("statistics.sql", "pg_statistic_ext"), "relation")

    def tables(self) -> tuple[Table, ...]:
        """All tables, partitioned tables and foreign tables."""
        parents = grouped(self._gathered.rows("parents.sql"), "relation")
        rows = self._gathered.granted("tables.sql", "pg_class")
        for row in rows:
            oid = row["oid"]
            self._add_parts(row)
            row["parents"] = tuple(parent["name"] for parent in parents.get(oid, ()))
            row["constraints"] = sorted_documents(Constraint, _told(self._constraints.get(oid, []), row))
            row["policies"] = sorted_documents(Policy, self._policies.get(oid, []))
        return sorted_documents(Table, rows)

    def views(self) -> tuple[View, ...]:
        """All views and materialized views."""
        reads = grouped(self._gathered.rows("reads.sql"), "view")
        rows = self._gathered.granted("views.sql", "pg_class")
        for row in rows:
            self._add_parts(row)
            row["reads"] = sorted(reads.get(row["oid"], []), key=lambda read: str(read["relation"]))
        return sorted_documents(View, rows)

    def sequences(self) -> tuple[Sequence, ...]:
        """All sequences."""
        rows = self._gathered.granted("sequences.sql", "pg_class")
        for row in rows:
            relation, column = row.pop("owning_relation"), row.pop("owning_column")
            row["owned_by"] = None if relation is None else {"relation": relation, "column": column}
        return sorted_documents(Sequence, rows)

    def triggers_elsewhere(self) -> tuple[Trigger, ...]:
        """Triggers that migrations put on tables outside the scope."""
        return sorted_documents(Trigger, self._elsewhere(self._triggers), "table", "name")

    def policies_elsewhere(self) -> tuple[Policy, ...]:
        """Policies that migrations put on tables outside the scope."""
        return sorted_documents(Policy, self._elsewhere(self._policies), "table", "name")

    def _elsewhere(self, found: dict[object, list[Row]]) -> list[Row]:
        return [row for relation, rows in found.items() if relation not in self._gathered.relations for row in rows]

    def _described_columns(self) -> list[Row]:
        rows = self._gathered.rows("columns.sql")
        for row in rows:
            address = "pg_class", row["relation"], row.pop("part")
            row["comment"] = self._gathered.comment(*address)
            row["grants"] = self._gathered.grants(*address)
        return rows

    def _add_parts(self, row: Row) -> None:
        """Give a table or view the parts that both have."""
        oid = row["oid"]
        row["columns"] = in_order(Column, self._columns.get(oid, []))
        row["indexes"] = sorted_documents(Index, _told(self._indexes.get(oid, []), row))
        row["triggers"] = sorted_documents(Trigger, self._triggers.get(oid, []))
        row["rules"] = sorted_documents(Rule, _told(self._rules.get(oid, []), row))
        row["statistics"] = sorted_documents(Statistics, _told(self._statistics.get(oid, []), row))


def _told(parts: list[Row], relation: Row) -> list[Row]:
    """The parts, each with the name of its relation."""
    for part in parts:
        part["table"] = relation["name"]
    return parts
