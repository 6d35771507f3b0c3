"""Enums, domains, composite types and ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from migsafe.executor.catalog.documents import in_order, sorted_documents
from migsafe.executor.catalog.gather import grouped
from migsafe.schemas.catalog import Attribute, CompositeType, Domain, DomainConstraint, EnumType, RangeType
from migsafe.schemas.document import Document

if TYPE_CHECKING:
    from migsafe.executor.catalog.gather import Gathered, Row

_Type = TypeVar("_Type", bound=Document)


class Types:
    """The types of a scope."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._rows = grouped(gathered.granted("types.sql", "pg_type"), "kind")

    def enums(self) -> tuple[EnumType, ...]:
        """All enums."""
        return self._of(EnumType, "enum")

    def domains(self) -> tuple[Domain, ...]:
        """All domains."""
        checks = grouped(self._gathered.commented("domain_constraints.sql", "pg_constraint"), "type")
        for row in self._rows.get("domain", ()):
            row["constraints"] = sorted_documents(DomainConstraint, checks.get(row["oid"], []))
        return self._of(Domain, "domain")

    def composites(self) -> tuple[CompositeType, ...]:
        """All composite types."""
        attributes = self._gathered.rows("attributes.sql")
        for row in attributes:
            row["comment"] = self._gathered.comment("pg_class", row["relation"], row["part"])
        fields = grouped(attributes, "relation")
        for row in self._rows.get("composite type", ()):
            row["attributes"] = in_order(Attribute, fields.get(row["relation"], []))
        return self._of(CompositeType, "composite type")

    def ranges(self) -> tuple[RangeType, ...]:
        """All range types."""
        return self._of(RangeType, "range")

    def _of(self, document: type[_Type], kind: str) -> tuple[_Type, ...]:
        rows: list[Row] = self._rows.get(kind, [])
        fields = set(document.model_fields)
        own = [{field: value for field, value in row.items() if field in fields} for row in rows]
        return sorted_documents(document, own)
