"""Which parts of the catalog a statement wrote to, and how to read just those."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from migsafe.executor.catalog.documents import sorted_documents
from migsafe.executor.catalog.gather import Gathered
from migsafe.executor.catalog.rest import default_privileges, others, publications
from migsafe.executor.catalog.types import Types
from migsafe.schemas.catalog import Catalog, EventTrigger, Routine, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import psycopg


class Section(StrEnum):
    """A part of the catalog that is read as a whole."""

    EVERYTHING = "everything"
    SCHEMAS = "schemas"
    ROUTINES = "routines"
    TYPES = "types"
    PUBLICATIONS = "publications"
    EVENT_TRIGGERS = "event triggers"
    DEFAULT_PRIVILEGES = "default privileges"
    OTHERS = "others"


FIELDS: Mapping[Section, tuple[str, ...]] = {
    Section.SCHEMAS: ("schemas",),
    Section.ROUTINES: ("routines",),
    Section.TYPES: ("enums", "domains", "composites", "ranges"),
    Section.PUBLICATIONS: ("publications",),
    Section.EVENT_TRIGGERS: ("event_triggers",),
    Section.DEFAULT_PRIVILEGES: ("default_privileges",),
    Section.OTHERS: ("others",),
}
"""The fields of the catalog that each section fills."""

RELATION_TABLES = frozenset(
    "pg_class pg_attribute pg_attrdef pg_constraint pg_index pg_trigger pg_policy pg_rewrite pg_inherits pg_sequence"
    " pg_statistic_ext pg_partitioned_table pg_description pg_type pg_enum".split()
)
"""System tables whose written rows `touched.sql` looks for."""

_WRITTEN: Mapping[str, Section] = {
    "pg_extension": Section.EVERYTHING,
    "pg_namespace": Section.EVERYTHING,
    "pg_proc": Section.ROUTINES,
    "pg_aggregate": Section.ROUTINES,
    "pg_range": Section.TYPES,
    "pg_publication": Section.PUBLICATIONS,
    "pg_publication_rel": Section.PUBLICATIONS,
    "pg_publication_namespace": Section.PUBLICATIONS,
    "pg_event_trigger": Section.EVENT_TRIGGERS,
    "pg_default_acl": Section.DEFAULT_PRIVILEGES,
    **dict.fromkeys(
        "pg_cast pg_collation pg_operator pg_opclass pg_opfamily pg_ts_config pg_ts_dict pg_foreign_data_wrapper"
        " pg_foreign_server pg_user_mapping".split(),
        Section.OTHERS,
    ),
}
_COMMENTED: Mapping[str, Section] = {**_WRITTEN, "type": Section.TYPES, "pg_type": Section.TYPES}


def sections_of(written: Iterable[str], deleted: Iterable[str], kinds: Iterable[str]) -> frozenset[Section]:
    """The sections that written system tables, deleted rows and the kinds of touched objects stand for."""
    found = {_WRITTEN[name] for name in (*written, *deleted) if name in _WRITTEN}
    found |= {
        _COMMENTED[kind.removeprefix("pg_catalog.")] for kind in kinds if kind.removeprefix("pg_catalog.") in _COMMENTED
    }
    if "pg_type" in deleted or "pg_enum" in deleted:
        found.add(Section.TYPES)
    return frozenset(found)


def read_sections(
    connection: psycopg.Connection, schemas: tuple[str, ...], sections: frozenset[Section]
) -> dict[str, object]:
    """The fields of a catalog that these sections fill. Only within `same_spelling`."""
    gathered = Gathered(connection, schemas, ())
    found: dict[str, object] = {}
    if Section.SCHEMAS in sections:
        found["schemas"] = sorted_documents(Schema, gathered.granted("schemas.sql", "pg_namespace"))
    if Section.ROUTINES in sections:
        rows = gathered.granted("routines.sql", "pg_proc")
        found["routines"] = sorted_documents(Routine, rows, "name", "arguments")
    if Section.TYPES in sections:
        types = Types(gathered)
        found |= {"enums": types.enums(), "domains": types.domains()}
        found |= {"composites": types.composites(), "ranges": types.ranges()}
    if Section.PUBLICATIONS in sections:
        found["publications"] = publications(gathered)
    if Section.EVENT_TRIGGERS in sections:
        rows = gathered.commented("event_triggers.sql", "pg_event_trigger")
        found["event_triggers"] = sorted_documents(EventTrigger, rows)
    if Section.DEFAULT_PRIVILEGES in sections:
        found["default_privileges"] = default_privileges(gathered)
    if Section.OTHERS in sections:
        found["others"] = others(gathered)
    return found


def only(fields: Mapping[str, object]) -> Catalog:
    """A catalog with these fields and nothing else."""
    return Catalog.model_construct(**{**dict.fromkeys(Catalog.model_fields, ()), **fields})  # type: ignore[arg-type]
